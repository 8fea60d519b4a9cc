"""Keeping a port open: renewed at half its lease, and made again when the router lost it."""

import math
import time
from collections.abc import Callable

from deploy.keeper.home import Home
from deploy.keeper.metrics import Metrics
from deploy.keeper.tending import Finding
from deploy.ports import mapper
from deploy.ports.change import PortMapping
from deploy.ports.wish import Refusal

POLL_S = 10.0
LONGEST_RETRY_S = 10.0  # the router is near, and friends wait
SLACK_S = 2.0  # RFC 6887, 8.5: clocks differ a little
DRIFT = 7 / 8
SHORTEST_PAUSE_S = 1.0  # whatever lease a router names: each renewal takes the ledger's lock
LOOKS = 2  # at a table that is not shown; the second at the router as found anew


class MappingTender:
    """Keeps one mapping.

    A router with a table (UPnP) is asked for the entry. One without is asked for the age of its
    tables, which begins anew when it has lost them.

    Args:
        change: the mapping.
        home: the router.
        shown: the metrics.
        clock: a monotonic clock, in seconds.
    """

    longest_retry_s = LONGEST_RETRY_S

    def __init__(
        self,
        change: PortMapping,
        home: Home,
        shown: Metrics,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._change = change
        self._home = home
        self._metrics = shown
        self._clock = clock
        self._label = change.id.partition(":")[2]
        self._renew_at: float | None = None  # None: never renewed by this keeper
        self._ends_at = 0.0
        self._age: tuple[float, int] | None = None  # the router's tables: asked when, how old
        self._is_lost = False
        for counter in (shown.renewals, shown.remaps, shown.mapping_failures):
            counter.labels(self._label)
        shown.lease.labels(self._label).set_function(self._left_s)

    async def look(self) -> Finding:
        """Whether the mapping is there, and not due.

        Raises:
            Problem: there is no way to a router.
        """
        # Until it is mended: the age of the tables tells of a loss only once.
        self._is_lost = self._is_lost or (self._renew_at is not None and not await self._is_there())
        if self._is_lost:
            return Finding(is_well=False, again_s=POLL_S, words="is gone from the router; again")
        if self._renew_at is None or self._clock() >= self._renew_at:
            return Finding(is_well=False, again_s=POLL_S, words="renewed")
        return Finding(is_well=True, again_s=self._pause_s())

    async def mend(self) -> float:
        """Open it, or renew it.

        Raises:
            Problem: the router does not grant it.
        """
        granted = await self._change.renew()
        (self._metrics.remaps if self._is_lost else self._metrics.renewals).labels(
            self._label
        ).inc()
        self._is_lost = False
        lease_s = granted.lease_s or math.inf
        now = self._clock()
        self._ends_at, self._renew_at = now + lease_s, now + lease_s / 2
        self._age = (now, granted.epoch_s) if granted.epoch_s is not None else None
        return self._pause_s()

    def failed(self) -> None:
        """Count it; perhaps the router is another one now."""
        self._metrics.mapping_failures.labels(self._label).inc()
        self._home.forget()

    async def _is_there(self) -> bool:
        for _ in range(LOOKS):
            router, wish = await self._home(), self._change.wish
            if not mapper.has_table(router, wish):
                return await self._is_same_life()
            try:
                held = await mapper.read(router, wish)
            except Refusal:
                self._home.forget()  # since a restart it may listen elsewhere
                continue
            own = mapper.own_address(router, wish)
            return held is not None and mapper.leads_as_wished(held, wish, own)
        return True  # it keeps silent, which is no loss yet; the next look will tell

    async def _is_same_life(self) -> bool:
        """Whether the router's tables have only grown older since we asked last."""
        age_s = await self._home.age_s()
        before, now = self._age, self._clock()
        if age_s is None:
            return True  # it keeps silent, which is no loss yet; a renewal will tell
        self._age = (now, age_s)
        if before is None:
            return True
        return age_s + SLACK_S >= before[1] + (now - before[0]) * DRIFT

    def _pause_s(self) -> float:
        renew_in_s = (self._renew_at or 0.0) - self._clock()
        return max(SHORTEST_PAUSE_S, min(POLL_S, renew_in_s))

    def _left_s(self) -> float:
        return max(0.0, self._ends_at - self._clock())
