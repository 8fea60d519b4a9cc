"""Which address the world sees: several sources are asked at once, and two of them must agree.

One source may lie, be old, or sit behind a cache. It is outvoted and named; nothing is published
on the word of one alone. The router's private or carrier address is no lie: it is the evidence of
another NAT, and is kept as such.
"""

import asyncio
import ipaddress
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import aiohttp

from deploy.address.kinds import Address, Family, Kind, UnfitError, publishable, shorten
from deploy.address.sources import DEFAULT, Ask, Router, SilentError, Source, parse
from deploy.problem import Problem

ANSWER_S = 3.0  # how long a source may take
GRACE_S = 0.3  # how long the others may still object once enough agree
QUORUM = 2


@dataclass(frozen=True)
class Opinion:
    """What one source said.

    Attributes:
        source: its name.
        said: its word, or "" when it was silent.
        address: the address, when it may be published.
        why: why it does not count, or "".
        kind: what kind of address it named, when it named one that is not global.
    """

    source: str
    said: str = ""
    address: Address | None = None
    why: str = ""
    kind: Kind | None = None


@dataclass(frozen=True)
class Verdict:
    """What the sources together say of one family.

    Attributes:
        address: the address to publish, or None when they do not agree on any.
        why: one sentence for a person.
        agreeing: who named the address.
        odd: who named another one, or one that cannot be.
        silent: who did not answer.
        behind: the kind of the router's outer address when it is not a public one.
    """

    family: Family
    address: str | None
    why: str
    agreeing: tuple[str, ...] = ()
    odd: tuple[Opinion, ...] = ()
    silent: tuple[Opinion, ...] = ()
    behind: Kind | None = None

    def as_json(self) -> dict[str, object]:
        """For --json and for doctor's evidence."""
        return {
            "address": self.address,
            "why": self.why,
            "agreeing": list(self.agreeing),
            "odd": [{"source": o.source, "said": o.said, "why": o.why} for o in self.odd],
            "silent": [{"source": o.source, "why": o.why} for o in self.silent],
            "behind": str(self.behind) if self.behind else None,
        }


def sources(listed: Iterable[str] = DEFAULT, router: Ask | None = None) -> list[Source]:
    """The sources of the settings, the router first where it can be asked."""
    named = [parse(text) for text in dict.fromkeys(listed)]
    return [Router(router), *named] if router else named


async def find(
    family: Family,
    asked: Sequence[Source],
    *,
    own: Sequence[str] = (),
    answer_s: float = ANSWER_S,
    grace_s: float = GRACE_S,
) -> Verdict:
    """Ask every source for our address in this family; takes at most `answer_s`.

    Args:
        family: IPv4 or IPv6.
        asked: who is asked.
        own: this computer's own lasting addresses. With IPv6 the world sees a passing one, so
            the sources vote on the network (/64) and one of `own` in it is published.
        answer_s: how long a source may take.
        grace_s: how long the others may still object once enough agree.
    """
    opinions = await _collect(family, asked, answer_s, grace_s)
    return judge(family, opinions, own)


async def _collect(
    family: Family, asked: Sequence[Source], answer_s: float, grace_s: float
) -> list[Opinion]:
    tasks = [asyncio.create_task(_opinion(source, family, answer_s)) for source in asked]
    waiting = set(tasks)
    try:
        while waiting:
            enough = _has_quorum(family, [t.result() for t in tasks if t.done()])
            limit = grace_s if enough else None
            done, waiting = await asyncio.wait(
                waiting, timeout=limit, return_when=asyncio.FIRST_COMPLETED
            )
            if enough and not done:
                break
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    late = "it was not waited for: enough others agreed"
    return [
        task.result() if not task.cancelled() else Opinion(source.name, why=late)
        for task, source in zip(tasks, asked, strict=True)
    ]


async def _opinion(source: Source, family: Family, answer_s: float) -> Opinion:
    try:
        async with asyncio.timeout(answer_s):
            said = await source.ask(family)
    except TimeoutError:
        return Opinion(source.name, why=f"no answer within {answer_s:g} s")
    except SilentError as problem:
        return Opinion(source.name, why=str(problem))
    except Problem as problem:
        return Opinion(source.name, why=problem.what)
    except (aiohttp.ClientError, OSError, ValueError) as problem:
        return Opinion(source.name, why=f"cannot be asked ({type(problem).__name__})")
    try:
        return Opinion(source.name, shorten(said), publishable(said, family))
    except UnfitError as problem:
        return Opinion(source.name, shorten(said), why=problem.why, kind=problem.kind)


def _vote(family: Family, address: Address) -> str:
    """What is counted: an IPv4 address itself; of an IPv6 one the network, as hosts change."""
    if family is Family.V4:
        return str(address)
    return str(ipaddress.IPv6Network((int(address) >> 64 << 64, 64)))


def _has_quorum(family: Family, opinions: Iterable[Opinion]) -> bool:
    votes = Counter(_vote(family, o.address) for o in opinions if o.address)
    return any(count >= QUORUM for count in votes.values())


@dataclass
class _Count:
    """The votes, the winner first."""

    ranked: list[tuple[str, int]] = field(default_factory=list)

    @property
    def winner(self) -> str | None:
        """What at least two name, and more than name anything else."""
        if not self.ranked or self.ranked[0][1] < QUORUM:
            return None
        if len(self.ranked) > 1 and self.ranked[1][1] == self.ranked[0][1]:
            return None
        return self.ranked[0][0]


def judge(family: Family, opinions: Sequence[Opinion], own: Sequence[str] = ()) -> Verdict:
    """Weigh what was said. Pure: the same opinions give the same verdict."""
    votes = Counter(_vote(family, o.address) for o in opinions if o.address)
    winner = _Count(votes.most_common()).winner
    silent = tuple(o for o in opinions if not o.said)
    agreeing = [o for o in opinions if o.address and _vote(family, o.address) == winner]
    odd = tuple(_named_odd(o) for o in opinions if o.said and o not in agreeing)
    behind = next((o.kind for o in opinions if o.source == "router" and o.kind), None)
    address, why = _chosen(family, winner, agreeing, votes, own)
    names = tuple(o.source for o in agreeing)
    return Verdict(family, address, why, names, odd, silent, behind)


def _named_odd(opinion: Opinion) -> Opinion:
    if opinion.why:
        return opinion
    why = "the others do not see this address"
    return Opinion(opinion.source, opinion.said, opinion.address, why)


def _chosen(
    family: Family,
    winner: str | None,
    agreeing: Sequence[Opinion],
    votes: Counter[str],
    own: Sequence[str],
) -> tuple[str | None, str]:
    if winner is None:
        return None, _no_agreement(family, votes)
    who = ", ".join(o.source for o in agreeing)
    if family is Family.V4:
        return winner, f"{winner} is what {who} see"
    lasting = [text for text in own if _is_in(text, winner)]
    if lasting:
        return lasting[0], f"{lasting[0]} is this computer's, in the network that {who} see"
    return None, (
        f"the world sees an address in {winner}, but this computer has no lasting one there: "
        "a passing address is not published"
    )


def _is_in(text: str, network: str) -> bool:
    try:
        return publishable(text, Family.V6) in ipaddress.ip_network(network)
    except ValueError:
        return False


def _no_agreement(family: Family, votes: Counter[str]) -> str:
    if not votes:
        return f"nobody could tell an IPv{family:d} address of this house"
    if len(votes) == 1 and next(iter(votes.values())) < QUORUM:
        return f"only one source names {next(iter(votes))}, and one alone is not believed"
    return f"the sources contradict each other: {', '.join(sorted(votes))}"
