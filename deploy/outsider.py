"""A probe from another place: having it made, reading it, and what it says of the outside.

`./lanternhold probe LINK --json` prints it. Who comes in by the addresses at home sits in the
house, or in its VPN, and proves nothing about the outside: from there an open port may look
closed, and a closed one open.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from deploy import run

PROBE_S: Final = 45.0
HOME_WAY: Final = "the host's own network"

Answer = Mapping[str, Any]
"""Of a whole probe, or of one way of it: `ok`, `steps`, and where they were told `way`, `ways`."""


def ask(prober: Sequence[str], link: str) -> Answer | None:
    """Have the host's own prober try the invite; None when it gives no answer."""
    done = run.run(prober, timeout_s=PROBE_S, stdin=f"{link}\n".encode())
    return read(done.out)


def read(text: str) -> Answer | None:
    """What a probe printed, or None for anything else."""
    try:
        said = json.loads(text)
    except ValueError:
        return None
    is_probe = isinstance(said, dict) and "ok" in said and isinstance(said.get("steps"), list)
    return said if is_probe else None


def from_outside(said: Answer) -> Answer | None:
    """The way that tells of the outside, the best there is; None when the prober sits at home."""
    ways = said.get("ways", [said])
    if any(way.get("way") == HOME_WAY and has_met_us(way) for way in ways):
        return None
    others = [way for way in ways if way.get("way") != HOME_WAY]
    return max(others, key=_how_far, default=None)


def has_met_us(way: Answer) -> bool:
    """Whether it came to our door, known by its certificate.

    A connection alone may have met the router's own page.
    """
    return any(step.get("name") == "tls" and step.get("ok") for step in way["steps"])


def _how_far(way: Answer) -> tuple[bool, bool]:
    return bool(way["ok"]), has_met_us(way)
