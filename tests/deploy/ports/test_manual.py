from dataclasses import replace

from deploy.ports.manual import instructions
from deploy.ports.wish import Model, Wish
from support.router import HOME

WISHES = [Wish(443, 8443), Wish(80, 8080), Wish(8443, 8443, version=6)]


def test_every_name_and_number_is_this_home_s():
    steps = str(instructions(HOME, Model("FRITZ!Box 7590", "AVM"), WISHES, "attic"))
    assert "http://192.168.1.1/" in steps
    assert "FRITZ!Box 7590 (AVM)" in steps
    assert "attic, MAC 02:00:00:00:3f:2a" in steps
    assert "external port 443, to 192.168.1.10, internal port 8443" in steps
    assert "external port 80, to 192.168.1.10, internal port 8080" in steps
    assert "TCP 8443 to 3ffe:1:1::10" in steps


def test_what_is_not_wanted_is_not_asked_for():
    steps = str(instructions(HOME, Model(), WISHES[:1], "attic"))
    assert "IPv6" not in steps
    assert "your router;" in steps
    assert "external port 80" not in steps


def test_a_home_without_ipv4_has_only_the_one_step():
    six = replace(HOME, address="", gateway="")
    steps = str(instructions(six, Model(), WISHES, "attic"))
    assert "http://[fe80::1]/" in steps
    assert "port forwarding" not in steps
    assert "fixed address" not in steps
