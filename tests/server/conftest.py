import io
import logging

import pytest
import structlog

from server import log
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
