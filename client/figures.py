"""The figures of one session's line: what the netgraph shows and the bots report."""

from collections import deque
from dataclasses import dataclass, field

from client.verdict import MEASURING, Verdict


def _recent() -> deque[float]:
    return deque(maxlen=256)


@dataclass(slots=True)
class Figures:
    """Counters since the session began, and recent samples (milliseconds, newest last)."""

    rtt_ms: float = 0.0  # newest round trip on the line
    echo_ms: float = 0.0  # from a command's making to the snapshot that contains it
    jitter_ms: float = 0.0  # 95th percentile of the snapshots' lateness
    stale_ms: float = 0.0  # age of the newest snapshot
    delay_ms: float = 0.0  # how far in the past others are drawn
    wait_ticks: float = 0.0  # commands of ours waiting at the server, smoothed
    clock_rate: float = 1.0  # our tick rate against the server's
    mispredictions: int = 0
    snapshots: int = 0
    skipped: int = 0  # ticks the server did not send a snapshot for
    bytes_in: int = 0
    bytes_out: int = 0
    saved: int = 0  # acts the server has told to be on its disk
    disconnects: int = 0
    resumes: int = 0
    tick: int = 0  # the newest that the server told of
    ticks_per_s: float = 0.0
    late_ms: int | None = None  # the server's own lateness of late; None: it does not say
    fps: float = 0.0  # pictures drawn a second; 0 of a program that draws none
    snapshots_per_s: float = 0.0
    skipped_per_s: float = 0.0
    in_per_s: float = 0.0  # bytes
    out_per_s: float = 0.0  # bytes
    verdict: Verdict = MEASURING
    rtts: deque[float] = field(default_factory=_recent)
    corrections: deque[float] = field(default_factory=_recent)  # of the own body, in tiles
    gaps: deque[float] = field(default_factory=_recent)  # between snapshots
