"""A file's exact bytes, kept as text, and put back whole with the file's own mode and owner."""

import base64

from deploy.firewall.root import AsRoot, must
from deploy.problem import Problem

MISSING = "No such file"


def keep(path: str, runner: AsRoot) -> str | None:
    """The bytes of a file in base64, or None where there is no such file.

    Raises:
        Problem: it is there, and cannot be read.
    """
    done = runner(["base64", "-w0", path])
    if not done.is_good and MISSING in done.err:
        return None
    return must(done, f"{path} could not be read").strip()


def text(kept: str | None) -> str:
    """A kept file as text; "" for none."""
    return base64.b64decode(kept or "").decode("utf-8", "replace")


def put_back(path: str, kept: str | None, runner: AsRoot) -> None:
    """Make a file what it was. A power cut leaves the old one or the new one.

    Raises:
        Problem: it cannot be written.
    """
    if keep(path, runner) == kept:
        return
    what = f"{path} could not be put back"
    if kept is None:
        must(runner(["rm", "-f", path]), what)
        return
    fresh = f"{path}.lanternhold"
    exists = keep(path, runner) is not None
    must(
        runner(
            ["cp", "-p", path, fresh] if exists else ["install", "-m", "644", "/dev/null", fresh]
        ),
        what,
    )
    must(runner(["tee", fresh], stdin=base64.b64decode(kept)), what)
    must(runner(["mv", fresh, path]), what)
    if keep(path, runner) != kept:
        raise Problem(f"{what}: it was changed by another program meanwhile.")
