"""DDNS providers on loopback: each does what its documentation says, or what a test orders.

A house knows its account, holds records, and writes down what it was asked. `order` makes it say
something else, word by word, as the real ones do on a bad day.
"""

import asyncio
import base64
import json
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

NAME = "play.example.org"
USER = "anna"
TURNS = 20  # of the loop, in which the asker reads the first piece
TOKEN = "c4n4ry+t0ken/w1th=odd&signs"


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: dict
    headers: dict
    body: object


@dataclass
class House:
    """A provider of one name. `records` are its addresses: {"A": {...}, "AAAA": {...}}."""

    name: str = NAME
    token: str = TOKEN
    records: dict = field(default_factory=lambda: {"A": set(), "AAAA": set()})
    asked: list = field(default_factory=list)
    orders: deque = field(default_factory=deque)
    is_halting: bool = False  # the body comes in two pieces, as over a real line
    url: str = ""

    def order(self, text="", status=200, **headers):
        """Answer the next request with this, and with this for ever when it is the last order."""
        self.orders.append((status, text, headers))

    def relent(self):
        """From now on as the documentation says."""
        self.orders.clear()

    @property
    def host(self):
        """Where updates go, for a target's `server`."""
        return self.url + self.PATH

    PATH = "/"

    async def serve(self, request):
        """Answer a request."""
        body = await request.json() if request.can_read_body else None
        asked = Asked(
            request.method, request.path, dict(request.query), dict(request.headers), body
        )
        self.asked.append(asked)
        if self.orders:
            order = self.orders[0] if len(self.orders) == 1 else self.orders.popleft()
            status, text, headers = order
            return await self.send(request, status, text, headers)
        status, said = self.answer(asked)
        if isinstance(said, dict | list):
            return await self.send(
                request, status, json.dumps(said), {"Content-Type": "application/json"}
            )
        return await self.send(request, status, said, {})

    async def send(self, request, status, text, headers):
        """The body at once; or its first half, and the rest when that has been read."""
        if not self.is_halting:
            return web.Response(status=status, text=text, headers=headers)
        answer = web.StreamResponse(status=status, headers=headers)
        await answer.prepare(request)
        half = len(text) // 2
        await answer.write(text[:half].encode())
        for _ in range(TURNS):
            await asyncio.sleep(0)
        await answer.write(text[half:].encode())
        return answer

    def set(self, record, address):
        """Set the one address of a record; whether that changed anything."""
        wanted = {address} if address else set()
        is_new, self.records[record] = self.records[record] != wanted, wanted
        return is_new


def kind_of(address):
    return "AAAA" if ":" in address else "A"


class Dyndns2House(House):
    """No-IP, Strato, OVH, Dynu and the like. `together`: what is not named is deleted."""

    PATH = "/nic/update"
    together = False
    parameters = ("myip",)
    leave = None

    def answer(self, asked):
        pair = f"{USER}:{self.token}".encode()
        if asked.headers.get("Authorization") != f"Basic {base64.b64encode(pair).decode()}":
            return 401, "badauth"
        if not asked.headers.get("User-Agent", "").startswith("Lanternhold"):
            return 200, "badagent"
        if asked.query.get("hostname") != self.name:
            return 200, "nohost"
        told = self.told(asked.query)
        if self.together:
            told = {record: told.get(record, "") for record in ("A", "AAAA")}
        is_new = [self.set(record, address) for record, address in told.items()]
        said = ",".join(address for address in told.values() if address)
        return 200, f"{'good' if any(is_new) else 'nochg'} {said}"

    def told(self, query):
        told = {}
        for parameter in self.parameters:
            for text in query.get(parameter, "").split(","):
                if text and text != self.leave:
                    told[kind_of(text)] = text
        return told


class TogetherHouse(Dyndns2House):
    """No-IP and Strato, in the worst reading of their documentation."""

    together = True


class DynuHouse(Dyndns2House):
    """Dynu: a parameter for each family; one that is left out is read off the connection."""

    parameters = ("myip", "myipv6")
    leave = "no"

    def told(self, query):
        return super().told({"myip": "127.0.0.1", "myipv6": "::1", **query})


class Dynv6House(House):
    """dynv6: the token in the address, "-" removes, what is left out stays."""

    PATH = "/api/update"

    def answer(self, asked):
        if asked.query.get("token") != self.token:
            return 401, "invalid authentication token"
        if asked.query.get("zone") != self.name:
            return 404, "zone not found"
        told = {"A": asked.query.get("ipv4"), "AAAA": asked.query.get("ipv6")}
        is_new = [
            self.set(record, "" if text == "-" else text) for record, text in told.items() if text
        ]
        return 200, "addresses updated" if any(is_new) else "addresses unchanged"


