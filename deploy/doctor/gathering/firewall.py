"""The firewall of this computer and who listens on it, as deploy/firewall sees them."""

import asyncio

from deploy.clone import Clone
from deploy.doctor.facts import Firewall
from deploy.firewall import exposure, nftables, plan, reading
from deploy.firewall.facts import Facts, Kind
from deploy.problem import Problem
from deploy.settings import Settings


def look(clone: Clone, settings: Settings) -> Firewall:
    """What keeps players out, and what is shown to everybody."""
    shown = exposed(settings)
    try:
        return told(reading.read(clone, settings), shown)
    except Problem as problem:
        return Firewall(exposed=shown, is_known=False, kind=problem.what.rstrip("."))


def told(facts: Facts, shown: dict[int, str]) -> Firewall:
    """A firewall in doctor's words.

    Raises:
        Problem: a rule of the host's own forbids what is needed.
    """
    if facts.kind in {Kind.WINDOWS, Kind.MACOS}:
        why = "on this system it was not looked at"
        return Firewall(exposed=shown, is_known=False, kind=f"{why} (./lanternhold firewall plan)")
    closed = plan.closed(facts)
    return Firewall(
        blocks=closed,
        remedy=_remedy(facts) if closed else "",
        exposed=shown,
        kind=facts.kind if facts.kind is not Kind.NONE else "",
    )


def _remedy(facts: Facts) -> str:
    """The command that opens what is closed: what is not ours to change takes its own."""
    wanted = plan.make(facts)
    ours = ["./lanternhold firewall apply"] if wanted.can_apply and wanted.diff else []
    return "; ".join([*ours, *(nftables.opening(chain) for chain in facts.chains)])


def exposed(settings: Settings) -> dict[int, str]:
    """Ports that should be this computer's own, and listen for everybody."""
    try:
        found = asyncio.run(exposure.measure(settings, reading.listeners()))
    except Problem:
        return {}
    return {item.port: item.what for item in found if item.is_fault}
