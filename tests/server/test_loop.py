"""The loop's selector: a crowd's input is gathered, a few friends' is not."""

import socket

import pytest

from server import loop
from server.loop import CROWD, CoalescingSelector


@pytest.fixture
def naps(monkeypatch):
    """How long it slept, each time."""
    slept = []
    monkeypatch.setattr(loop.time, "sleep", slept.append)
    return slept


@pytest.fixture
def selector():
    """A selector on which everything can be written to."""
    with CoalescingSelector(0.005) as made:
        yield made


@pytest.fixture
def crowd(selector):
    """One more connection than it takes to be a crowd."""
    pairs = [socket.socketpair() for _ in range(CROWD + 1)]
    for one, _ in pairs:
        selector.register(one, loop.selectors.EVENT_READ)
    pairs[0][1].send(b"x")
    yield pairs
    for pair in pairs:
        for end in pair:
            end.close()


def test_the_input_of_a_crowd_gathers(selector, crowd, naps):
    (ready,) = selector.select(None)
    assert ready[0].fileobj is crowd[0][0]
    assert naps == [0.005]


def test_what_it_slept_is_not_waited_for_once_more(selector, crowd, naps, monkeypatch):
    """Else each timer, so each tick, could come a nap late."""
    waited = []
    monkeypatch.setattr(
        loop.selectors.DefaultSelector, "select", lambda _self, timeout: waited.append(timeout)
    )
    for timeout in (0.020, 0.005, 0.002, None):
        selector.select(timeout)
    assert waited == [pytest.approx(0.015), 0.0, 0.0, None]


def test_never_past_the_next_timer(selector, crowd, naps):
    selector.select(0.002)
    assert naps == [0.002]


def test_not_while_something_is_due(selector, crowd, naps):
    selector.select(0)
    selector.select(-1)
    assert naps == []


def test_a_few_are_heard_at_once(selector, crowd, naps):
    for one, _ in crowd[1:2]:
        selector.unregister(one)
    assert selector.select(1)
    assert naps == []
