"""`python -m bench`: what one server on one core costs per player; beside it a Colyseus room."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.campaign import Campaign, compare, growth
from bench.figures import Result
from bench.plan import PEERS
from bench.run import WINDOW_S, measure
from bench.scenario import DENSITIES, Scenario
from bench.table import markdown
from bench.websocket import LineError
from game.rules import TICK_RATES

GOOD, BAD = 0, 1
COMPARED = (200, 400)
GROWN = (100, 200, 400, 800)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 1 when something could not be measured or does not count."""
    chosen = _parser().parse_args(arguments)
    try:
        return _obey(chosen)
    except LineError as error:
        print(f"The run could not be made: {error}", file=sys.stderr)
        return BAD


def _obey(chosen: argparse.Namespace) -> int:
    if chosen.command == "table":
        print(markdown(msgspec.json.decode(chosen.file.read_bytes(), type=Campaign)))
        return GOOD
    name, hz, seconds = chosen.scenario, chosen.hz, chosen.seconds
    if chosen.command == "run":
        players = (chosen.players or COMPARED)[0]
        side = "ours" if chosen.side == "ours" else f"colyseus-{chosen.peer[0]}"
        run = measure(side, Scenario(name, players), hz, way=chosen.way, seconds=seconds)
        return _tell(run, as_json=chosen.json)
    if chosen.command == "compare":
        scenarios = [Scenario(name, players) for players in chosen.players or COMPARED]
        campaign = compare(scenarios, hz, chosen.reps, seconds, chosen.peer)
    else:
        wanted = [(Scenario(name, players), seconds) for players in chosen.players or GROWN]
        campaign = growth(wanted, hz, chosen.reps, chosen.way)
    return _keep(campaign, chosen.out, as_json=chosen.json)


def _tell(run: Result, *, as_json: bool) -> int:
    if as_json:
        print(msgspec.json.encode(run).decode())
    else:
        for name, value in msgspec.to_builtins(run).items():
            print(f"{name:24} {value}")
    for reason in run.void:
        print(f"VOID: {reason}", file=sys.stderr)
    return BAD if run.void else GOOD


def _keep(campaign: Campaign, out: Path | None, *, as_json: bool) -> int:
    data = msgspec.json.format(msgspec.json.encode(campaign), indent=1)
    if out is not None:
        out.write_bytes(data + b"\n")
    print(data.decode() if as_json else markdown(campaign))
    return GOOD


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measure the shipped server under a crowd: core 0 is its own, core 1 all "
        "else's. `compare` measures a Colyseus room beside it, `growth` more and more players; "
        "`table` prints what they kept as Markdown.",
        epilog="example: python -m bench --players 200 --hz 20 --json",
    )
    commands = ("run", "compare", "growth", "table")
    parser.add_argument("command", nargs="?", choices=commands, default="run")
    parser.add_argument("file", nargs="?", type=Path, help="for table: what --out has kept")
    parser.add_argument("--players", type=int, nargs="+", help="how many; several to compare")
    parser.add_argument("--hz", type=int, choices=TICK_RATES, default=20)
    parser.add_argument("--scenario", choices=tuple(DENSITIES), default="spread")
    parser.add_argument("--way", choices=("direct", "caddy"), default="direct")
    parser.add_argument("--side", choices=("ours", "colyseus"), default="ours")
    parser.add_argument(
        "--peer",
        choices=PEERS,
        nargs="+",
        default=[PEERS[0]],
        help="the room that tells its players what ours tells them, or the bare one; or both",
    )
    parser.add_argument("--seconds", type=float, default=WINDOW_S, help="of the counted window")
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--out", type=Path, help="keep a campaign's JSON in this file")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser


if __name__ == "__main__":
    sys.exit(main())
