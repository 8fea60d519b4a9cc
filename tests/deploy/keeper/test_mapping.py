"""A port is kept open: renewed at half its lease, made again when the router lost it."""

import math

import pytest

from deploy.keeper.home import Home
from deploy.keeper.mapping import POLL_S, SHORTEST_PAUSE_S, MappingTender
from deploy.keeper.metrics import Metrics
from deploy.network.facts import Network
from deploy.ports.change import PortMapping
from deploy.ports.router import Router
from deploy.ports.wish import Held, Mapping, Refusal, Why, Wish
from deploy.problem import Problem
from support.clock import FakeClock

HOME = "192.168.1.10"


class TableRouter:
    """A router with a table, as UPnP shows it."""

    name = "UPnP IGD 2"

    def __init__(self):
        self.entry = None
        self.asked = self.opened = 0
        self.lease_s = 3600
        self.silences = 0

    async def held(self, _):
        self.asked += 1
        if self.silences:
            self.silences -= 1
            raise Refusal(self.name, Why.SILENT)
        return self.entry

    async def close(self, _):
        self.entry = None
        return 0

    async def open(self, wish):
        self.opened += 1
        self.entry = Held(wish.external, HOME, wish.internal, wish.description, self.lease_s)
        return Mapping(self.name, HOME, wish.external, wish.internal, self.lease_s)


class BlindHome:
    """A router without a table: it only tells how old its memory is, and opens ports."""

    def __init__(self, clock):
        self.clock = clock
        self.born = clock()
        self.is_silent = False
        self.forgotten = 0

    async def __call__(self):
        return Router(Network("eth0", 1, "", HOME, "192.168.1.1"))

    async def age_s(self):
        return None if self.is_silent else int(self.clock() - self.born)

    def forget(self):
        self.forgotten += 1


class Port:
    """A tender of TCP 443 with its clock and its metrics."""

    def __init__(self, home, clock, renew=None):
        self.clock, self.metrics = clock, Metrics()
        change = PortMapping(Wish(443, 8443, tag="x"), HOME, home)
        if renew:
            change.renew = renew
        self.tender = MappingTender(change, home, self.metrics, clock)

    async def round(self, after_s=0.0):
        """One look, and a mend where it wants one; gives the pause."""
        self.clock.advance(after_s)
        finding = await self.tender.look()
        return finding.again_s if finding.is_well else await self.tender.mend()

    def value(self, name):
        return self.metrics.registry.get_sample_value(
            f"lanternhold_keeper_mapping_{name}", {"mapping": "tcp:443"}
        )


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def table():
    return TableRouter()


@pytest.fixture
def port(clock, table, monkeypatch):
    async def find(network, _):
        return Router(network, igd=table)

    network = Network("eth0", 1, "", HOME, "192.168.1.1")
    monkeypatch.setattr("deploy.ports.router.find", find)
    return Port(Home(read=lambda: network), clock)


async def test_it_is_renewed_at_the_start_and_at_half_its_lease(port, table):
    assert await port.round() == POLL_S
    assert port.value("lease_seconds") == 3600
    opened = table.opened
    for _ in range(179):
        await port.round(POLL_S)
    assert (table.opened, port.value("lease_seconds")) == (opened, 1810)
    await port.round(POLL_S)
    assert table.opened == opened + 1
    assert port.value("renewals_total") == 2
    assert port.value("remaps_total") == 0


async def test_a_short_lease_is_watched_more_closely(port, table):
    table.lease_s = 6
    assert await port.round() == 3.0


@pytest.mark.parametrize("lease_s", [1, 2])
async def test_a_router_with_absurd_leases_gets_no_storm_of_writes(port, table, lease_s):
    table.lease_s = lease_s
    assert await port.round() == SHORTEST_PAUSE_S


