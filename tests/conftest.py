"""What holds for every test: who may run on this machine, and who must not run beside whom."""

import os
import shutil
import subprocess
import sys
from functools import cache

import pytest

UPSTREAM_ONLY = ["client/window/test_upstream.py"]
# It is for upstream pygame only; e2e/test_upstream_pygame.py runs it where that is imported.
collect_ignore = [] if "upstream-pygame" in os.environ.get("PYTHONPATH", "") else UPSTREAM_ONLY
WHOLE_MACHINE = pytest.mark.xdist_group("whole")
LAB = pytest.mark.xdist_group("lab")
LAB_TOOLS = (
    *("ip", "nft", "conntrack", "miniupnpd", "upnpc", "knotd", "knsupdate", "kdig", "unbound"),
    *("dnsmasq", "pebble", "openssl", "curl"),
)


@cache
def _engine_problem():
    """Why no stack can run here, with the command that mends it, or None when it can."""
    if not shutil.which("docker"):
        return "there is no docker command: scripts/test --install brings it"
    for command, lack in (
        (["docker", "info"], "no Docker engine answers: scripts/test --install starts one"),
        (["docker", "compose", "version"], "there is no Compose v2: scripts/test --install"),
    ):
        if subprocess.run(command, capture_output=True, timeout=30, check=False).returncode:
            return lack
    return None


@cache
def _lab_problem():
    """Why no internet in a box can be made here, or None when it can."""
    if not sys.platform.startswith("linux") or os.geteuid():
        return "the lab is made of Linux network namespaces, which root alone may make"
    if lacking := [tool for tool in LAB_TOOLS if not shutil.which(tool)]:
        return f"the lab lacks {', '.join(lacking)}: scripts/test --install brings them"
    if subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode:
        return "root may make no network namespaces here: a container without that right?"
    return None


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(items):
    """Tests that start whole programs share one worker: on two cores they would slow each other.

    Those in the lab wait more than they work, so they share another.
    """
    for item in items:
        if item.get_closest_marker("lab"):
            item.add_marker(LAB)
        elif item.get_closest_marker("stack") or item.get_closest_marker("slow"):
            item.add_marker(WHOLE_MACHINE)


def pytest_runtest_setup(item):
    """A stack test needs an engine, a lab test root and tools; where they lack it says so."""
    if item.get_closest_marker("stack") and (problem := _engine_problem()):
        pytest.skip(problem)
    if item.get_closest_marker("lab") and (problem := _lab_problem()):
        pytest.skip(problem)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """With CI=true nothing is skipped: what is missing there is a fault of the set-up."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI=true forbids: {call.excinfo.value}"
    return report
