"""From facts to a plan: what must change, the exact commands, the way back, and why. Pure."""

from dataclasses import dataclass

from deploy import run
from deploy.firewall import elsewhere, nftables, walls
from deploy.firewall.facts import Facts, Kind
from deploy.firewall.root import AsRoot
from deploy.firewall.wall import Wall, Wanted
from deploy.ledger import JsonObject

NOT_STARTED = (
    "Lanternhold has not been started in this clone yet, so this is for embedded mode. In Docker "
    "mode no rule is needed. Next: ./lanternhold up"
)


@dataclass(frozen=True)
class Plan:
    """What is to be done.

    Attributes:
        firewall: which one is at work.
        can_apply: whether `firewall apply` does it; otherwise the commands are for the person.
        diff: what `apply` would change, "+ ..." lines.
        commands: the same for typing.
        undo: the commands that take it back.
        why: what is known and how, in sentences.
        unproven: what is not known, in sentences.
    """

    firewall: str
    can_apply: bool
    diff: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    undo: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()

    def as_json(self) -> JsonObject:
        """For --json."""
        return {
            "firewall": self.firewall,
            "can_apply": self.can_apply,
            "diff": list(self.diff),
            "commands": list(self.commands),
            "undo": list(self.undo),
            "why": list(self.why),
            "unproven": list(self.unproven),
        }


def wanted(facts: Facts, *, enable: bool = False) -> Wanted:
    """What the firewall is to let in."""
    return Wanted(facts.needed, enable, facts.ssh if enable else ())


def make(facts: Facts, *, enable: bool = False) -> Plan:
    """The plan for these facts.

    Args:
        facts: what is known.
        enable: also switch ufw on.

    Raises:
        Problem: a rule of the host's own forbids what is needed.
    """
    why, unproven = _docker(facts)
    if facts.kind.is_ours_to_change:
        wall = walls.of(facts.kind, wanted(facts, enable=enable), AsRoot(run.run))
        return _ours(facts, wall, why, unproven)
    if facts.kind is Kind.NFTABLES:
        return _nftables(facts, why, unproven)
    if facts.kind is Kind.NONE:
        return _none(facts, why, unproven)
    return _elsewhere(facts)


def closed(facts: Facts) -> dict[int, str]:
    """The needed ports that the firewall keeps closed, each with how that is known."""
    said = {
        port: f"the nftables chain {chain.place} does not accept it"
        for chain in facts.chains
        for port in chain.closed
        if port in facts.needed
    }
    if facts.kind.is_ours_to_change:
        wall = walls.of(facts.kind, wanted(facts), AsRoot(run.run))
        said |= dict.fromkeys(wall.closed(facts.now), f"no rule of {facts.kind} lets it in")
    return said


def _ours(facts: Facts, wall: Wall, why: list[str], unproven: list[str]) -> Plan:
    diff = wall.diff(facts.now)
    others = [
        f"Besides {facts.kind}, the nftables chain {chain.place} keeps TCP "
        f"{_and(chain.closed)} closed. Open it: {nftables.opening(chain)}"
        for chain in facts.chains
    ]
    return Plan(
        firewall=facts.kind,
        can_apply=True,
        diff=tuple(diff),
        commands=tuple(f"sudo {line.removeprefix('+ ')}" for line in diff),
        undo=tuple(f"sudo {line}" for line in wall.undoing(facts.now)) if diff else (),
        why=(*wall.explain(facts.now), *why),
        unproven=(*unproven, *others),
    )


def _nftables(facts: Facts, why: list[str], unproven: list[str]) -> Plan:
    if not facts.needed:
        return Plan(facts.kind, can_apply=False, why=tuple(why), unproven=tuple(unproven))
    told = [
        f"The nftables chain {chain.place} keeps TCP {_and(chain.closed)} closed."
        for chain in facts.chains
    ]
    last = [
        f"A rule typed in lasts until the next start. To keep it, put this line first into the "
        f"chain {chain.place} of /etc/nftables.conf: {nftables.lasting(chain)}"
        for chain in facts.chains
    ]
    return Plan(
        firewall=facts.kind,
        can_apply=False,
        commands=tuple(nftables.opening(chain) for chain in facts.chains),
        undo=tuple(line for chain in facts.chains for line in nftables.closing(chain)),
        why=(*told, *last, *why),
        unproven=tuple(unproven),
    )


def _none(facts: Facts, why: list[str], unproven: list[str]) -> Plan:
    said = ["No firewall keeps anybody out of this computer, so players need no rule."]
    if facts.ufw_is_off:
        said.append("ufw is installed and switched off: firewall apply --enable switches it on.")
    return Plan(facts.kind, can_apply=False, why=(*said, *why), unproven=tuple(unproven))


def _elsewhere(facts: Facts) -> Plan:
    if facts.kind is Kind.WINDOWS:
        commands, undo = elsewhere.windows(facts.ports)
        why = (
            "Windows' firewall opens ports by rules; type this as administrator. It holds where "
            "Windows calls your network a private one, which it asks when you join it."
        )
    else:
        commands, undo = elsewhere.macos(facts.program)
        why = (
            "The firewall of macOS opens programs and not ports. It is switched off unless you "
            "switched it on, and then nothing is needed."
        )
    unproven = "Whether this firewall lets players in has not been looked at on this system."
    return Plan(
        firewall=facts.kind,
        can_apply=False,
        commands=tuple(commands),
        undo=tuple(undo),
        why=(why,),
        unproven=(unproven,),
    )


def _docker(facts: Facts) -> tuple[list[str], list[str]]:
    """What Docker's rules prove, and what they do not."""
    if facts.mode is None:
        return [], [NOT_STARTED]
    if facts.bypass is None:
        return [], []
    why, unproven = [], []
    for port in facts.ports:
        rule = facts.bypass.rules[4].get(port)
        if rule:
            why.append(
                f"TCP {port} needs no rule: Docker sends it to its container before the firewall "
                f"looks at what comes in, by its own rule: {rule}"
            )
        else:
            unproven.append(
                f"Docker has no rule for TCP {port} now, so nothing shows yet that it goes around "
                "the firewall. Next: ./lanternhold up, then ask again"
            )
    if facts.needed:
        why.append(
            f"By IPv6, TCP {_and(facts.needed)} comes in through docker-proxy on this computer "
            "itself, so there the firewall's rules do hold."
        )
    return why, unproven


def _and(ports: tuple[int, ...]) -> str:
    return " and ".join(str(port) for port in ports)