class DuckHouse(House):
    """DuckDNS: the token in the address, one line for each fact."""

    PATH = "/update"

    def answer(self, asked):
        query = asked.query
        if query.get("token") != self.token or query.get("domains") != self.name.split(".")[0]:
            return 200, "KO"
        if query.get("clear") == "true":
            is_new = [self.set("A", ""), self.set("AAAA", "")]
        elif "ipv6" in query:
            is_new = [self.set("AAAA", query["ipv6"]), self.set("A", query.get("ip", ""))]
        else:
            address = query.get("ip") or "127.0.0.1"
            is_new = [self.set(kind_of(address), address)]
        lines = ["OK", *("".join(self.records[r]) for r in ("A", "AAAA"))]
        return 200, "\n".join([*lines, "UPDATED" if any(is_new) else "NOCHANGE"])


class DesecHouse(House):
    """deSEC: the update page deletes the family that is not named; and the REST interface."""

    domain = "example.org"
    ttl = 60

    def answer(self, asked):
        if asked.headers.get("Authorization") != f"Token {self.token}":
            return 401, "badauth"
        if asked.path == "/":
            return self._update(asked.query)
        if asked.path == "/api/v1/domains/":
            owns = asked.query.get("owns_qname", "")
            return 200, [{"name": self.domain}] if owns.endswith(self.domain) else []
        *_, subname, record, _ = asked.path.split("/")
        if subname != "play":
            return 404, {"detail": "Not found."}
        return self._rrset(asked, record)

    def _update(self, query):
        if query.get("hostname") != self.name:
            return 404, "nohost"
        for record, parameter in (("A", "myipv4"), ("AAAA", "myipv6")):
            if query.get(parameter) != "preserve":
                self.set(record, query.get(parameter, ""))
        return 200, "good"

    def _rrset(self, asked, record):
        if asked.method == "DELETE":
            self.records[record] = set()
            return 204, ""
        if asked.method == "PATCH":
            self.records[record], self.ttl = set(asked.body["records"]), asked.body["ttl"]
        if not self.records[record]:
            return 404, {"detail": "Not found."}
        return 200, {"records": sorted(self.records[record]), "ttl": self.ttl, "type": record}


class CloudflareHouse(House):
    """Cloudflare's interface, with all the fields that an owner can set on a record."""

    PATH = ""
    zone = "example.org"

    def __init__(self):
        super().__init__()
        self.held = {}
        self._ids = iter(range(1, 1000))

    def hold(self, address, **fields):
        """A record that the owner made."""
        id_ = f"r{next(self._ids)}"
        self.held[id_] = {
            "id": id_,
            "name": self.name,
            "type": kind_of(address),
            "content": address,
            "ttl": 1,
            "proxied": False,
            "comment": "",
        } | fields
        return id_

    @property
    def addresses(self):
        return sorted(record["content"] for record in self.held.values())

    def answer(self, asked):
        if asked.headers.get("Authorization") != f"Bearer {self.token}":
            return 403, failed(9109, "Invalid access token")
        match asked.path.removeprefix("/client/v4/zones").split("/")[1:]:
            case []:
                found = [{"id": "z1"}] if asked.query.get("name") == self.zone else []
                return 200, good(found)
            case ["z1", "dns_records"] if asked.method == "GET":
                wanted = asked.query
                found = [r for r in self.held.values() if r["type"] == wanted["type"]]
                return 200, good([r for r in found if r["name"] == wanted["name"]])
            case ["z1", "dns_records"] if asked.method == "POST":
                body = dict(asked.body)
                self.hold(body.pop("content"), **body)
                return 200, good({})
            case ["z1", "dns_records", id_] if id_ in self.held:
                if asked.method == "DELETE":
                    del self.held[id_]
                else:
                    self.held[id_] |= asked.body
                return 200, good({})
        return 404, failed(7003, "Could not route to the path")


def good(result):
    return {"success": True, "errors": [], "result": result}


def failed(code, message="?"):
    return {"success": False, "errors": [{"code": code, "message": message}], "result": None}


@asynccontextmanager
async def opened(house):
    """Serve a house on loopback."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", house.serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]
        house.url = f"http://127.0.0.1:{port}"
        yield house
    finally:
        await runner.cleanup()
