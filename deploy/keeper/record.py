"""Keeping a record in DNS at the public address.

The router is asked often: it is near. The sources outside are asked when its answer changes, and
now and then in case that does not tell (a router behind another one, IPv6). Where it says nothing,
one source outside is asked in its place, less often, and all of them when that one sees a change.
"""

import time
from collections.abc import Awaitable, Callable

from deploy.address.kinds import Family
from deploy.address.public import Verdict
from deploy.address.sources import Ask
from deploy.ddns.target import Target
from deploy.ddns.updater import Updater
from deploy.keeper.metrics import Metrics
from deploy.keeper.tending import Finding
from deploy.problem import Problem

POLL_S = 10.0  # the router
SAMPLE_S = 60.0  # one source outside, while the router says nothing
WHOLE_LOOK_S = 300.0  # the sources outside, and the zone
LONGEST_RETRY_S = 60.0

Find = Callable[[Family], Awaitable[Verdict]]
"""Finds the public address by several sources; see address.public.find."""

SeesAnother = Callable[[Family, str], Awaitable[bool]]
"""Whether one source sees us at another address; see sampling.Sampler."""


class QuietUpdater(Updater):
    """The keeper's: who writes under the ledger's lock does not wait there to see it arrive."""

    async def confirm(self, wanted: str) -> str:
        """Nobody: the keeper's later looks will show it."""
        del wanted
        return ""


class RecordTender:
    """Keeps one A or AAAA record.

    Args:
        target: the record.
        updater: makes who talks to the provider: for each time anew, as the token may be another.
        find: finds the public address.
        sees_another: asks one source for it.
        router: asks the router for its outer address; "" when it does not say.
        shown: the metrics.
        clock, wall: seconds; monotonic, and for people.
    """

    longest_retry_s = LONGEST_RETRY_S

    def __init__(  # noqa: PLR0913  # the two clocks are for tests
        self,
        target: Target,
        updater: Callable[[], Updater],
        find: Find,
        sees_another: SeesAnother,
        router: Ask,
        *,
        shown: Metrics,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._target = target
        self._updater = updater
        self._find = find
        self._sees_another = sees_another
        self._router = router
        self._metrics = shown
        self._clock = clock
        self._wall = wall
        self._label = target.record
        self._router_said = ""  # when it last said anything
        self._sample_due = 0.0
        self._address = ""  # the public one, as last found
        self._published = ""  # the one that the record was last seen to have
        self._whole_look_due = 0.0
        shown.dns_updates.labels(self._label)
        shown.dns_failures.labels(self._label)
        shown.address_changes.labels(self._label)

    async def look(self) -> Finding:
        """Whether the address may have changed, or the record must be looked at anyway.

        Raises:
            Problem: nobody could tell our address.
        """
        said = await self._ask_router()
        if not await self._may_have_moved(said):
            return Finding(is_well=True, again_s=POLL_S)
        verdict = await self._find(self._target.family)
        if verdict.address is None:
            self._metrics.dns_mismatch.labels(self._label).set(1)
            raise Problem(
                f"The public address is not known: {verdict.why}.", "./lanternhold doctor"
            )
        self._router_said = said or self._router_said
        self._note(verdict.address)
        is_due = self._clock() >= self._whole_look_due
        if verdict.address == self._published and not is_due:
            return Finding(is_well=True, again_s=POLL_S)
        return Finding(is_well=False, again_s=POLL_S, words=self._words(verdict.address))

    async def mend(self) -> float:
        """Have the record name our address. What it names already is not told to anybody.

        Raises:
            Problem: the provider does not take it, or the token cannot be read.
        """
        outcome = await self._updater().publish(self._address)
        if not outcome.is_fine:
            self._metrics.dns_mismatch.labels(self._label).set(1)
            raise Problem(f"{outcome.sentence}.", outcome.remedy)
        if outcome.was_asked:
            self._metrics.dns_updates.labels(self._label).inc()
        self._metrics.dns_mismatch.labels(self._label).set(0)
        self._metrics.dns_last_success.labels(self._label).set(self._wall())
        self._published = self._address
        self._whole_look_due = self._clock() + WHOLE_LOOK_S
        return POLL_S

    def failed(self) -> None:
        """Count it, and look at everything next time."""
        self._metrics.dns_failures.labels(self._label).inc()
        self._whole_look_due = 0.0

    async def _ask_router(self) -> str:
        try:
            return await self._router() or ""
        except Problem:
            return ""

    async def _may_have_moved(self, said: str) -> bool:
        """Whether all must be asked, by what the router said."""
        now = self._clock()
        if now >= self._whole_look_due:
            return True
        if said:
            return said != self._router_said
        if now < self._sample_due:
            return False
        self._sample_due = now + SAMPLE_S
        return await self._sees_another(self._target.family, self._address)

    def _note(self, address: str) -> None:
        if self._address and self._address != address:
            self._metrics.address_changes.labels(self._label).inc()
        self._address = address

    def _words(self, address: str) -> str:
        if address == self._published:
            return "looked at, as it is from time to time"
        return f"the public address is {address} now" if self._published else f"to name {address}"
