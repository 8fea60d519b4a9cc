"""One DNS record as a change: it follows the public address, and undo puts back what was there."""

from collections.abc import Awaitable, Callable

from deploy.address.here import public_address
from deploy.address.kinds import Family
from deploy.address.public import Verdict
from deploy.clone import Clone
from deploy.ddns.calls import TroubleError
from deploy.ddns.outcome import MEND, Outcome
from deploy.ddns.provider import Records
from deploy.ddns.secret import Secret
from deploy.ddns.state import Memory, Notebook
from deploy.ddns.target import KIND, Target
from deploy.ddns.updater import Updater
from deploy.ddns.zone import Sight
from deploy.ledger import JsonObject
from deploy.problem import Problem

FindAddress = Callable[[Family], Awaitable[Verdict]]
"""Asks the sources for the public address of a family."""


class DnsRecord:
    """The record of a `Target`.

    What it says is not in the ledger, since it changes without anybody's command: the ledger holds
    that it follows the public address. `before` holds {"addresses", "ttl", "seen_at"}; `seen_at` is
    "provider", "servers", or "nowhere" when neither could be asked.
    """

    KIND = KIND

    def __init__(
        self, clone: Clone, target: Target, find: FindAddress, given: Secret | None = None
    ) -> None:
        self._clone = clone
        self._target = target
        self._find = find
        self._given = given
        self._made: Updater | None = None
        self._address = ""
        self._outcome: Outcome | None = None

    @classmethod
    def from_ledger(cls, desired: JsonObject, clone: Clone) -> "DnsRecord":
        """The change that the ledger kept. It asks the usual sources and not the router."""
        return cls(clone, Target.from_json(desired), _usual)

    @property
    def kind(self) -> str:
        """Of this class."""
        return self.KIND

    @property
    def id(self) -> str:
        """A name has one record of a family that follows us."""
        return f"{self.KIND}:{self._target.hostname}:{self._target.record}"

    @property
    def title(self) -> str:
        """For people."""
        return f"DNS: {self._target.hostname} {self._target.record} follows the public address"

    @property
    def desired(self) -> JsonObject:
        """The target; the secret stays in its file."""
        return self._target.as_json()

    @property
    def _updater(self) -> Updater:
        if self._made is None:
            self._made = Updater.of(self._clone, self._target, self._given)
        return self._made

    @property
    def _notebook(self) -> Notebook:
        return Notebook.of(self._clone, self._target)

    async def inspect(self) -> JsonObject:
        """What the name has now; and, for the diff, which address the world sees.

        Raises:
            Problem: the updater is parked, the sources do not agree, or the name is an alias.
        """
        if self._outcome is None:  # else it was refused a moment ago, and what stands is looked at
            self._refuse_if_parked()
        verdict = await self._find(self._target.family)
        if verdict.address is None:
            is_heard = bool(verdict.agreeing or verdict.odd)
            raise Problem(
                f"Which public address is ours is not known: {verdict.why}.",
                "./lanternhold doctor"
                if is_heard
                else "is this computer on the internet? ./lanternhold doctor looks",
            )
        self._address = verdict.address
        return _before(*(await self._look()))

    def diff(self, before: JsonObject) -> list[str]:
        """The record's lines as a zone file has them."""
        address = self._address or self._notebook.read().address
        former = [str(text) for text in before["addresses"]]
        if former == [address]:
            return []
        name, record = self._target.hostname, self._target.record
        ttl = before["ttl"] or self._target.ttl
        lines = [f"- {name} {ttl} {record} {text}" for text in former]
        return lines + ([f"+ {name} {self._target.ttl} {record} {address}"] if address else [])

    async def apply(self, before: JsonObject) -> None:
        """Tell the provider, once."""
        del before
        self._outcome = await self._updater.publish(self._address, by_hand=True)
        if not self._outcome.is_fine:
            raise Problem(self._outcome.sentence + ".", self._outcome.remedy)

    async def verify(self) -> str:
        """What was seen; that nothing could be seen is said, and is no failure."""
        outcome = self._outcome or await self._updater.publish(self._address, by_hand=True)
        if not outcome.is_fine:
            raise Problem(outcome.sentence + ".", outcome.remedy)
        return outcome.sentence + "."

    async def undo(self, before: JsonObject) -> None:
        """Put back what was there, if what is there now is ours.

        Raises:
            Problem: it cannot be put back, or that could not be confirmed.
        """
        former = _records(before)
        records, sight = await self._look()
        now = records.addresses if records is not None else sight.addresses
        ours = self._notebook.read().address
        if now != former.addresses or not (sight.is_known or records is not None):
            self._refuse_undo(before, now, ours)
            self._refuse_if_parked()
            meaning = await self._updater.restore(former)
            if meaning is None:
                raise Problem(
                    f"{self._target.hostname} still says {', '.join(now) or 'nothing'}: this "
                    "provider has no way to put back what was there before.",
                    f"change it on the provider's page, then: {self._forget}",
                )
            if not meaning.is_fine:
                raise Problem(f"{self._target.hostname}: {meaning.sentence}.")
            await self._confirm(former)
        if not self._memory().is_parked:  # a refusal outlives this: the token is not tried again
            self._notebook.forget()

    @property
    def _forget(self) -> str:
        return f"./lanternhold undo {self.id} --forget"

    def _memory(self) -> Memory:
        return self._updater.notebook.current(self._target, self._updater.secret)

    def _refuse_if_parked(self) -> None:
        memory = self._memory()
        if memory.is_parked:
            what = f"{self._target.hostname} {self._target.record}: {memory.sentence}."
            raise Problem(what, MEND)

    def _refuse_undo(self, before: JsonObject, now: tuple[str, ...], ours: str) -> None:
        if before["seen_at"] == "nowhere":
            raise Problem(
                f"What {self._target.hostname} said before could not be seen, so it is left as it "
                "is.",
                f"change it on the provider's page, then: {self._forget}",
            )
        if now and ours and now != (ours,):
            raise Problem(
                f"{self._target.hostname} says {', '.join(now)}, which is not what we published "
                f"({ours}): somebody else has changed it, and it is left as it is.",
                self._forget,
            )

    async def _confirm(self, former: Records) -> None:
        wanted = former.addresses
        if await self._updater.settled(wanted):
            return
        raise Problem(
            f"The provider says that {self._target.hostname} is as before, but could not confirm "
            "it at its name servers.",
            "the same command again, in a minute",
        )

    async def _look(self) -> tuple[Records | None, Sight]:
        try:
            records, sight = await self._updater.look()
        except TroubleError as trouble:
            what = f"{self._target.hostname}: {trouble.meaning.sentence}."
            raise Problem(what, "the same command again, when that is mended") from None
        if sight.alias:
            raise Problem(
                f"{self._target.hostname} is an alias of {sight.alias} (CNAME), so it can have no "
                "address of its own.",
                "delete the alias on the provider's page, or choose another name",
            )
        return records, sight


async def _usual(family: Family) -> Verdict:
    return await public_address(family, {})


def _before(records: Records | None, sight: Sight) -> JsonObject:
    if records is not None:
        seen = {"addresses": list(records.addresses), "ttl": records.ttl, "seen_at": "provider"}
    elif sight.is_known:
        ttl = sight.ttl if sight.addresses else None
        seen = {"addresses": list(sight.addresses), "ttl": ttl, "seen_at": "servers"}
    else:
        seen = {"addresses": [], "ttl": None, "seen_at": "nowhere"}
    return seen


def _records(before: JsonObject) -> Records:
    return Records(tuple(str(text) for text in before["addresses"]), before["ttl"])
