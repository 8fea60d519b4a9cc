"""A short stay in a world on a line that is open already: to see whether one can play there."""

import asyncio
import time
from random import Random, randrange
from typing import Final

from client.bot_player import BotPlayer
from client.connecting import Tell
from client.direct_connection import DirectConnection
from client.problem import Fault, Problem
from client.session import Identity

JOIN_S: Final = 10.0
LISTEN_S: Final = 2.0
FRAME_S: Final = 1 / 60
ENOUGH: Final = 0.8
"""The share of a world's ticks that has to arrive for the line to be called good."""
_GRADES: Final = ((60, "excellent"), (120, "good"), (200, "playable"))  # round trip in ms


class Visit:
    """Comes as a bot, so that no lobby waits for it, and goes again."""

    def __init__(self, line: DirectConnection, secret: str) -> None:
        self._line: DirectConnection | None = line
        who = Identity(f"Probe {randrange(1000, 10000)}", secret, is_bot=True)
        self._bot = BotPlayer(self._take_line, who, Random(), time.monotonic())

    async def join(self) -> tuple[None, str]:
        """Until the first snapshot.

        Raises:
            Problem: the server did not let us in, in its own words.
        """
        self._bot.start()
        async with asyncio.timeout(JOIN_S):
            while not self._bot.stay.has_joined:
                await self._live()
        return None, "The invite opens the game."

    async def listen(self) -> tuple[None, str]:
        """Count the ticks for a moment.

        Raises:
            Problem: too few of them arrive.
        """
        figures = self._bot.stay.figures
        before, began = figures.snapshots, time.monotonic()
        while time.monotonic() - began < LISTEN_S:
            await self._live()
        passed = time.monotonic() - began
        heard = (figures.snapshots - before) / passed
        wanted = self._bot.tick_hz
        if heard < ENOUGH * wanted:
            raise Problem(
                Fault.LOST,
                f"Only {heard:.0f} of {wanted} ticks a second arrive: this line, or the server, "
                "is too slow to play.",
            )
        rtt = sorted(figures.rtts)[len(figures.rtts) // 2] if figures.rtts else figures.rtt_ms
        late = f"{figures.jitter_ms:.0f} ms late at worst"
        return None, (
            f"{heard:.0f} ticks a second, {late}, round trip {rtt:.0f} ms: {_grade(rtt)}."
        )

    async def leave(self) -> None:
        """Say goodbye."""
        await self._bot.leave()
        if self._line is not None:
            self._line.transport.abort()
            self._line = None

    async def _live(self) -> None:
        await asyncio.sleep(FRAME_S)
        if self._bot.problem is not None:
            raise self._bot.problem
        self._bot.advance(time.monotonic())

    async def _take_line(self, _tell: Tell, *_: object) -> DirectConnection:
        line, self._line = self._line, None
        if line is None:
            raise Problem(Fault.LOST, "The connection broke.", may_retry=False)
        return line


def _grade(rtt_ms: float) -> str:
    return next((word for limit, word in _GRADES if rtt_ms <= limit), "slow, but it works")
