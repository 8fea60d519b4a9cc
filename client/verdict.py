"""Whose fault it is, in one sentence: judged from what was measured over the last seconds.

Nothing is claimed beyond the evidence. That the server is late is known only from the server's
own LATE; that it is fine, only where it would have said LATE and its ticks went on by the clock
while nothing came. A silence that is not over yet is nobody's fault.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

HEARD_S: Final = 2.0
"""Less than so much of a line tells nothing."""
SILENT_S: Final = 0.5
STALL_S: Final = 0.25
"""So long without a picture is more than any jitter."""
FROZEN_S: Final = 0.5
SLOW_FPS: Final = 15.0
THIN_SHARE: Final = 0.05
UNEVEN_MS: Final = 100.0
FAR_MS: Final = 250.0
LATE_MS: Final = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was measured over the last seconds, on one line."""

    heard_s: float  # how long this line has been listened to, at most the window
    silent_s: float = 0.0  # since the newest picture
    stall_s: float = 0.0  # the longest time without a picture, that this computer was awake for
    is_on_schedule: bool = True  # the ticks went on by the clock while nothing came
    says_late: bool = True  # this server says when it is late
    late_ms: float = 0.0  # the most that it said
    left_out: float = 0.0  # share of the pictures not sent, 0..1; those after a stall not counted
    frozen_s: float = 0.0  # the longest time in which this computer did not draw
    fps: float | None = 60.0  # pictures drawn a second; None: a program that draws none
    jitter_ms: float = 0.0
    rtt_ms: float = 0.0


class Blame(StrEnum):
    """Where the trouble lies."""

    NOBODY = "nobody"
    UNKNOWN = "unknown"
    LINK = "link"
    SERVER = "server"
    COMPUTER = "computer"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The sentence, and whether it is worth showing to somebody who did not ask."""

    blame: Blame
    sentence: str

    @property
    def is_bad(self) -> bool:
        """Whether the player should know now."""
        return self.blame in (Blame.LINK, Blame.SERVER, Blame.COMPUTER)


MEASURING: Final = Verdict(Blame.UNKNOWN, "Looking at your line.")
SILENT: Final = Verdict(
    Blame.UNKNOWN, "Nothing comes in. Whether link or server, that shows when it is over."
)
WELL: Final = Verdict(Blame.NOBODY, "All is well.")


def judge(seen: Evidence) -> Verdict:
    """The one verdict: what explains the most comes first."""
    if seen.heard_s < HEARD_S:
        return MEASURING
    if seen.silent_s >= SILENT_S:
        return SILENT
    return _computer(seen) or _server(seen) or _stall(seen) or _link(seen) or WELL


def _computer(seen: Evidence) -> Verdict | None:
    if seen.fps is None:
        return None
    if seen.fps < SLOW_FPS:
        words = f"This computer draws too slowly: {seen.fps:.0f} pictures a second."
    elif seen.frozen_s >= FROZEN_S:
        words = f"This computer stood still for {seen.frozen_s:.1f} s."
    else:
        return None
    return Verdict(Blame.COMPUTER, words)


def _server(seen: Evidence) -> Verdict | None:
    if seen.late_ms < LATE_MS or seen.late_ms < 1000 * seen.stall_s:
        return None
    return Verdict(Blame.SERVER, f"The server is late, by {seen.late_ms / 1000:.2g} s.")


def _stall(seen: Evidence) -> Verdict | None:
    if seen.stall_s < STALL_S:
        return None
    stalled = f"nothing came for {seen.stall_s:.1f} s"
    if seen.late_ms >= LATE_MS:
        late = f"the server is late by {seen.late_ms / 1000:.2g} s"
        return Verdict(Blame.LINK, f"Your link stalls: {stalled}. And {late}.")
    if seen.says_late and seen.is_on_schedule:
        return Verdict(Blame.LINK, f"Your link stalls, the server is fine: {stalled}.")
    return Verdict(Blame.UNKNOWN, f"For {seen.stall_s:.1f} s nothing came; why, cannot be told.")


def _link(seen: Evidence) -> Verdict | None:
    if seen.left_out >= THIN_SHARE:
        share = f"{100 * seen.left_out:.0f} of 100 pictures are left out"
        return Verdict(Blame.LINK, f"Your link is too thin: {share}.")
    if seen.jitter_ms >= UNEVEN_MS:
        late = f"pictures come up to {seen.jitter_ms:.0f} ms late"
        if seen.says_late and seen.late_ms < LATE_MS:
            return Verdict(Blame.LINK, f"Your link is uneven, the server is fine: {late}.")
        return Verdict(Blame.UNKNOWN, f"It is uneven, why cannot be told: {late}.")
    if seen.rtt_ms >= FAR_MS:
        return Verdict(
            Blame.NOBODY, f"It is far to the server: {seen.rtt_ms:.0f} ms there and back."
        )
    return None
