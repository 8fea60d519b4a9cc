from deploy.network import mac
from deploy.network.routes import Address6, Tables
from deploy.run import Result

INET = """Routing tables

Internet:
Destination        Gateway            Flags               Netif Expire
default            192.168.1.1        UGScg                 en0
default            link#21            UCSIg               utun4
127                127.0.0.1          UCS                   lo0
128.0/1            10.8.0.1           UGSc                utun4
"""
INET6 = """Internet6:
Destination                             Gateway                         Flags  Netif Expire
default                                 fe80::1%en0                     UGcg     en0
"""
EN0 = """en0: flags=8863<UP,BROADCAST> mtu 1500
\tether 02:00:00:00:00:10
\tinet6 fe80::1c2d%en0 prefixlen 64 secured scopeid 0xb
\tinet 192.168.1.10 netmask 0xffffff00 broadcast 192.168.1.255
\tinet6 2001:db8::10 prefixlen 64 autoconf secured
\tinet6 2001:db8::11 prefixlen 64 autoconf temporary
"""


def play(argv, *, timeout_s):
    said = {
        ("netstat", "-rn", "-f", "inet"): INET,
        ("netstat", "-rn", "-f", "inet6"): INET6,
        ("ifconfig", "en0"): EN0,
    }
    return Result(0, said.get(tuple(argv), ""), "")


def test_a_mac_is_read():
    tables = mac.tables(play)
    assert [(r.interface, r.gateway, r.is_half) for r in tables.routes] == [
        ("en0", "192.168.1.1", False),
        ("utun4", "", False),
        ("utun4", "10.8.0.1", True),
        ("en0", "fe80::1", False),
    ]
    assert tables.macs == {"en0": "02:00:00:00:00:10"}
    assert tables.addresses6[1:] == (
        Address6("en0", "2001:db8::10", 64, is_fleeting=False),
        Address6("en0", "2001:db8::11", 64, is_fleeting=True),
    )


def test_a_mac_without_a_network():
    assert mac.tables(lambda *_, **__: Result(127, "", "not found")) == Tables()