@pytest.mark.parametrize("silences", [1, 2, 7])
async def test_a_table_that_is_not_shown_has_lost_nothing_yet(port, table, silences):
    await port.round()
    opened, table.silences = table.opened, silences
    for _ in range(5):
        await port.round(POLL_S)
    assert table.opened == opened
    assert port.value("remaps_total") == 0
    table.entry = None
    await port.round(POLL_S)
    assert port.value("remaps_total") == 1


async def test_a_router_that_moved_in_its_restart_is_found_again(port, table):
    """UPnP listens on another port since: the old one says nothing."""
    await port.round()
    table.silences, table.entry = 1, None
    await port.round(POLL_S)
    assert port.value("remaps_total") == 1


async def test_a_lease_for_ever_is_never_renewed_but_watched(port, table):
    table.lease_s = 0
    assert await port.round() == POLL_S
    opened = table.opened
    await port.round(1e6)
    assert (table.opened, port.value("lease_seconds")) == (opened, math.inf)


@pytest.mark.parametrize("entry", [None, Held(443, "192.168.1.7", 8443, "Lanternhold x", 60)])
async def test_what_is_gone_or_leads_elsewhere_is_made_again(port, table, entry):
    await port.round()
    table.entry = entry
    await port.round(POLL_S)
    assert table.entry.client == HOME
    assert port.value("remaps_total") == 1


async def test_what_another_has_taken_is_told_and_left_to_them(port, table):
    await port.round()
    table.entry = Held(443, "192.168.1.7", 443, "their server", 60)
    with pytest.raises(Problem, match=r"192\.168\.1\.7"):
        await port.round(POLL_S)
    assert table.entry.client == "192.168.1.7"


async def test_without_a_table_the_age_of_the_router_tells(clock):
    home = BlindHome(clock)
    opened = []

    async def renew():
        opened.append(clock())
        return Mapping("NAT-PMP", HOME, 443, 8443, 3600, epoch_s=int(clock() - home.born))

    port = Port(home, clock, renew)
    await port.round()
    for _ in range(10):
        await port.round(POLL_S)
    assert len(opened) == 1
    clock.advance(POLL_S)
    home.born = clock()  # it restarts
    await port.round(1.0)
    assert len(opened) == 2
    assert port.value("remaps_total") == 1


async def test_a_silent_router_has_lost_nothing_yet(clock):
    home = BlindHome(clock)

    async def renew():
        return Mapping("PCP", HOME, 443, 8443, 3600, epoch_s=1)

    port = Port(home, clock, renew)
    await port.round()
    home.is_silent = True
    assert (await port.tender.look()).is_well


async def test_a_loss_that_could_not_be_mended_is_not_forgotten(clock):
    home = BlindHome(clock)
    clock.advance(500.0)
    opened = []

    async def renew():
        opened.append(clock())
        if len(opened) == 2:
            raise Problem("not now")
        return Mapping("PCP", HOME, 443, 8443, 3600, epoch_s=int(clock() - home.born))

    port = Port(home, clock, renew)
    await port.round()
    home.born = clock()
    with pytest.raises(Problem):
        await port.round(POLL_S)
    port.tender.failed()
    assert home.forgotten == 1
    assert port.value("failures_total") == 1
    await port.round(2.0)
    assert len(opened) == 3


async def test_the_router_is_found_once_until_something_changes(monkeypatch):
    networks = [Network("eth0", 1, "", HOME, "192.168.1.1")]
    found = []

    async def find(network, _):
        found.append(network)
        return Router(network)

    monkeypatch.setattr("deploy.ports.router.find", find)
    home = Home(read=lambda: networks[-1])
    assert not home.is_router("192.168.1.1")
    await home()
    await home()
    assert len(found) == 1
    assert home.is_router("192.168.1.1")
    assert not home.is_router("192.168.1.20")
    networks.append(Network("eth0", 1, "", "192.168.1.77", "192.168.1.1"))
    await home()
    assert len(found) == 2
    home.forget()
    await home()
    assert len(found) == 3
    assert await home.outer_address() == ""
    assert await home.age_s() is None
