"""What the answers ask of the world: changes of the firewall, the router, DNS and .env."""

from dataclasses import dataclass, field

from deploy.address.kinds import Family
from deploy.changes import Change
from deploy.clone import Clone
from deploy.ddns import desk
from deploy.ddns.target import KIND as DNS_RECORD
from deploy.env_change import EnvKey
from deploy.firewall import plan as firewall_plan
from deploy.firewall import reading
from deploy.firewall.change import needed
from deploy.ledger import Entry, Ledger
from deploy.ports import opening
from deploy.ports.access import RouterAccess
from deploy.ports.change import PortMapping
from deploy.ports.opening import Wanted
from deploy.ports.wish import LEASE_S
from deploy.problem import USED_WRONGLY, Problem
from deploy.settings import Settings
from deploy.setup.answers import SETUP, Answers, Way
from deploy.setup.naming import Naming
from deploy.setup.own_name import families_of, refuse_unknown

HTTPS, HTTP = 443, 80
DOMAIN = "LANTERNHOLD_DOMAIN"
CHALLENGE = "LANTERNHOLD_ACME_CHALLENGE"
OWN_KINDS = (PortMapping.KIND, DNS_RECORD, EnvKey.KIND)


@dataclass(frozen=True)
class Wishes:
    """Changes in the order in which they are made. `notes` is what only the host can do."""

    firewall: list[Change] = field(default_factory=list)
    ports: list[PortMapping] = field(default_factory=list)
    records: list[Change] = field(default_factory=list)
    keys: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def changes(self) -> list[Change]:
        """All of them, the way in before the name, the name before the door is told of it."""
        return [*self.firewall, *self.ports, *self.records, *self.keys]

    def is_left_over(self, entry: Entry) -> bool:
        """Whether an entry is of an earlier setup that was answered otherwise."""
        wanted = {change.id for change in self.changes}
        if self.keys:  # how the name is proven is found out on the way
            wanted.add(f"{EnvKey.KIND}:{CHALLENGE}")
        return entry.maker == SETUP and entry.kind in OWN_KINDS and entry.id not in wanted


async def wish(
    clone: Clone, chosen: Settings, answers: Answers, ledger: Ledger, name: Naming
) -> Wishes:
    """From answers to changes.

    Args:
        clone: where secrets and memories lie.
        chosen: the settings.
        answers: complete ones.
        ledger: what is known of ports already.
        name: how the name follows us.

    Raises:
        Problem: there is no network, or a name of the host's own leads elsewhere.
    """
    access = RouterAccess()
    wishes = Wishes()
    if answers.way is Way.DOMAIN:
        await refuse_unknown(answers.name or "")
    wanted = await _ports(chosen, answers, name, access) if answers.router else None
    if answers.firewall:
        _firewall(clone, chosen, wishes)
    if wanted:
        network = (await access()).network
        wishes.ports.extend(opening.plan(wanted, network, access, ledger))
    if name.targets:
        planned = await desk.plan(
            clone, name.targets, chosen.given, name.token, access.outer_address
        )
        wishes.records.extend(planned.changes)
        wishes.notes.extend(planned.left_out)
    if answers.name:
        wishes.keys.append(EnvKey(clone.env_file, DOMAIN, answers.name))
    return wishes


async def _ports(chosen: Settings, answers: Answers, name: Naming, access: RouterAccess) -> Wanted:
    """By which families friends come: as the name leads, or will lead.

    Raises:
        Problem: they cannot come so; or see `wish`.
    """
    families = {Family.V4}
    if name.targets:
        families = {target.family for target in name.targets}
    elif answers.way is Way.DOMAIN:
        families = await families_of(answers.name or "", chosen.given, access.outer_address)
    pairs = ((HTTPS, chosen.https_port), (HTTP, chosen.http_port))
    is_reached = all(external == internal for external, internal in pairs)
    if Family.V6 in families and not is_reached and (name.targets or len(families) == 1):
        raise _nobody_there(chosen)
    return Wanted(
        pairs, LEASE_S, ipv4=Family.V4 in families, ipv6=Family.V6 in families and is_reached
    )


def _nobody_there(chosen: Settings) -> Problem:
    return Problem(
        "By IPv6 nothing translates ports: friends and the certificate authority knock at 443 and "
        f"80 of this very computer, which listens on {chosen.https_port} and {chosen.http_port}.",
        "LANTERNHOLD_HTTPS_PORT=443 and LANTERNHOLD_HTTP_PORT=80 in .env (in Docker mode, or as "
        "root), or A alone in LANTERNHOLD_DEPLOY_DDNS_RECORDS. Then the same command again",
        USED_WRONGLY,
    )


def with_challenge(clone: Clone, kind: str) -> EnvKey:
    """Prove the name by the one port that is open: trying the other first costs half a minute."""
    return EnvKey(clone.env_file, CHALLENGE, kind)


def _firewall(clone: Clone, chosen: Settings, wishes: Wishes) -> None:
    """A firewall that we may not look at, or not change, is the host's to see to."""
    try:
        facts = reading.read(clone, chosen)
        made = firewall_plan.make(facts)
    except Problem as problem:
        wishes.notes.append(f"The firewall: {problem.what} Next: {problem.remedy}")
        return
    if made.can_apply:
        wishes.firewall.extend(needed(facts, clone))
    elif made.commands:
        wishes.notes.append(f"The firewall wants these by hand: {'; '.join(made.commands)}")
