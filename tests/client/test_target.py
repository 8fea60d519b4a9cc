import pytest

from client.problem import Fault, Problem
from client.target import Target

HOME = Target("lanternhold.internal", 8443, ("192.168.1.10",), "a" * 64)
PLAIN = Target("localhost", 8765, ("127.0.0.1",), is_secure=False)


def test_what_is_asked_for_is_the_name_and_never_an_address():
    assert HOME.url == "wss://lanternhold.internal:8443/w/home"
    assert PLAIN.url == "ws://localhost:8765/w/home"


def test_the_same_host_elsewhere_keeps_its_addresses_and_its_authority():
    there = HOME.elsewhere("wss://Lanternhold.internal:9443/w/far", "far")
    assert there.url == "wss://lanternhold.internal:9443/w/far"
    assert (there.addresses, there.ca_sha256) == (HOME.addresses, HOME.ca_sha256)


def test_another_host_is_looked_up_and_trusted_by_the_systems_authorities_only():
    there = HOME.elsewhere("wss://far.example/w/far", "far")
    assert there.url == "wss://far.example:443/w/far"
    assert (there.addresses, there.ca_sha256, there.is_secure) == ((), None, True)


def test_a_url_without_a_path_means_the_world():
    assert HOME.elsewhere("wss://far.example", "far").url == "wss://far.example:443/w/far"
    assert HOME.elsewhere("wss://far.example/", "far").url == "wss://far.example:443/w/far"


def test_a_verified_session_is_never_led_to_a_line_that_is_not():
    with pytest.raises(Problem) as caught:
        HOME.elsewhere("ws://lanternhold.internal:8443/w/far", "far")
    assert caught.value.fault is Fault.TRAVEL
    assert PLAIN.elsewhere("ws://localhost:9000/w/far", "far").url == "ws://localhost:9000/w/far"
    assert PLAIN.elsewhere("wss://far.example/w/far", "far").is_secure


@pytest.mark.parametrize(
    "url",
    [
        "wss://",
        "wss://far.example:99999/w/far",
        "wss://far.example:0/w/far",
        "wss://[::1/w/far",
        "wss://far example/w/far",
        "wss://far.example\r\nX: y/w/far",
        "wss://far.example/w/far HTTP/1.1",
        "wss://" + "a" * 280,
    ],
)
def test_a_url_that_leads_nowhere_is_a_problem_and_nothing_else(url):
    with pytest.raises(Problem) as caught:
        HOME.elsewhere(url, "far")
    assert caught.value.fault is Fault.TRAVEL


def test_a_name_and_a_password_in_the_url_are_dropped():
    assert HOME.elsewhere("wss://a:b@far.example/w/far?c#d", "far").url == (
        "wss://far.example:443/w/far"
    )
