"""Opening several ports: planned together, asked once, made each by itself.

One port that the router refuses does not keep the others closed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from deploy import changes
from deploy.changes import Confirm, Done, Failure, Outcome, Step
from deploy.ledger import Ledger
from deploy.network.facts import Network
from deploy.ports.access import RouterAccess
from deploy.ports.change import PortMapping, id_of
from deploy.ports.wish import Wish, new_nonce
from deploy.problem import Problem
from deploy.stack import Say


@dataclass(frozen=True)
class Wanted:
    """What is to be opened: external to internal ports by IPv4; the internal ones by IPv6."""

    ports: tuple[tuple[int, int], ...]
    lease_s: int
    ipv4: bool = True
    ipv6: bool = False


def plan(
    wanted: Wanted, network: Network, access: RouterAccess, ledger: Ledger
) -> list[PortMapping]:
    """The changes that open what is wanted, with what the ledger knows of them already."""
    wishes = [
        Wish(external, internal, lease_s=wanted.lease_s)
        for external, internal in wanted.ports
        if wanted.ipv4
    ]
    wishes += [
        Wish(internal, internal, version=6, lease_s=wanted.lease_s)
        for _, internal in wanted.ports
        if wanted.ipv6
    ]
    return [_change(wish, network, access, ledger) for wish in wishes]


async def open_ports(
    wanted: Sequence[PortMapping], ledger: Ledger, *, dry_run: bool, confirm: Confirm, say: Say
) -> Outcome:
    """Open them. What is open already is renewed.

    Args:
        wanted: the changes.
        ledger: where they are kept.
        dry_run: only plan.
        confirm: asked once.
        say: told of each step.
    """
    steps: dict[str, Step] = {}
    failures: list[Failure] = []
    for change in wanted:
        try:
            planned = await changes.carry_out(
                [change], ledger, dry_run=True, confirm=confirm, say=say
            )
        except Problem as problem:
            failures.append(Failure(change.id, change.title, problem))
        else:
            steps[change.id] = planned.plan[0]
    outcome = Outcome(tuple(steps.values()), failures=failures, is_dry=dry_run)
    changing = [step for step in steps.values() if step.lines]
    if dry_run:
        return outcome
    if changing and not confirm(changing):
        outcome.is_declined = True
        return outcome

    def tell(line: str) -> None:
        if not line.startswith("Looking at"):  # it was looked at a moment ago
            say(line)

    for change in wanted:
        if change.id in steps:
            await _open(change, ledger, outcome, tell)
    return outcome


async def _open(change: PortMapping, ledger: Ledger, outcome: Outcome, say: Say) -> None:
    try:
        made = await changes.carry_out(
            [change], ledger, dry_run=False, confirm=changes.yes, say=say
        )
        if not made.done:
            proof = await _renewed(change, ledger)
            made.done.append(Done(change.id, change.title, f"It was open already. {proof}"))
        outcome.done += made.done
    except Problem as problem:
        outcome.failures.append(Failure(change.id, change.title, problem))


async def _renewed(change: PortMapping, ledger: Ledger) -> str:
    """Renew what the ledger holds; gives the proof. No `close` comes in between.

    Raises:
        Problem: the router does not grant it any more, or it was closed a moment ago.
    """
    with ledger.locked():
        if ledger.find(change.id) is None:
            raise Problem(
                f"{change.title}: another command has closed it meanwhile.",
                "./lanternhold ports open, if it is to be open",
            )
        await change.renew()
        return await change.verify()


def _change(wish: Wish, network: Network, access: RouterAccess, ledger: Ledger) -> PortMapping:
    known = ledger.find(id_of(wish.external, wish.version))
    fresh = replace(wish, nonce=new_nonce(), tag=network.mac.replace(":", "")[-4:])
    return PortMapping.wanted(fresh, network, access, known.desired if known else None)
