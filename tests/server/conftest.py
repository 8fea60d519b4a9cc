import io

import pytest
import structlog

from server import log
from support.house import House


@pytest.fixture(autouse=True)
def lines():
    """What the server logs in this test, as text."""
    stream = io.StringIO()
    log.configure("debug", "json", stream)
    yield stream
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
