import io
import logging

import pytest
import structlog
from websockets.protocol import State

from server import log
from server.connection import GameConnection
from support.house import House


@pytest.fixture(autouse=True)
def lines():
    """What the server logs in this test, as text."""
    stream = io.StringIO()
    root = logging.getLogger()
    before = (root.level, root.handlers[:])
    log.configure("debug", "json", stream)
    yield stream
    # The bridge must go too: with structlog's defaults it would print into other tests' output.
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    structlog.reset_defaults()


@pytest.fixture
def build(tmp_path):
    """Makes houses on one data folder, one after the other."""
    houses = []

    def make(**settings):
        for house in houses:
            house.close()
        houses.append(House(tmp_path, **settings))
        return houses[-1]

    yield make
    for house in houses:
        house.close()


@pytest.fixture
def house(build):
    return build()


@pytest.fixture
def never_stale(monkeypatch):
    """Whenever a line reads or writes, what it noted of itself is so."""
    stale = []

    def watch(name):
        does = getattr(GameConnection, name)

        def do(self, *args):
            is_open = self.protocol.state is State.OPEN
            is_between = is_open and not (self._unparsed or self._parts)
            if (self._is_open, self._hearer) != (is_open, self._peer if is_between else None):
                stale.append((name, self.protocol.state, self._unparsed, self._parts))
            return does(self, *args)

        monkeypatch.setattr(GameConnection, name, do)

    for name in ("took", "data_received", "write", "write_all"):
        watch(name)
    yield
    assert stale == []
