"""What `top` shows of one moment, made from what the server says now and said a while ago."""

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from deploy.exposition import Metrics
from deploy.top import words
from deploy.top.ticks import Ticks, between
from deploy.top.words import Word

Player = Mapping[str, Any]
KEPT_S: Final = 10.0
"""Ticks are judged over so long."""


@dataclass(frozen=True)
class Moment:
    """What the server said at `at`, monotonic seconds."""

    at: float
    metrics: Metrics
    players: Sequence[Player]


@dataclass(frozen=True)
class View:
    """All that is shown. `lines` has the players with their words, the worst first."""

    ticks: Ticks
    online: int
    away: int
    sent: float  # bytes a second, to all
    received: float
    word: Word
    lines: Sequence[tuple[Player, Word]]

    def as_json(self, mode: str) -> dict[str, Any]:
        """The contract of `top --json`."""
        ticks = {
            key: None if math.isnan(value) else round(value, 3)
            for key, value in asdict(self.ticks).items()
        }
        return {
            "mode": mode,
            "words": self.word.text,
            "ticks": ticks,
            "online": self.online,
            "away": self.away,
            "sent_bytes_per_second": round(self.sent),
            "received_bytes_per_second": round(self.received),
            "players": [{**player, "words": word.text} for player, word in self.lines],
        }


class Watch:
    """Keeps the last seconds."""

    def __init__(self, first: Moment) -> None:
        self._moments = deque([first])

    def see(self, now: Moment) -> View:
        """The view now. A server that has started anew begins anew here."""
        before = self._moments[-1].metrics.values
        if now.metrics.values.get("lanternhold_epoch") != before.get("lanternhold_epoch"):
            self._moments.clear()
        self._moments.append(now)
        while now.at - self._moments[0].at > KEPT_S:
            self._moments.popleft()
        first = self._moments[0]
        ticks = between(first.metrics, now.metrics, max(0.001, now.at - first.at))
        return view(ticks, now.players)


def view(ticks: Ticks, players: Sequence[Player]) -> View:
    """The view of these ticks and players."""
    lines = [(player, words.of_player(player, ticks.hertz)) for player in players]
    lines.sort(key=lambda line: (not line[1].is_bad, str(line[0].get("name")).casefold()))
    here = [player["line"] for player in players if isinstance(player.get("line"), Mapping)]
    return View(
        ticks=ticks,
        online=len(here),
        away=len(players) - len(here),
        sent=sum(line.get("sent_bytes_per_second", 0) for line in here),
        received=sum(line.get("received_bytes_per_second", 0) for line in here),
        word=words.of_all(ticks, [word for _, word in lines], len(here)),
        lines=lines,
    )
