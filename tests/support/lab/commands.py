"""Runs on a host of the lab: our own commands, each in a fork of one process that has imported all.

    python commands.py CLONE

A line of JSON on stdin, {words, said, env, skew_s}, is one command; its answer is a line
{code, out, err}. `skew_s`: by how much its clock is wrong.
Starting Python and importing takes a second and more; a fork takes none of it.
"""

import importlib
import io
import json
import os
import sys
import tempfile
import time
from pathlib import Path


def command(order):
    """What the command at hand does in its own process: never returns."""
    from deploy import __main__ as deploy  # noqa: PLC0415

    os.environ.update(order["env"])
    if order["skew_s"]:
        right = time.time
        time.time = lambda: right() + order["skew_s"]
    sys.argv = ["./lanternhold", *order["words"]]
    sys.stdin = io.TextIOWrapper(io.BytesIO(order["said"].encode()), encoding="utf-8")
    try:
        code = deploy.main()
    except SystemExit as left:
        code = left.code or 0
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def run(order):
    """Run one command to its end."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        sys.stdout.flush()
        if (pid := os.fork()) == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            command(order)
        _, status = os.waitpid(pid, 0)
        out.seek(0)
        err.seek(0)
        code = os.waitstatus_to_exitcode(status)
        return {"code": code, "out": out.read(), "err": err.read()}


def main(root):
    """Serve until stdin ends."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    for name in ("deploy.cli", "deploy.ddns.desk"):  # once, for all that follow
        importlib.import_module(name)
    from deploy.clone import Clone  # noqa: PLC0415

    Clone.here = classmethod(lambda cls: cls(Path(root)))
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
