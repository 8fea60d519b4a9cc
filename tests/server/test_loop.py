"""The loop's selector: a crowd's input is gathered, a few friends' is not."""

import socket

import pytest

from server import loop
from server.loop import CROWD, EARLY_S, CoalescingSelector


@pytest.fixture
def naps(monkeypatch):
    """How long it slept, each time."""
    slept = []
    monkeypatch.setattr(loop.time, "sleep", slept.append)
    return slept


@pytest.fixture
def crowd():
    """One more player than it takes to be a crowd."""
    return [None] * (CROWD + 1)


@pytest.fixture
def selector(crowd):
    """The selector of a server with that crowd."""
    with CoalescingSelector(0.005, crowd) as made:
        yield made


def test_the_input_of_a_crowd_gathers(selector, naps):
    one, other = socket.socketpair()
    with one, other:
        selector.register(one, loop.selectors.EVENT_READ)
        other.send(b"x")
        (ready,) = selector.select(None)
        assert ready[0].fileobj is one
    assert naps == [0.005]


def test_what_it_slept_is_not_waited_for_once_more(selector, naps, monkeypatch):
    """Else each timer, so each tick, could come a nap late."""
    waited = []
    monkeypatch.setattr(
        loop.selectors.DefaultSelector, "select", lambda _self, timeout: waited.append(timeout)
    )
    for timeout in (0.020, 0.005, 0.002, None):
        selector.select(timeout)
    assert waited == pytest.approx([0.015, EARLY_S, 0.0, None])


def test_never_past_the_next_timer(selector, naps):
    selector.select(0.002)
    assert naps == [0.002]


def test_what_gathered_is_read_before_a_timer_and_not_in_its_time(selector, naps):
    selector.select(0.0055)
    assert naps == [pytest.approx(0.0055 - EARLY_S)]


def test_not_while_something_is_due(selector, naps):
    selector.select(0)
    selector.select(-1)
    assert naps == []


def test_a_few_are_heard_at_once(selector, crowd, naps):
    crowd.pop()
    selector.select(0.001)
    assert naps == []
