"""`python -m bench`: what one server on one core costs per player."""

import argparse
import sys
from collections.abc import Sequence

import msgspec

from bench.run import WINDOW_S, Result, run_ours
from bench.scenario import DENSITIES, Scenario
from bench.websocket import LineError

GOOD, BAD = 0, 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a measurement; 1 when it could not be made or does not count."""
    chosen = _parser().parse_args(arguments)
    try:
        result = run_ours(
            Scenario(chosen.scenario, chosen.players), chosen.hz, seconds=chosen.seconds
        )
    except LineError as error:
        print(f"The run could not be made: {error}", file=sys.stderr)
        return BAD
    print(msgspec.json.encode(result).decode() if chosen.json else _words(result))
    for reason in result.void:
        print(f"VOID: {reason}", file=sys.stderr)
    return BAD if result.void else GOOD


def _words(result: Result) -> str:
    told = msgspec.to_builtins(result)
    return "\n".join(f"{name:24} {value}" for name, value in told.items())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measure the shipped server under a crowd.",
        epilog="example: python -m bench --players 200 --hz 20 --json",
    )
    parser.add_argument("--players", type=int, default=200)
    parser.add_argument("--hz", type=int, choices=(20, 30, 60), default=20)
    parser.add_argument("--scenario", choices=tuple(DENSITIES), default="spread")
    parser.add_argument("--seconds", type=float, default=WINDOW_S, help="of the counted window")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser


if __name__ == "__main__":
    sys.exit(main())
