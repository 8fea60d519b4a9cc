import pytest

from deploy import system
from deploy.network import facts, hops, neighbours
from deploy.network.routes import Address6, Route, Tables
from deploy.problem import Problem

ROUTER = Route("eth0", "192.168.1.1", 100)
ROUTER6 = Route("eth0", "fe80::1", 1024)


def read(*routes, addresses6=(), outwards="192.168.1.10"):
    tables = Tables(routes, addresses6, {"eth0": "02:00:00:00:00:10"})
    sources = {"192.168.1.1": "192.168.1.10", facts.INTERNET: outwards}
    return facts.read(lambda: tables, sources.__getitem__)


def test_the_network_of_the_default_route():
    network = read(ROUTER, ROUTER6)
    assert (network.interface, network.gateway) == ("eth0", "192.168.1.1")
    assert network.mac == "02:00:00:00:00:10"
    assert network.address == "192.168.1.10"
    assert network.gateway6 == "fe80::1"
    assert (network.vpn, network.others) == ("", ())


def test_no_way_out_is_said():
    for routes in ((), (Route("tun0", "", 0),), (Route("docker0", "172.17.0.1", 0),)):
        with pytest.raises(Problem, match="no default route"):
            read(*routes)


def test_the_nearest_router_is_taken_and_the_other_named():
    network = read(Route("wlan0", "192.168.2.1", 600), ROUTER)
    assert (network.interface, network.others) == ("eth0", ("192.168.2.1",))


@pytest.mark.parametrize(
    "tunnel",
    [
        Route("tun0", "", 50),
        Route("wg0", "", 50, is_half=True),
        Route("utun4", "10.8.0.1", 900, is_half=True),
    ],
)
def test_a_vpn_is_named(tunnel):
    network = read(tunnel, ROUTER)
    assert (network.interface, network.vpn) == ("eth0", tunnel.interface)


def test_a_vpn_by_hidden_tables_is_known_by_its_address():
    assert read(ROUTER, outwards="10.8.0.2").vpn == "10.8.0.2"


def test_a_spare_tunnel_is_no_vpn():
    assert read(Route("tun0", "", 900), ROUTER).vpn == ""


def test_a_network_of_ipv6_alone():
    lasting = Address6("eth0", "3ffe:1:1::10", 64, is_fleeting=False)
    network = read(ROUTER6, addresses6=(lasting,))
    assert (network.address, network.gateway) == ("", "")
    assert (network.address6, network.gateway6) == ("3ffe:1:1::10", "fe80::1")


def test_an_ipv6_address_that_lasts_is_chosen():
    addresses = (
        Address6("eth0", "fe80::10", 64, is_fleeting=False),
        Address6("eth0", "fd00::10", 64, is_fleeting=False),
        Address6("eth0", "3ffe:1:1::11", 64, is_fleeting=True),
        Address6("eth0", "3ffe:1:1::12", 128, is_fleeting=False),
        Address6("eth0", "3ffe:1:1::13", 64, is_fleeting=False),
        Address6("wlan0", "3ffe:1:1::14", 64, is_fleeting=False),
    )
    assert read(ROUTER, ROUTER6, addresses6=addresses).address6 == "3ffe:1:1::13"
    fleeting = read(ROUTER, ROUTER6, addresses6=addresses[:3])
    assert fleeting.address6 == ""
    assert fleeting.is_fleeting_only


def test_our_own_address_towards_loopback_is_loopback():
    assert facts.own_source("127.0.0.1") == "127.0.0.1"
    assert facts.own_source("not an address") == ""


@pytest.mark.skipif(not system.IS_LINUX, reason="only Linux tells it to everybody")
async def test_nobody_between_us_and_ourselves():
    """A port that nobody listens on complains itself."""
    assert await hops.first_hops(1, "127.0.0.1") == ("127.0.0.1",)


@pytest.mark.skipif(not system.IS_LINUX, reason="only Linux is asked")
async def test_loopback_has_no_hardware_address(monkeypatch):
    monkeypatch.setattr(neighbours, "LOOK_S", 0)
    assert await neighbours.mac_of("127.0.0.1") == ""
