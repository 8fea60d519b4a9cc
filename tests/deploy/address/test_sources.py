"""Sources over loopback: pages, DNS, and what they must not get us to do."""

import asyncio

import dns.asyncresolver
import pytest

from deploy.address.here import KEY, chosen_sources
from deploy.address.hosts import host_and_port, is_private_enough
from deploy.address.kinds import Family
from deploy.address.names import BoundedResolver, addresses_of
from deploy.address.sources import DnsEcho, Echo, SilentError, Stun, address_in, parse
from deploy.problem import Problem
from support.nameserver import NameServer, serving
from support.providers import House, opened

A = "192.0.1.2"


@pytest.fixture
async def page():
    async with opened(House()) as house:
        yield house


@pytest.fixture
async def server():
    async with serving(NameServer()) as names:
        yield names


@pytest.mark.parametrize(
    "body", [A, f"{A}\n", f"fl=1\nip={A}\nts=1.5\n", f"fl=1\r\nip={A}\r\nts=1\r\n"]
)
async def test_a_page_that_echoes(page, body):
    page.order(body)
    assert await Echo(page.url + "/").ask(Family.V4) == A


@pytest.mark.parametrize(
    ("body", "status"),
    [("", 200), ("<html> hotel </html>", 200), (A, 404), (A, 500), (A, 302), ("a b", 200)],
)
async def test_a_page_that_does_not(page, body, status):
    page.order(body, status, Location=page.url + "/other")
    with pytest.raises(SilentError):
        await Echo(page.url + "/").ask(Family.V4)
    assert len(page.asked) == 1  # no redirect was followed


async def test_a_page_that_comes_in_pieces_is_read_to_its_end(page):
    page.is_halting = True
    page.order("192.0.1.123")
    assert await Echo(page.url + "/").ask(Family.V4) == "192.0.1.123"


async def test_a_page_without_end_is_cut(page):
    page.order("1" * 3_000_000)
    said = await Echo(page.url + "/").ask(Family.V4)
    assert len(said) <= 4096


async def test_a_page_is_asked_by_the_family_alone(page):
    page.order(A)
    with pytest.raises(OSError, match="no IPv6"):
        await Echo(page.url + "/").ask(Family.V6)
    assert page.asked == []


async def test_no_proxy_of_the_environment_is_used(page, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    page.order(A)
    assert await Echo(page.url + "/").ask(Family.V4) == A


def test_rubbish_bytes_are_no_traceback():
    with pytest.raises(SilentError):
        address_in(b"\xff\xfe \x00")


async def dns_echo(server, twist=None):
    if twist:
        server.twist = twist
    return await DnsEcho("whoami.example.org", "127.0.0.1", server.port).ask(Family.V4)


async def test_dns_that_echoes(server):
    server.hold("whoami.example.org", "A", A)
    assert await dns_echo(server) == A


@pytest.mark.parametrize("kind", ["TXT", "AAAA", "MX"])
async def test_dns_of_the_wrong_kind(server, kind):
    value = {"TXT": f'"{A}"', "AAAA": "3ffe::1", "MX": "10 mail.example.org."}[kind]
    server.hold("whoami.example.org", kind, value)
    with pytest.raises(SilentError):
        await dns_echo(server)


async def test_dns_that_answers_an_alias(server):
    server.hold("whoami.example.org", "CNAME", "elsewhere.example.org.")
    with pytest.raises(SilentError):
        await dns_echo(server)


@pytest.mark.parametrize("twist", [lambda wire: wire[:7], lambda wire: b"\0\0" + wire[2:]])
async def test_dns_that_answers_rubbish(server, twist):
    server.hold("whoami.example.org", "A", A)
    with pytest.raises((SilentError, TimeoutError)):
        async with asyncio.timeout(0.3):
            await dns_echo(server, twist)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("https://ip.example.org/x", Echo("https://ip.example.org/x")),
        ("stun:stun.example.org", Stun("stun.example.org", 3478)),
        ("stun:192.0.1.99:9", Stun("192.0.1.99", 9)),
        ("stun:[3ffe::1]:9", Stun("3ffe::1", 9)),
        ("dns:me@ns.example.org", DnsEcho("me", "ns.example.org", 53)),
        ("dns:me@192.0.1.1:54", DnsEcho("me", "192.0.1.1", 54)),
    ],
)
def test_a_source_as_it_is_written(text, source):
    assert parse(text) == source


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https:",
        "https://",
        "stun:",
        "stun:a/b",
        "dns:ns",
        "dns:@ns",
        "ftp://x",
        "stun:a:b",
        "a",
    ],
)
def test_a_source_that_is_none_is_told(text):
    with pytest.raises(ValueError, match=r"no source|no host|[Pp]ort"):
        parse(text)
    if text:
        with pytest.raises(Problem) as told:
            chosen_sources({KEY: text})
        assert told.value.code == 2


def test_a_name_shows_no_query():
    assert Echo("https://ip.example.org/x?key=s3cret").name == "https://ip.example.org"


def test_the_settings_choose():
    chosen = chosen_sources({KEY: "stun:a.example, dns:me@b.example"})
    assert [source.name for source in chosen] == ["stun:a.example", "dns:b.example"]
    assert len(chosen_sources({})) == 4


async def test_names_of_this_computer_and_addresses_need_no_server():
    assert await addresses_of("localhost", Family.V6) == ["::1"]
    assert await addresses_of(A, Family.V4) == [A]
    with pytest.raises(OSError, match="no IPv6"):
        await addresses_of(A, Family.V6)
    found = await BoundedResolver(Family.V4).resolve("localhost", 80)
    assert [(one["host"], one["port"]) for one in found] == [("127.0.0.1", 80)]


async def test_a_name_that_nobody_answers_ends_in_time(server):
    """The system's own resolver would hang for half a minute."""
    server.twist = lambda _: None
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], server.port
    with pytest.raises(OSError, match="was not found"):
        await addresses_of("slow.example.org", Family.V4, limit_s=0.1, resolver=resolver)
    server.twist = lambda wire: wire
    server.hold("slow.example.org", "A", A)
    assert await addresses_of("slow.example.org", Family.V4, resolver=resolver) == [A]


@pytest.mark.parametrize(
    ("url", "is_fine"),
    [
        ("https://dns.example.org/u", True),
        ("http://127.0.0.1:80/", True),
        ("http://192.168.1.5/", True),
        ("http://localhost/", True),
        ("http://dns.example.org/", False),
        ("http://192.0.1.2/", False),
        ("https://", False),
        ("ftp://127.0.0.1/", False),
        ("", False),
    ],
)
def test_where_a_secret_may_travel(url, is_fine):
    assert is_private_enough(url) is is_fine


@pytest.mark.parametrize("text", ["", "a/b", "a:b", "a:99999"])
def test_what_is_no_host(text):
    with pytest.raises(ValueError, match=r"no host|[Pp]ort"):
        host_and_port(text, 53)
