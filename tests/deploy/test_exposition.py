"""Reading metrics, held against the library that writes them."""

import math

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from deploy.exposition import parse, quantile


@pytest.fixture
def registry():
    return CollectorRegistry()


def scrape(registry):
    return parse(generate_latest(registry).decode())


def test_what_the_library_writes_is_read(registry):
    Gauge("ours_players", "Of all.", registry=registry).set(3.5)
    Counter("ours_bytes_total", "Sent.", registry=registry).inc(1e9)
    Counter("ours_closed_total", "By reason.", ["reason"], registry=registry).labels("bye").inc()
    took = Histogram("ours_seconds", "Of ticks.", buckets=(0.01, 0.1), registry=registry)
    for seconds in (0.005, 0.05, 0.5):
        took.observe(seconds)
    found = scrape(registry)
    assert (found.values["ours_players"], found.values["ours_bytes_total"]) == (3.5, 1e9)
    assert found.values["ours_seconds_count"] == 3
    assert found.buckets["ours_seconds"] == {0.01: 1, 0.1: 2, math.inf: 3}


@pytest.mark.parametrize(
    "text", ["", "<html>", "a b c\n", 'x_bucket{le="wide"} 3\nx one\n', "\x00"]
)
def test_what_is_no_metric_is_nothing(text):
    found = parse(text)
    assert not found.values
    assert not any(found.buckets.values())


def test_a_quantile_is_that_of_what_came_between_two_scrapes(registry):
    took = Histogram("t", "T.", buckets=(1, 2, 4), registry=registry)
    for _ in range(100):
        took.observe(3.0)
    before = scrape(registry).buckets["t"]
    for _ in range(90):
        took.observe(0.5)
    for _ in range(10):
        took.observe(1.5)
    after = scrape(registry).buckets["t"]
    assert quantile(0.45, before, after) == pytest.approx(0.5)
    assert quantile(0.9, before, after) == pytest.approx(1.0)
    assert quantile(0.95, before, after) == pytest.approx(1.5)
    assert quantile(1.0, {}, after) == pytest.approx(4.0)


def test_above_the_last_edge_the_edge_is_all_that_is_known():
    assert quantile(0.99, {}, {0.1: 0, 0.5: 0, math.inf: 10}) == 0.5


def test_of_nothing_there_is_no_quantile():
    assert math.isnan(quantile(0.5, {}, {}))
    assert math.isnan(quantile(0.5, {1.0: 4, math.inf: 4}, {1.0: 4, math.inf: 4}))
