"""Who lags, and why, as far as the server can tell: one sentence for all, a word for each line.

The figures of `told` are a client's own: shown as such, and enough to call a screen slow or a
picture old, since nobody gains by saying so of themselves.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from deploy.top.ticks import Ticks

SILENCE_MS: Final = 350
ANSWER_MS: Final = 200
"""Beyond the quickest way there and back; an idle client answers ten times a second."""
THIN: Final = 0.05
THIN_S: Final = 3
"""A stall fills one or two seconds with skipped snapshots, a thin line all of them."""
UNEVEN_MS: Final = 100
FAR_MS: Final = 250
OLD_MS: Final = 400
SLOW_FPS: Final = 15
LATE_INPUTS: Final = 0.2
"""Share of the ticks."""
IN_TIME: Final = 0.97
"""Of the ticks that the rules ask for."""
MISSING: Final = 3
"""So many ticks fewer are no matter of when one looked."""


@dataclass(frozen=True)
class Word:
    """How one line is. `is_bad` tells whether it spoils somebody's game."""

    text: str
    is_bad: bool = False


def of_player(player: Mapping[str, Any], hertz: float) -> Word:
    """What is the matter with one player's line, the plainest sign first."""
    line, rtt = player.get("line"), player.get("rtt_ms")
    if player.get("away") or not isinstance(line, Mapping):
        return Word("away, may come back")
    if not isinstance(rtt, int | float):
        return Word("just came")
    sign = next(_signs(line, hertz), "")
    if sign:
        return Word(sign, is_bad=True)
    return Word("far away") if rtt >= FAR_MS else Word("well")


def _signs(line: Mapping[str, Any], hertz: float) -> Iterator[str]:
    told = line.get("told") or {}
    silence, skipped = line.get("silence_ms", 0), line.get("skipped", 0)
    if 0 < told.get("fps", 0) < SLOW_FPS:
        yield f"computer draws slowly: {told['fps']}/s"
    if silence >= max(SILENCE_MS, line.get("best_rtt_ms", 0) + ANSWER_MS):
        yield f"line stalls: silent {silence / 1000:.1f} s"
    if skipped >= THIN:
        is_thin = line.get("skipping_seconds", 0) >= THIN_S
        yield f"line {'too thin' if is_thin else 'stalls'}: {100 * skipped:.0f} % left out"
    if told.get("stale_ms", 0) >= OLD_MS:
        yield f"line stalls: pictures {told['stale_ms']} ms old"
    if (late := max(line.get("jitter_ms", 0), told.get("jitter_ms", 0))) >= UNEVEN_MS:
        yield f"line uneven: {late:.0f} ms"
    if line.get("late_inputs_per_second", 0) >= LATE_INPUTS * hertz:
        yield "keys come late"


def of_all(ticks: Ticks, words: Sequence[Word], online: int) -> Word:
    """The sentence above the table."""
    bad = sum(word.is_bad for word in words)
    missing = (ticks.hertz - ticks.rate) * ticks.over_s
    if ticks.lost_s > 0 or missing >= max(MISSING, (1 - IN_TIME) * ticks.hertz * ticks.over_s):
        rate = f"{ticks.rate:.1f} of {ticks.hertz:g} ticks a second"
        return Word(f"The server is late: {rate}. It is this computer, not the lines.", is_bad=True)
    if ticks.p99_ms > ticks.budget_ms:
        took = f"one tick in a hundred takes {ticks.p99_ms:.0f} ms"
        return Word(
            f"The server is at its limit: {took}, and has {ticks.budget_ms:.0f} ms.", is_bad=True
        )
    if not online:
        return Word("The server is fine, and nobody plays.")
    if bad > 1 and 2 * bad >= online:
        where = "look at your own upload and router first"
        return Word(f"The server is fine, but {bad} of {online} lines are bad: {where}.", True)
    if bad:
        whose = f"{bad} of {online} lines {'is' if bad == 1 else 'are'} bad"
        return Word(f"The server is fine; {whose}.", is_bad=True)
    return Word("All is well.")
