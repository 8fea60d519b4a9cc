import ipaddress

import pytest

from deploy import lan, system
from deploy.lan import Found


def test_addresses_of_containers_and_of_nobody_are_left_out():
    found = [
        *(Found("lo", "127.0.0.1"), Found("lo", "::1"), Found("eth0", "192.168.1.20")),
        *(Found("docker0", "172.17.0.1"), Found("br-0123456789ab", "172.18.0.1")),
        *(Found("veth12ab", "169.254.3.4"), Found("virbr0", "192.168.122.1")),
        *(Found("eth0", "fe80::1"), Found("eth0", "2001:db8::20"), Found("wlan0", "192.168.1.21")),
        Found("wg0", "10.9.0.1"),
    ]
    assert lan.addresses(found) == ["192.168.1.20", "192.168.1.21", "10.9.0.1", "2001:db8::20"]


@pytest.mark.parametrize("name", ["br0", "br-lan", "bond0", "enp3s0", "tailscale0", "en0"])
def test_real_networks_stay(name):
    assert lan.addresses([Found(name, "192.168.1.20")]) == ["192.168.1.20"]


def test_an_invite_stays_short():
    found = [Found("eth0", f"192.168.1.{n}") for n in range(1, 30)]
    assert len(lan.addresses(found)) == lan.MOST


def test_an_address_on_two_interfaces_is_named_once():
    assert lan.addresses([Found("eth0", "10.0.0.1"), Found("wlan0", "10.0.0.1")]) == ["10.0.0.1"]


def test_no_network_is_no_address():
    assert lan.addresses([Found("lo", "127.0.0.1")]) == []


def test_ipv6_addresses_that_change_are_known_by_their_flags(tmp_path):
    table = tmp_path / "if_inet6"
    table.write_text(
        "20010db8000000000000000000000001 02 40 00 80     eth0\n"
        "20010db8000000000000000000000002 02 40 00 01     eth0\n"
        "20010db8000000000000000000000003 02 40 00 20     eth0\n"
    )
    assert lan._fleeting(table) == {"2001:db8::2", "2001:db8::3"}


@pytest.mark.skipif(system.IS_WINDOWS, reason="another way there")
def test_the_system_s_own_list_holds_loopback():
    addresses = {found.address for found in lan._by_getifaddrs()}
    assert "127.0.0.1" in addresses
    assert all(ipaddress.ip_address(address) for address in addresses)
