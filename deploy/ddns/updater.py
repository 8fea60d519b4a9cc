"""One record kept at one address: look, tell the provider only what it does not know, confirm.

Providers ban those who tell them again what they know, and those who do not understand a refusal.
So: nothing is sent while parked or before a wait is over; nothing is sent when the record is as
wanted; and what was taken is not sent again while it travels.
"""

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from deploy.address.kinds import Family, UnfitError, publishable
from deploy.clone import Clone
from deploy.ddns import needs, providers, secret
from deploy.ddns.calls import TroubleError
from deploy.ddns.outcome import BY_PROVIDER, BY_SERVERS, Outcome, told
from deploy.ddns.provider import Provider, Records
from deploy.ddns.secret import Secret
from deploy.ddns.state import Memory, Notebook
from deploy.ddns.target import Target
from deploy.ddns.words import SILENCE, Meaning, Sort, later, parked, unchanged, unreachable
from deploy.ddns.zone import Sight, Zone

LOOK_S = 5.0  # for the provider to say what it holds
TELL_S = 10.0  # for the provider to take an update, all its requests together
CONFIRM_S = 5.0  # how long a publish waits for the name's servers to show it
FIRST_LOOK_S = 0.05  # between two looks; twice as long each time
LONGEST_LOOK_S = 1.0
RESEND_S = {Sort.GOOD: 900.0, Sort.UNCHANGED: 86400.0}
"""What a provider has taken is not sent again so soon. One that says it had it already would take
it for abuse: then what is wrong is our view of DNS, and telling it again does not mend that."""
CURRENT = "current"
MENDED_HERE = {SILENCE, "BADTIME"}  # a person who asks has seen to it: it need not be waited for


