import json

import pytest

from deploy.network import windows
from deploy.network.routes import Address6, Route, Tables
from deploy.run import Result


def route(prefix, hop, alias, metric, own):
    names = ("DestinationPrefix", "NextHop", "InterfaceAlias", "RouteMetric", "InterfaceMetric")
    return dict(zip(names, (prefix, hop, alias, metric, own), strict=True))


def address(text, suffix, state="Preferred", prefix=64):
    return {
        "IPAddress": text,
        "PrefixLength": prefix,
        "InterfaceAlias": "WLAN",
        "Suffix": suffix,
        "State": state,
    }


SAID = {
    "routes": [
        route("0.0.0.0/0", "192.168.1.1", "WLAN", 0, 35),
        route("0.0.0.0/1", "0.0.0.0", "VPN", 1, 5),
        route("::/0", "fe80::1", "WLAN", 256, 35),
    ],
    "addresses": [
        address("2001:db8::10", "Link"),
        address("2001:db8::11", "Random"),
        address("2001:db8::12", "Link", "Deprecated"),
        address("fe80::2%12", "Link"),
    ],
    "adapters": [
        {"InterfaceAlias": "WLAN", "MacAddress": "02-00-00-00-00-1F"},
        {"InterfaceAlias": "VPN", "MacAddress": ""},
    ],
}


def play(said):
    return lambda *_, **__: Result(0, said, "")


def test_powershell_is_read():
    tables = windows.tables(play(json.dumps(SAID)))
    assert tables.routes == (
        Route("WLAN", "192.168.1.1", 35),
        Route("VPN", "", 6, is_half=True),
        Route("WLAN", "fe80::1", 291),
    )
    assert tables.macs == {"WLAN": "02:00:00:00:00:1f"}
    assert tables.addresses6 == (
        Address6("WLAN", "2001:db8::10", 64, is_fleeting=False),
        Address6("WLAN", "2001:db8::11", 64, is_fleeting=True),
        Address6("WLAN", "2001:db8::12", 64, is_fleeting=True),
        Address6("WLAN", "fe80::2", 64, is_fleeting=False),
    )


@pytest.mark.parametrize("said", ["", "null", "{}", "[1]", '{"routes": null}', "{broken"])
def test_anything_else_is_no_network(said):
    assert windows.tables(play(said)) == Tables()
