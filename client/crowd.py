"""Many bots in one process, on one loop."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Final

from client.bot_names import bot_names, numbered
from client.bot_player import BotPlayer
from client.network import Network
from client.session import Identity
from client.tally import Report, Tally
from client.target import Target
from client.ways import Ways

SLICES: Final = 4
"""Bots act in so many groups, one after the other within a tick: their load comes evenly."""
IDLE_HZ: Final = 30
DRAIN_S: Final = 2.0
_LAST_NAME: Final = "Bot"
"""When all others are taken."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run. `seconds` counts from the start, joining included; 0: until stopped."""

    target: Target
    secret: str
    count: int
    seconds: float
    join_s: float = 0.05  # between one bot's joining and the next one's
    seed: int = 1
    name: str = ""  # with a number behind; empty: names of plants and beasts
    outside: tuple[Target, ...] = ()  # other ways to the same server
    network: Network | None = None  # a bad line for each of them


class Crowd:
    """All bots of this process."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        # Shared: the root is fetched once.
        ways = [plan.target, *plan.outside]
        self._opener = Ways(ways, plan.network, Random(plan.seed)).open
        self._bots: list[BotPlayer] = []
        self._tally = Tally()
        self._player_seconds = 0.0
        self._names = numbered(plan.name) if plan.name else bot_names(Random())

    @property
    def is_good(self) -> bool:
        """Every bot got in, and none was sent away."""
        bots = self._bots
        return bool(bots) and all(b.stay.has_joined and b.problem is None for b in bots)

    async def run(self, stop: asyncio.Event) -> Report:
        """Play to the end of the plan, or until `stop`."""
        start = now = drained = time.monotonic()
        turn = 0
        while not stop.is_set() and not self._is_over(now - start):
            self._join_due(now, now - start)
            for bot in self._bots[turn % SLICES :: SLICES]:
                bot.advance(now)
            await self._rename(now)
            turn += 1
            before, now = now, await self._pause(start)
            self._player_seconds += (now - before) * sum(bot.is_in for bot in self._bots)
            if now - drained > DRAIN_S:
                self._drain()
                drained = now
        refused = Counter(bot.problem.sentence for bot in self._bots if bot.problem)
        await asyncio.gather(*(bot.leave() for bot in self._bots))
        stays, line = [bot.stay for bot in self._bots], self._plan.network
        name = line.name if line else ""
        return self._tally.report(stays, self._player_seconds, refused, name)

    def _is_over(self, passed_s: float) -> bool:
        everybody_failed = len(self._bots) == self._plan.count and all(
            bot.problem for bot in self._bots
        )
        return everybody_failed or 0 < self._plan.seconds <= passed_s

    def _join_due(self, now: float, passed_s: float) -> None:
        plan = self._plan
        while len(self._bots) < plan.count and passed_s >= len(self._bots) * plan.join_s:
            self._bots.append(self._bot(len(self._bots), next(self._names, _LAST_NAME), now))

    def _bot(self, number: int, name: str, now: float) -> BotPlayer:
        """One more, on its way in."""
        who = Identity(name, self._plan.secret, is_bot=True)
        bot = BotPlayer(self._opener, who, Random(self._plan.seed * 1_000_003 + number), now)
        bot.start()
        return bot

    async def _rename(self, now: float) -> None:
        """Whose name somebody else has comes again under the next one."""
        for number, bot in enumerate(self._bots):
            if bot.needs_other_name and (name := next(self._names, "")):
                await bot.leave()
                self._bots[number] = self._bot(number, name, now)

    async def _pause(self, start: float) -> float:
        """Until the next slice is due. A late one is not made up for: the pacers count ticks."""
        hz = next((bot.tick_hz for bot in self._bots if bot.tick_hz), IDLE_HZ)
        period = 1 / (hz * SLICES)
        await asyncio.sleep(period - (time.monotonic() - start) % period)
        return time.monotonic()

    def _drain(self) -> None:
        for bot in self._bots:
            self._tally.drain(bot.stay.figures)
