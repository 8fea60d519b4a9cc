"""What the answers ask of the world: changes of the firewall, the router, DNS and .env."""

from dataclasses import dataclass, field

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
from deploy.problem import Problem
from deploy.settings import Settings
from deploy.setup.answers import SETUP, Answers, Way
from deploy.setup.naming import Naming
from deploy.setup.own_name import refuse_elsewhere, refuse_unknown

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
    if answers.way is Way.DOMAIN and answers.router:
        await refuse_elsewhere(answers.name or "", chosen.given, access.outer_address)
    if answers.firewall:
        _firewall(clone, chosen, wishes)
    if answers.router:
        network = (await access()).network
        pairs = ((HTTPS, chosen.https_port), (HTTP, chosen.http_port))
        wishes.ports.extend(opening.plan(Wanted(pairs, LEASE_S), network, access, ledger))
    if name.targets:
        planned = await desk.plan(
            clone, name.targets, chosen.given, name.token, access.outer_address
        )
        wishes.records.extend(planned.changes)
        wishes.notes.extend(planned.left_out)
    if answers.name:
        wishes.keys.append(EnvKey(clone.env_file, DOMAIN, answers.name))
    return wishes


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
