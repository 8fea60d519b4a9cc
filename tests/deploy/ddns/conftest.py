"""An updater over loopback: a house that plays the provider, and a name server of the zone."""

from contextlib import asynccontextmanager

import pytest

from deploy.clone import Clone
from deploy.ddns import providers
from deploy.ddns.secret import Secret
from deploy.ddns.state import Notebook
from deploy.ddns.target import Target
from deploy.ddns.updater import Updater
from deploy.ddns.zone import Zone
from support.clock import FakeClock
from support.nameserver import NameServer, serving
from support.providers import (
    NAME,
    TOKEN,
    USER,
    CloudflareHouse,
    DesecHouse,
    DuckHouse,
    Dyndns2House,
    DynuHouse,
    Dynv6House,
    TogetherHouse,
    opened,
)

HOUSES = {
    "noip": TogetherHouse,
    "strato": TogetherHouse,
    "dyndns2": TogetherHouse,
    "ovh": Dyndns2House,
    "dynu": DynuHouse,
    "dynv6": Dynv6House,
    "duckdns": DuckHouse,
    "desec": DesecHouse,
    "cloudflare": CloudflareHouse,
}


class Street:
    """One updater, with all that it meets."""

    def __init__(self, provider, house, names, clone):
        self.house, self.names, self.clone = house, names, clone
        self.clock = FakeClock(1_700_000_000.0)
        house.name = "play.duckdns.org" if provider == "duckdns" else NAME
        self.target = Target(provider, house.name, user=USER, server=house.host)
        self.token = TOKEN

    @property
    def notebook(self):
        return Notebook.of(self.clone, self.target)

    def updater(self, *, confirm_s=0.0):
        """A new one: what a restart gives."""
        secret = Secret(self.token)
        return Updater(
            self.target,
            secret,
            providers.make(self.target, secret),
            Zone(self.target.hostname, [("127.0.0.1", self.names.port)]),
            self.notebook,
            clock=self.clock,
            monotonic=self.clock,
            confirm_s=confirm_s,
        )

    def show(self):
        """The name server shows what the provider holds."""
        held = self.house.records
        if isinstance(self.house, CloudflareHouse):
            held = {"A": set(), "AAAA": set()}
            for record in self.house.held.values():
                held[record["type"]].add(record["content"])
        for record, addresses in held.items():
            self.names.hold(self.house.name, record, *sorted(addresses))


@pytest.fixture
async def names():
    async with serving(NameServer()) as server:
        yield server


@pytest.fixture
def street(names, tmp_path):
    """Opens a street: `async with street("duckdns") as street`."""

    @asynccontextmanager
    async def open_(provider):
        async with opened(HOUSES[provider]()) as house:
            yield Street(provider, house, names, Clone(tmp_path))

    return open_
