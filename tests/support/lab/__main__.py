"""A lab to look around in: `python -m support.lab up --name x cgnat=1 igd=v1`, then `down`."""

import argparse
import sys
from dataclasses import fields
from typing import Any

from support.lab.lab import Lab
from support.lab.plan import HOSTS, Options


def main() -> int:
    """Build a lab that outlives this process, or take one down."""
    parser = argparse.ArgumentParser(prog="python -m support.lab", description=__doc__)
    parser.add_argument("what", choices=("up", "down"))
    parser.add_argument("--name", default="mine")
    parser.add_argument("--ttl", type=float, default=3600, help="seconds (3600)")
    parser.add_argument("options", nargs="*", metavar="OPTION=VALUE", help=_options())
    words = parser.parse_intermixed_args()
    chosen: dict[str, Any] = dict(map(_option, words.options))
    lab = Lab(name=words.name, ttl_s=words.ttl, keep=True, **chosen)
    if words.what == "down":
        lab.down()
        return 0
    took_s = lab.up()
    spaces = " ".join(lab.spaces.full(host) for host in HOSTS)
    sys.stdout.write(f"up in {took_s:.2f} s: {spaces}\n")
    return 0


def _option(text: str) -> tuple[str, object]:
    name, _, value = text.partition("=")
    return name, value == "1" if value in {"0", "1"} else value


def _options() -> str:
    return ", ".join(field.name for field in fields(Options))


if __name__ == "__main__":
    sys.exit(main())
