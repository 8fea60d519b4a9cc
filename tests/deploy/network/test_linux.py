import socket

import pytest

from deploy import system
from deploy.network import linux
from deploy.network.routes import Address6, Route

HEADING = "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n"
ROUTES = HEADING + (
    "eth0 00000000 0101A8C0 0003 0 0 100 00000000 0 0 0\n"
    "eth0 0001A8C0 00000000 0001 0 0 0 00FFFFFF 0 0 0\n"
    "tun0 00000000 00000000 0001 0 0 50 00000080 0 0 0\n"
    "tun0 00000080 00000000 0001 0 0 50 00000080 0 0 0\n"
    "lost 00000000 0101A8C0 0203 0 0 5 00000000 0 0 0\n"
)
ZERO = "0" * 32
ROUTES6 = (
    f"{ZERO} 00 {ZERO} 00 fe800000000000000000000000000001 00000400 1 0 00000003     eth0\n"
    f"{ZERO} 00 {ZERO} 00 {ZERO} ffffffff 1 0 00200200       lo\n"
    f"fe80{'0' * 28} 40 {ZERO} 00 {ZERO} 00000100 1 0 00000001     eth0\n"
)
ADDRESSES6 = (
    "20010db8000000000000000000000010 02 40 00 80     eth0\n"
    "20010db8000000000000000000000011 02 40 00 01     eth0\n"
    "20010db8000000000000000000000012 02 40 00 100     eth0\n"
    "20010db8000000000000000000000013 02 40 00 40     eth0\n"
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "route").write_text(ROUTES)
    (tmp_path / "ipv6_route").write_text(ROUTES6)
    (tmp_path / "if_inet6").write_text(ADDRESSES6)
    return tmp_path


needs_linux = pytest.mark.skipif(not system.IS_LINUX, reason="the kernel's own tables")


@pytest.mark.skipif(system.IS_WINDOWS, reason="no fcntl there")
def test_default_routes_and_halves_of_them(folder):
    assert linux.tables(folder).routes == (
        Route("eth0", "192.168.1.1", 100),
        Route("tun0", "", 50, is_half=True),
        Route("tun0", "", 50, is_half=True),
        Route("eth0", "fe80::1", 0x400),
    )


@pytest.mark.skipif(system.IS_WINDOWS, reason="no fcntl there")
def test_addresses_that_last(folder):
    assert linux.tables(folder).addresses6 == (
        Address6("eth0", "2001:db8::10", 64, is_fleeting=False),
        Address6("eth0", "2001:db8::11", 64, is_fleeting=True),
        Address6("eth0", "2001:db8::12", 64, is_fleeting=False),
        Address6("eth0", "2001:db8::13", 64, is_fleeting=True),
    )


@pytest.mark.skipif(system.IS_WINDOWS, reason="no fcntl there")
def test_a_kernel_without_ipv6(tmp_path):
    (tmp_path / "route").write_text(ROUTES)
    assert linux.tables(tmp_path).addresses6 == ()


def test_neighbours_that_answered(tmp_path):
    (tmp_path / "arp").write_text(
        "IP address HW type Flags HW address Mask Device\n"
        "192.168.1.20 0x1 0x2 02:00:00:00:00:20 * eth0\n"
        "192.168.1.30 0x1 0x0 00:00:00:00:00:00 * eth0\n"
    )
    assert linux.neighbours(tmp_path / "arp") == {"192.168.1.20": "02:00:00:00:00:20"}


@needs_linux
def test_the_kernel_tells_its_own():
    assert linux.mac_of("lo") == ""
    assert linux.mac_of("no such interface") == ""
    named = [name for _, name in socket.if_nameindex()]
    assert all(linux.mac_of(name) == "" or linux.mac_of(name).count(":") == 5 for name in named)
    assert isinstance(linux.tables().routes, tuple)
    assert linux.NET.exists()
