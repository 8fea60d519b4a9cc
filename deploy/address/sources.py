"""Who can say which address the world sees: the router, an echo page, STUN, DNS."""

import re
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

import aiohttp
import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.rdataclass
import dns.rdatatype

from deploy.address import stun
from deploy.address.hosts import host_and_port
from deploy.address.kinds import Family, shorten
from deploy.address.names import BoundedResolver, addresses_of

MOST_BYTES = 4096  # of an echo's answer
OK = 200
DEFAULT = (
    "https://api64.ipify.org",
    "https://www.cloudflare.com/cdn-cgi/trace",
    "stun:stun.l.google.com:19302",
    "dns:myip.opendns.com@resolver1.opendns.com",
)
"""Four firms that have nothing to do with each other, so that no one of them can fool us."""

Ask = Callable[[], Awaitable[str | None]]
"""Asks the router for its outer IPv4 address; None or "" when it does not say."""


class SilentError(Exception):
    """A source that did not answer: its sentence says how."""


class Source(Protocol):
    """Somebody who may know our address."""

    @property
    def name(self) -> str:
        """As a person knows it; never with a secret in it."""
        ...

    async def ask(self, family: Family) -> str:
        """What it says, unchecked. SilentError when it says nothing; may be cancelled."""
        ...


@dataclass(frozen=True)
class Router:
    """The router's own word, by UPnP, PCP or NAT-PMP. It knows only IPv4."""

    question: Ask
    name: str = "router"

    async def ask(self, family: Family) -> str:
        """The router's outer address."""
        if family is not Family.V4:
            raise SilentError("a router is only asked for IPv4")
        said = await self.question()
        if not said:
            raise SilentError("the router does not say")
        return said


@dataclass(frozen=True)
class Echo:
    """A page that answers with the address that asked, bare or as a line ip=ADDRESS."""

    url: str

    @property
    def name(self) -> str:
        """The page without anything that may stand in its query."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}"

    async def ask(self, family: Family) -> str:
        """What the page says, asked by this family alone."""
        # Looked up here first: aiohttp falls over an address of the other family.
        await addresses_of(urlsplit(self.url).hostname or "", family)
        kind = socket.AF_INET if family is Family.V4 else socket.AF_INET6
        connector = aiohttp.TCPConnector(
            family=kind, resolver=BoundedResolver(family), force_close=True
        )
        async with (
            aiohttp.ClientSession(connector=connector, trust_env=False) as session,
            session.get(self.url, allow_redirects=False) as answer,
        ):
            if answer.status != OK:
                raise SilentError(f"it answered with HTTP {answer.status}")
            body = await read_within(answer.content, MOST_BYTES)
        return address_in(body)


async def read_within(content: aiohttp.StreamReader, most_bytes: int) -> bytes:
    """A body to its end, or to the bound: one read gives only what has arrived."""
    body = bytearray()
    while len(body) < most_bytes and (piece := await content.read(most_bytes - len(body))):
        body += piece
    return bytes(body)


_TRACE = re.compile(rb"^ip=([0-9A-Fa-f.:]{2,45})$", re.MULTILINE)


def address_in(body: bytes) -> str:
    """The one word of an echo's answer, or the ip= line of a trace."""
    traced = _TRACE.search(body.replace(b"\r", b""))
    word = traced[1] if traced else body.strip()
    said = word.decode("ascii", "replace")
    if not said or len(said.split()) != 1:
        raise SilentError(f"it answered {shorten(said)!r}" if said else "it answered with nothing")
    return said


@dataclass(frozen=True)
class Stun:
    """A STUN server."""

    host: str
    port: int

    @property
    def name(self) -> str:
        """As it is written in the settings."""
        return f"stun:{self.host}"

    async def ask(self, family: Family) -> str:
        """What the server sees."""
        found = await addresses_of(self.host, family)
        return await stun.ask(found[0], self.port, family)


@dataclass(frozen=True)
class DnsEcho:
    """A name server that answers one name with the address of whoever asks."""

    question: str
    server: str
    port: int = 53

    @property
    def name(self) -> str:
        """As it is written in the settings."""
        return f"dns:{self.server}"

    async def ask(self, family: Family) -> str:
        """The record of this family, asked at the server itself by this family."""
        where = (await addresses_of(self.server, family))[0]
        query = dns.message.make_query(self.question, family.record)
        try:
            answer = await dns.asyncquery.udp(query, where, port=self.port, timeout=None)
            wanted = answer.find_rrset(
                answer.answer, query.question[0].name, dns.rdataclass.IN, query.question[0].rdtype
            )
        except KeyError:
            raise SilentError(f"its answer has no {family.record} record of that name") from None
        except dns.exception.DNSException as problem:
            raise SilentError(f"its answer is no good ({type(problem).__name__})") from None
        return str(wanted[0])


FORMS = "https://PAGE, stun:HOST[:PORT] or dns:NAME@SERVER[:PORT], separated by commas"


def listed(text: str) -> list[str]:
    """The sources that a setting lists, each as it is written."""
    return text.replace(",", " ").split()


def parse(text: str) -> Source:
    """A source as the settings spell it: https://..., stun:HOST[:PORT] or dns:NAME@SERVER[:PORT].

    Raises:
        ValueError: it is none of them.
    """
    kind, _, rest = text.partition(":")
    if kind in {"https", "http"} and urlsplit(text).hostname:
        return Echo(text)
    if kind == "stun":
        host, port = host_and_port(rest, 3478)
        return Stun(host, port)
    question, at, server = rest.partition("@")
    if kind == "dns" and at and question:
        host, port = host_and_port(server, 53)
        return DnsEcho(question, host, port)
    raise ValueError(f"{text!r} is no source of an address")