@dataclass
class Updater:
    """Keeps one record. Long-lived: the keeper has one for each."""

    target: Target
    secret: Secret
    provider: Provider
    zone: Zone
    notebook: Notebook
    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    confirm_s: float = CONFIRM_S

    @classmethod
    def of(cls, clone: Clone, target: Target, given: Secret | None = None) -> "Updater":
        """The real one. `given` stands in for the secret on disk.

        Raises:
            Problem: the target is not complete, or its secret cannot be read.
        """
        needs.check(target)
        held = given or secret.read(secret.held_for(clone, target))
        provider = providers.make(target, held)
        return cls(target, held, provider, Zone(target.hostname), Notebook.of(clone, target))

    async def look(self) -> tuple[Records | None, Sight]:
        """What the provider says that it holds (None: it does not tell), and what the world sees.

        Raises:
            TroubleError: the provider should tell, and does not.
        """
        family = self.target.family
        sight = asyncio.create_task(self.zone.look(family))
        try:
            async with asyncio.timeout(LOOK_S):
                return await self.provider.read(family), await sight
        except TimeoutError:
            raise TroubleError(unreachable(f"no answer within {LOOK_S:g} s")) from None
        finally:
            sight.cancel()

    async def publish(self, address: str, *, by_hand: bool = False) -> Outcome:
        """Have the record say `address`. Never raises for what a provider or the line does.

        Args:
            address: what should be published; any but a global one of this family is refused.
            by_hand: a person asks: what was only a silent line is tried at once, and a zone that
                is seen to be wrong is mended at once.
        """
        outcome, sight = await self._consider(address, by_hand=by_hand)
        if outcome:
            return outcome
        memory = self.notebook.current(self.target, self.secret)
        meaning = await self._told(address, await self.kept())
        if not meaning.is_fine:
            return self._refused(memory, address, meaning)
        sent = msgspec.structs.replace(memory, tried_at=self.clock(), told=address)
        self._remember(sent, address, meaning)
        confirmed_by = await self.confirm(address)
        return told(self.target, address, meaning, sight, confirmed_by=confirmed_by)

    async def _told(self, address: str, keep: Mapping[Family, str]) -> Meaning:
        """The provider's answer, or that there was none in time."""
        try:
            async with asyncio.timeout(TELL_S):
                return await self.provider.update(self.target.family, address, keep)
        except TimeoutError:
            return unreachable(f"no answer within {TELL_S:g} s")

    async def restore(self, before: Records) -> Meaning | None:
        """Go back to former records; None when the provider has no way to."""
        return await self.provider.restore(self.target.family, before, await self.kept())

    async def kept(self) -> Mapping[Family, str]:
        """The other family's one address: a provider that takes both at once must hear it again."""
        other = Family.V6 if self.target.family is Family.V4 else Family.V4
        sight = await self.zone.look(other)
        if sight.is_known:
            return {other: sight.addresses[0]} if len(sight.addresses) == 1 else {}
        known = self.notebook.beside(other).read().address
        return {other: known} if known else {}

    async def confirm(self, wanted: str) -> str:
        """Who was seen to have the address in time: BY_SERVERS, BY_PROVIDER, or nobody: ""."""

        def seen(records: Records | None, sight: Sight) -> tuple[str, bool]:
            if sight.shows(wanted):
                return BY_SERVERS, True
            has_it = records is not None and records.addresses == (wanted,)
            is_final = not sight.is_known or (records is not None and records.is_hidden)
            return (BY_PROVIDER, is_final) if has_it else ("", False)

        return await self._watched(seen)

    async def settled(self, wanted: tuple[str, ...]) -> bool:
        """Whether provider or servers show exactly these addresses in time."""

        def seen(records: Records | None, sight: Sight) -> tuple[str, bool]:
            addresses = records.addresses if records is not None else sight.addresses
            is_known = records is not None or (sight.is_known and sight.is_agreed)
            is_so = is_known and addresses == wanted
            return (BY_SERVERS if is_so else "", is_so)

        return bool(await self._watched(seen))

    async def _watched(self, judge: Callable[[Records | None, Sight], tuple[str, bool]]) -> str:
        """Look until `judge` is done, or time is up; gives its last word, "" without an answer."""
        until = self.monotonic() + self.confirm_s
        pause_s = FIRST_LOOK_S
        while True:
            try:
                said, is_done = judge(*await self.look())
            except TroubleError:
                return ""
            if is_done or self.monotonic() >= until:
                return said
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, LONGEST_LOOK_S)

    async def _consider(
        self, address: str, *, by_hand: bool
    ) -> tuple[Outcome | None, Sight | None]:
        memory = self.notebook.current(self.target, self.secret)
        if hold := self._forbidden(memory, address, by_hand=by_hand):
            return told(self.target, address, hold, was_asked=False), None
        try:
            records, sight = await self.look()
        except TroubleError as trouble:
            return self._refused(memory, address, trouble.meaning), None
        is_stale = self._is_stale(memory)
        # The provider's own word comes first: it may stand in front of the address (a proxy).
        has_it = records.addresses == (address,) if records else sight.shows(address)
        if has_it and not is_stale:
            self._remember(memory, address, unchanged(CURRENT))
            by = BY_SERVERS if sight.shows(address) else BY_PROVIDER
            meaning = unchanged(CURRENT)
            return told(self.target, address, meaning, was_asked=False, confirmed_by=by), sight
        if not is_stale and (hold := self._travelling(memory, address, sight, by_hand=by_hand)):
            return told(self.target, address, hold, was_asked=False), sight
        return None, sight

    def _forbidden(self, memory: Memory, address: str, *, by_hand: bool) -> Meaning | None:
        """Why nothing at all may be asked or sent."""
        try:
            publishable(address, self.target.family)
        except UnfitError as problem:
            return parked("unfit", f"{problem}, and is not published")
        if memory.meaning is None:
            return None
        if memory.is_parked:
            return memory.meaning
        left_s = memory.waits_s(self.clock())
        if left_s <= 0 or (by_hand and memory.word in MENDED_HERE):
            return None
        return later(memory.word, memory.sentence, left_s)

    def _is_stale(self, memory: Memory) -> bool:
        """Some providers give a name away that nobody refreshes."""
        since = max(memory.tried_at, memory.changed_at)
        refresh_s = self.provider.refresh_s
        return bool(refresh_s and since) and self.clock() - since > refresh_s

    def _travelling(
        self, memory: Memory, address: str, sight: Sight, *, by_hand: bool
    ) -> Meaning | None:
        """The provider has taken this address, and nobody shows it: it may be under way.

        A person who asks has seen that the zone is wrong: somebody may have changed it since.
        """
        if memory.told != address or memory.word == CURRENT or not memory.sort:
            return None
        if by_hand and sight.is_known and memory.sort == Sort.GOOD:
            return None
        left_s = memory.tried_at + RESEND_S.get(Sort(memory.sort), 0) - self.clock()
        if not sight.is_known:
            what = f"the provider has taken it; could not confirm it: {sight.why}"
            return Meaning(Sort(memory.sort), memory.word, what)
        if left_s <= 0:
            return None
        what = "the provider has taken it, but its name servers do not show it yet"
        return later(memory.word, what, left_s)

    def _refused(self, memory: Memory, address: str, meaning: Meaning) -> Outcome:
        longer_s = meaning.wait_s * 2 ** min(memory.failures, 16)
        wait_s = max(meaning.wait_s, min(longer_s, meaning.most_wait_s))
        self.notebook.write(
            msgspec.structs.replace(
                memory,
                sort=str(meaning.sort),
                word=meaning.word,
                sentence=meaning.sentence,
                refused_at=self.clock(),
                wait_until=self.clock() + wait_s * random.uniform(1.0, 1.2),
                failures=memory.failures + 1,
            )
        )
        return told(self.target, address, meaning)

    def _remember(self, memory: Memory, address: str, meaning: Meaning) -> None:
        now = self.clock()
        self.notebook.write(
            msgspec.structs.replace(
                memory,
                address=address,
                changed_at=memory.changed_at if memory.address == address else now,
                succeeded_at=now,
                sort=str(meaning.sort),
                word=meaning.word,
                sentence=meaning.sentence,
                wait_until=0.0,
                failures=0,
            )
        )
