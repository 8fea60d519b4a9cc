"""This computer's own firewall: what it keeps out, and what it should."""

from deploy.doctor.engine import Check
from deploy.doctor.facts import Facts
from deploy.doctor.finding import Finding, fail, ok, unknown, warn


def firewall_blocks(facts: Facts) -> Finding:
    """It lets nobody in to our ports."""
    wall = facts.firewall
    if wall.blocks:
        said = "; ".join(f"port {port}: {why}" for port, why in sorted(wall.blocks.items()))
        return fail(
            f"This computer's firewall ({wall.kind}) keeps players out: {said}.", wall.remedy
        )
    if not wall.is_known:
        return unknown(
            f"Could not ask the firewall of this computer: {wall.kind or 'it does not answer'}.",
            "sudo -v, then ./lanternhold doctor again.",
        )
    return ok(f"{wall.kind} lets players in." if wall.kind else "No firewall is at work here.")


def exposed(facts: Facts) -> Finding:
    """Something that is nobody's business can be reached from the network."""
    found = facts.firewall.exposed
    if not found:
        return ok("Metrics, admin and the game's inner port can be reached from here only.")
    said = "; ".join(f"{what} at port {port}" for port, what in sorted(found.items()))
    return warn(
        f"The network can reach what it should not: {said}.",
        "Bind it to 127.0.0.1 (in .env, or in compose.yaml under ports), then ./lanternhold up.",
    )


CHECKS = (
    Check("firewall-blocks", "firewall", (), firewall_blocks),
    Check("exposed", "firewall", (), exposed),
)
