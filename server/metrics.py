"""Every metric of the server, declared once. No label ever holds what a player can choose."""

import platform
from collections.abc import Sequence
from typing import Final

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from protocol.flow import AckWindow
from protocol.messages import Stats
from protocol.reasons import Reason
from protocol.version import BUILD, SUBPROTOCOL
from server.line_meter import LineMeter, Reading

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
RTT_BUCKETS: Final = (0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0)
JITTER_BUCKETS: Final = (0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1.0, 2.0)
AGE_BUCKETS: Final = (0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.0, 5.0)
SHARE_BUCKETS: Final = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 0.9)
COUNT_BUCKETS: Final = (0, 1, 2, 3, 5, 10, 20, 50, 100)
FPS_BUCKETS: Final = (5, 10, 15, 20, 25, 30, 45, 55, 60, 75, 120, 240)
TRAFFIC_BUCKETS: Final = (1e3, 2e3, 5e3, 1e4, 1.5e4, 2e4, 3e4, 5e4, 1e5, 2e5)
STORE_BUCKETS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


def tick_buckets(tick_hz: int) -> tuple[float, ...]:
    """Edges for the time of a tick: 10 ms, the budget and its double are always among them."""
    budget = 1 / tick_hz
    low = {0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.0125, 0.015, 0.0175}
    high = {0.02, 0.0225, 0.025, 0.03, 0.04, 0.1, 0.25, 1.0}
    return tuple(sorted(low | high | {budget, 2 * budget}))


