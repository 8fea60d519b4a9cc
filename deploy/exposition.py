"""Metrics as Prometheus reads them, and the time within which most of something was done."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

_LINE = re.compile(r'^(\w+)(?:\{(?:[^}]*?)(?:le="([^"]+)")?\})? (\S+)$', re.MULTILINE)


@dataclass(frozen=True)
class Metrics:
    """One scrape: the plain values by name, and the counts of each histogram by upper edge."""

    values: Mapping[str, float]
    buckets: Mapping[str, Mapping[float, float]]


def parse(text: str) -> Metrics:
    """Read a scrape. Of a name with several labels the last counts: we ask for none of those."""
    values: dict[str, float] = {}
    buckets: dict[str, dict[float, float]] = {}
    for name, edge, value in _LINE.findall(text):
        try:
            if edge:
                buckets.setdefault(name.removesuffix("_bucket"), {})[float(edge)] = float(value)
            else:
                values[name] = float(value)
        except ValueError:
            continue  # no number: not ours
    return Metrics(values, buckets)


def quantile(share: float, before: Mapping[float, float], after: Mapping[float, float]) -> float:
    """Below which value `share` of what was counted between two scrapes lies; nan for nothing.

    Within a bucket all is taken to lie evenly, as Prometheus does.
    """
    grown = sorted((edge, count - before.get(edge, 0.0)) for edge, count in after.items())
    if not grown or grown[-1][1] <= 0:
        return math.nan
    wanted = share * grown[-1][1]
    for (low, under), (high, upto) in pairwise([(0.0, 0.0), *grown]):
        if upto >= wanted and upto > under:
            inside = (wanted - under) / (upto - under)
            return low if math.isinf(high) else low + (high - low) * inside
    return math.nan
