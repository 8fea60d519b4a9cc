import prometheus_client
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Histogram

from server.samples import Samples

EDGES = (0, 0.5, 1, 20)


@given(st.lists(st.lists(st.sampled_from([0, 0.25, 0.5, 0.75, 1, 3, 20, 20.5, 1e6])), max_size=4))
def test_it_tells_what_a_histogram_tells(shares):
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    samples = Samples("age_seconds", "How old.", EDGES, ours)
    histogram = Histogram("age_seconds", "How old.", buckets=EDGES, registry=theirs)
    for share in shares:
        samples.add(share)
        for sample in share:
            histogram.observe(sample)
    told = [
        line
        for line in prometheus_client.generate_latest(theirs).decode().splitlines()
        if "_created" not in line
    ]
    assert prometheus_client.generate_latest(ours).decode().splitlines() == told