class Metrics:
    """The metrics of one server, on a registry of their own so that tests do not share them."""

    def __init__(self, tick_hz: int, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry = registry or CollectorRegistry()
        self._declare_ticks(tick_hz, registry)
        self._declare_people(registry)
        self._declare_wire(registry)
        self._declare_lines(registry)
        self._declare_store(registry)
        ProcessCollector(registry=registry)
        build = Gauge(
            "lanternhold_build_info",
            "What is running; the value is always 1.",
            ["version", "protocol", "python"],
            registry=registry,
        )
        build.labels(BUILD, SUBPROTOCOL, platform.python_version()).set(1)

    def _declare_ticks(self, tick_hz: int, registry: CollectorRegistry) -> None:
        self.tick_duration = Histogram(
            "lanternhold_tick_duration_seconds",
            "From the moment a tick was due to the last write of its snapshots.",
            buckets=tick_buckets(tick_hz),
            registry=registry,
        )
        self.tick_lost = Counter(
            "lanternhold_tick_lost_seconds_total",
            "Time given up because the server was too late to catch up.",
            registry=registry,
        )
        Gauge(
            "lanternhold_tick_hertz", "Ticks a second that the rules ask for.", registry=registry
        ).set(tick_hz)
        self.tick = Gauge("lanternhold_tick", "The newest tick of the world.", registry=registry)
        self.epoch = Gauge("lanternhold_epoch", "Starts of this world so far.", registry=registry)
        self.invariants_broken = Counter(
            "lanternhold_invariants_broken_total",
            "Findings of the world's own checks; anything above 0 is a fault of the game.",
            registry=registry,
        )

    def _declare_people(self, registry: CollectorRegistry) -> None:
        self.players = Gauge("lanternhold_players", "Players whose line is up.", registry=registry)
        self.players_away = Gauge(
            "lanternhold_players_away",
            "Players whose line was cut and whose body waits.",
            registry=registry,
        )
        self.peers = Gauge(
            "lanternhold_peers", "Open connections, admitted or not.", registry=registry
        )
        self.joins = Counter(
            "lanternhold_joins_total", "Players who joined with an invite.", registry=registry
        )
        self.resumes = Counter(
            "lanternhold_resumes_total", "Sessions that went on on a new line.", registry=registry
        )
        self.tokens_dead = Counter(
            "lanternhold_dead_tokens_total",
            "Resume tokens shown after their successor was in use; the session was ended.",
            registry=registry,
        )
        self.closed = Counter(
            "lanternhold_connections_closed_total",
            "Connections that the server closed, by reason.",
            ["reason"],
            registry=registry,
        )
        self.refused = Counter(
            "lanternhold_joins_refused_total",
            "Players and connections not let in, by reason.",
            ["reason"],
            registry=registry,
        )
        for reason in Reason:
            self.closed.labels(reason.name.lower())
            self.refused.labels(reason.name.lower())
        for reason_before in ("address", "crowded", "path", "origin"):
            self.refused.labels(reason_before)

    def _declare_wire(self, registry: CollectorRegistry) -> None:
        self.bytes_sent = Counter(
            "lanternhold_sent_bytes_total", "Message bytes sent.", registry=registry
        )
        self.bytes_received = Counter(
            "lanternhold_received_bytes_total", "Bytes received.", registry=registry
        )
        self.snapshots_sent = Counter(
            "lanternhold_snapshots_sent_total", "Snapshots sent.", registry=registry
        )
        self.snapshots_skipped = Counter(
            "lanternhold_snapshots_skipped_total",
            "Snapshots not sent because a line was full.",
            registry=registry,
        )
        self.inputs = Counter(
            "lanternhold_inputs_total", "Commands of players applied.", registry=registry
        )
        self.inputs_late = Counter(
            "lanternhold_inputs_late_total",
            "Ticks in which an active player had no command waiting.",
            registry=registry,
        )
        self.inputs_dropped = Counter(
            "lanternhold_inputs_dropped_total",
            "Commands thrown away because too many waited.",
            registry=registry,
        )

    def _declare_lines(self, registry: CollectorRegistry) -> None:
        """One sample of each player a second; what only a client knows, as often as it says so."""

        def declare(name: str, about: str, buckets: Sequence[float]) -> Histogram:
            return Histogram(
                f"lanternhold_client_{name}", about, buckets=buckets, registry=registry
            )

        self.rtt = declare(
            "rtt_seconds", "Round trips of players, as their acknowledgements tell.", RTT_BUCKETS
        )
        self.rtt_jitter = declare(
            "rtt_jitter_seconds", "How far round trips lie from their mean.", JITTER_BUCKETS
        )
        self.skipped_ratio = declare(
            "skipped_ratio",
            "Share of a player's snapshots left out because the line was full.",
            SHARE_BUCKETS,
        )
        self.traffic = declare(
            "sent_bytes_per_second", "Message bytes sent to one player.", TRAFFIC_BUCKETS
        )
        self.staleness = declare(
            "staleness_seconds",
            "Age of the newest snapshot at its 95th percentile, as clients say.",
            AGE_BUCKETS,
        )
        self.jitter = declare(
            "jitter_seconds",
            "How late snapshots come at their 95th percentile, as clients say.",
            JITTER_BUCKETS,
        )
        self.corrections = declare(
            "corrections", "Predictions put right in five seconds, as clients say.", COUNT_BUCKETS
        )
        self.fps = declare(
            "frames_per_second", "Pictures drawn, as clients that draw say.", FPS_BUCKETS
        )

    def _declare_store(self, registry: CollectorRegistry) -> None:
        self.store_commit = Histogram(
            "lanternhold_store_commit_seconds",
            "Time of one commit to disk.",
            buckets=STORE_BUCKETS,
            registry=registry,
        )
        self.store_failed = Gauge(
            "lanternhold_store_failed",
            "1 while nothing can be saved; the game goes on.",
            registry=registry,
        )

    def line(self, window: AckWindow | None, reading: Reading) -> None:
        """Count how one player's line was lately."""
        if window is None or window.rtt_s is None:
            return
        self.rtt.observe(window.rtt_s)
        self.rtt_jitter.observe(window.jitter_s)
        self.skipped_ratio.observe(reading.skipped_share)
        self.traffic.observe(reading.sent_bytes)

    def told(self, stats: Stats) -> None:
        """Count what a client says of itself. Its bounds are those of its type; it may be a lie."""
        self.staleness.observe(stats.stale_ms / 1000)
        self.jitter.observe(stats.jitter_ms / 1000)
        self.corrections.observe(stats.corrections)
        if stats.fps:
            self.fps.observe(stats.fps)

    def count_bytes(self, *meters: LineMeter) -> None:
        """Count what went over these lines since this was done last."""
        counts = [meter.new_bytes() for meter in meters]
        self.bytes_sent.inc(sum(sent for sent, _ in counts))
        self.bytes_received.inc(sum(received for _, received in counts))

    def render(self) -> bytes:
        """All metrics as Prometheus reads them."""
        return prometheus_client.generate_latest(self.registry)
