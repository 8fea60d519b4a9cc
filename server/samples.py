"""A histogram that takes the samples of many players in one go."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from math import inf

from prometheus_client import CollectorRegistry
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector


class Samples(Collector):
    """What Prometheus's own Histogram tells, at a tenth of its price.

    That one takes two locks and looks through the buckets for each sample: with four samples of
    each player a second it was a fiftieth of all that a tick does. Only the event loop comes here.
    Edges are below a million, where Go writes a float as Python does.
    """

    def __init__(
        self, name: str, about: str, buckets: Sequence[float], registry: CollectorRegistry
    ) -> None:
        self._name = name
        self._about = about
        self._edges = (*map(float, buckets), inf)
        self._counts = [0] * len(self._edges)
        self._sum = 0.0
        registry.register(self)

    def add(self, samples: Sequence[float]) -> None:
        """Count them; each belongs to the first bucket whose edge is not below it."""
        self._sum += sum(samples)
        for sample in samples:
            self._counts[bisect_left(self._edges, sample)] += 1

    def collect(self) -> Iterator[HistogramMetricFamily]:
        """As Prometheus reads it: buckets hold all that is at or below their edge."""
        told, buckets = 0, []
        for edge, count in zip(self._edges, self._counts, strict=True):
            told += count
            buckets.append(("+Inf" if edge == inf else repr(edge), told))
        family = HistogramMetricFamily(self._name, self._about)
        family.add_metric([], buckets, self._sum)
        yield family
