"""The firewall of this computer and who listens on it, as deploy/firewall sees them."""

import asyncio

from deploy.clone import Clone
from deploy.doctor.facts import Firewall
from deploy.firewall import exposure, plan, reading
from deploy.firewall.plan import Plan
from deploy.problem import Problem
from deploy.settings import Settings


def look(clone: Clone, settings: Settings) -> Firewall:
    """What keeps players out, and what is shown to everybody."""
    shown = exposed(settings)
    try:
        facts = reading.read(clone, settings)
        wanted = plan.make(facts)
    except Problem as problem:
        return Firewall(exposed=shown, is_known=False, kind=problem.what.rstrip("."))
    return told(wanted, facts.needed, shown)


def told(wanted: Plan, ports: tuple[int, ...], shown: dict[int, str]) -> Firewall:
    """A plan in doctor's words: whatever it would open is closed now."""
    todo = wanted.diff or wanted.commands
    closed = {port: f"needs: {todo[0].removeprefix('+ ')}" for port in ports if todo}
    by_hand = f"As root: {'; '.join(wanted.commands)}"
    return Firewall(
        blocks=closed,
        remedy="./lanternhold firewall apply" if wanted.can_apply else by_hand,
        exposed=shown,
        kind=wanted.firewall if wanted.firewall != "none" else "",
    )


def exposed(settings: Settings) -> dict[int, str]:
    """Ports that should be this computer's own, and listen for everybody."""
    try:
        found = asyncio.run(exposure.measure(settings, reading.listeners()))
    except Problem:
        return {}
    return {item.port: item.what for item in found if item.is_fault}
