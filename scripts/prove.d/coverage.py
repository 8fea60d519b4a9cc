"""How much of game/ and protocol/ their own tests run through, branches counted."""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from _proof import Proof, say

from support.source import ROOT

LEAST_PERCENT = 98
PACKAGES = ("game", "protocol")


def main():
    """Each package by the tests of its own folder and by no others."""
    proof = Proof("coverage")
    with TemporaryDirectory(prefix="lanternhold-coverage-") as folder:
        for package in PACKAGES:
            say(f"tests/{package} ...")
            totals = covered(package, Path(folder) / f"{package}.json")
            proof.figure(f"{package}_percent", totals["percent_covered"])
            proof.figure(f"{package}_branches_missed", totals["missing_branches"])
            proof.holds(f"{package}_enough", totals["percent_covered"] >= LEAST_PERCENT)
    return proof.finish()


def covered(package, report):
    """The totals that coverage reports for a package."""
    command = [sys.executable, "-m", "pytest", "-q", f"tests/{package}", f"--cov={package}"]
    subprocess.run(
        [*command, "--cov-branch", f"--cov-report=json:{report}", "-p", "no:cacheprovider"],
        cwd=ROOT,
        env=os.environ | {"COVERAGE_FILE": str(report.with_suffix(".coverage"))},
        check=True,
        stdout=sys.stderr,
    )
    return json.loads(report.read_text(encoding="utf-8"))["totals"]


if __name__ == "__main__":
    sys.exit(main())
