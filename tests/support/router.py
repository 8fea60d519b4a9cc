"""Routers as they should not be: UPnP over HTTP and PCP by UDP, with the habits of odd makes.

Only for what real miniupnpd does not do; tests/lab has that one. A PaperRouter stands behind the
ways of asking, for tests of what is above them.
"""

import asyncio
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from aiohttp import web

from deploy.network.facts import Network
from deploy.ports.router import Router
from deploy.ports.wish import Held, Mapping, Model, Refusal

SERVICE = "urn:schemas-upnp-org:service:WANIPConnection:1"
DESCRIPTION = """<?xml version="1.0"?>
<root xmlns="urn:schemas-upnp-org:device-1-0">
<URLBase>{base}</URLBase>
<device><deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType>
<friendlyName>{name}</friendlyName><manufacturer>{maker}</manufacturer>
<modelName>{name}</modelName><UDN>uuid:odd</UDN>
<deviceList><device><deviceType>urn:schemas-upnp-org:device:WANDevice:1</deviceType>
<friendlyName>w</friendlyName><UDN>uuid:odd2</UDN><deviceList>
<device><deviceType>urn:schemas-upnp-org:device:WANConnectionDevice:1</deviceType>
<friendlyName>c</friendlyName><UDN>uuid:odd3</UDN><serviceList>{spare}<service>
<serviceType>{service}</serviceType><serviceId>urn:upnp-org:serviceId:WANIPConn1</serviceId>
<SCPDURL>{scpd}</SCPDURL><controlURL>{control}</controlURL><eventSubURL>/event</eventSubURL>
</service></serviceList></device></deviceList></device></deviceList></device></root>"""
SPARE = """<service>
<serviceType>urn:schemas-upnp-org:service:WANPPPConnection:1</serviceType>
<serviceId>urn:upnp-org:serviceId:WANPPPConn1</serviceId><SCPDURL>/s</SCPDURL>
<controlURL>/spare</controlURL><eventSubURL>/event</eventSubURL></service>"""
ANSWER = """<?xml version="1.0"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{body}</s:Body>
</s:Envelope>"""
FAULT = """<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>
<UPnPError xmlns="urn:schemas-upnp-org:control-1-0"><errorCode>{code}</errorCode>
<errorDescription>{text}</errorDescription></UPnPError></detail></s:Fault>"""
TEXTS = {402: "Invalid Args", 501: "ActionFailed", 714: "NoSuchEntryInArray"}


@dataclass
class OddRouter:
    """A gateway device on loopback.

    Attributes:
        address: what it says of its outer address.
        table: external port -> (client, internal port, description, lease).
        errors: the error code by which an action is refused.
        only_for_ever: it grants no lease but 0 (error 725, or `for_ever_code`).
        forgets: it says yes and keeps nothing.
        swaps_port: it keeps another internal port than asked.
        base, control, scpd, name, maker, service: parts of its description.
        description: the whole of it instead.
        has_spare: it lists a line first that is down.
        redirect: where a request for the description is sent to.
        calls: (action, arguments) of all that was asked.
        fetched: the paths that were fetched.
    """

    address: str = "192.0.1.2"
    status: str = "Connected"
    table: dict = field(default_factory=dict)
    errors: dict = field(default_factory=dict)
    only_for_ever: bool = False
    for_ever_code: int = 725
    forgets: bool = False
    swaps_port: bool = False
    base: str = ""
    control: str = "/ctl"
    scpd: str = "/scpd.xml"
    name: str = "Odd 1"
    maker: str = "Oddities"
    service: str = SERVICE
    description: bytes | None = None
    has_spare: bool = False
    redirect: str = ""
    is_silent: bool = False
    calls: list = field(default_factory=list)
    fetched: list = field(default_factory=list)
    port: int = 0

    @property
    def place(self):
        """What it would name as LOCATION."""
        return f"http://127.0.0.1:{self.port}/desc.xml"

    @asynccontextmanager
    async def running(self):
        """Serve on a port of the system's choice."""
        app = web.Application()
        app.router.add_get("/{path:.*}", self._get)
        app.router.add_post("/{path:.*}", self._post)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            self.port = runner.addresses[0][1]
            yield self
        finally:
            await runner.cleanup()

    async def _get(self, request):
        self.fetched.append(request.path)
        if self.is_silent:
            await asyncio.Event().wait()
        if self.redirect:
            raise web.HTTPFound(self.redirect)
        if self.description is not None:
            return web.Response(body=self.description, content_type="text/xml")
        names = ("base", "control", "scpd", "name", "maker", "service")
        filled = {key: escape(getattr(self, key)) for key in names}
        filled["spare"] = SPARE if self.has_spare else ""
        return web.Response(text=DESCRIPTION.format(**filled), content_type="text/xml")

    async def _post(self, request):
        self.fetched.append(request.path)
        action = request.headers["SOAPAction"].strip('"').partition("#")[2]
        said = dict(re.findall(r"<(New\w+)>([^<]*)</", await request.text()))
        self.calls.append((action, said))
        code = self.errors.get(action) or self._judge(action, said)
        if code:
            body = FAULT.format(code=code, text=TEXTS.get(code, "No"))
            return web.Response(status=500, text=ANSWER.format(body=body))
        done = self._do(action, said) if request.path != "/spare" else {}
        told = "".join(f"<{k}>{escape(str(v))}</{k}>" for k, v in done.items())
        body = f'<u:{action}Response xmlns:u="{self.service}">{told}</u:{action}Response>'
        return web.Response(text=ANSWER.format(body=body), content_type="text/xml")

    def _judge(self, action, said):
        """The error code of an action, or None."""
        lease = said.get("NewLeaseDuration")
        if action == "AddPortMapping" and self.only_for_ever and lease != "0":
            return self.for_ever_code
        is_absent = int(said.get("NewExternalPort", 0)) not in self.table
        if action in {"GetSpecificPortMappingEntry", "DeletePortMapping"} and is_absent:
            return 714
        return None

    def _do(self, action, said):
        """Do it, and give the values of the answer."""
        external = int(said.get("NewExternalPort", 0))
        if action == "GetExternalIPAddress":
            return {"NewExternalIPAddress": self.address}
        if action == "GetStatusInfo":
            return {"NewConnectionStatus": self.status}
        if action == "DeletePortMapping":
            del self.table[external]
        if action == "AddPortMapping" and not self.forgets:
            self.table[external] = (
                said["NewInternalClient"],
                int(said["NewInternalPort"]) + self.swaps_port,
                said["NewPortMappingDescription"],
                int(said["NewLeaseDuration"]),
            )
        if action == "GetSpecificPortMappingEntry":
            client, internal, description, lease = self.table[external]
            return {
                "NewInternalPort": internal,
                "NewInternalClient": client,
                "NewEnabled": 1,
                "NewPortMappingDescription": description,
                "NewLeaseDuration": lease,
            }
        return {}


class Answering(asyncio.DatagramProtocol):
    """Answers each datagram by a function of it: bytes, several of them, or None for silence."""

    def __init__(self, answer):
        self.heard = []
        self._answer = answer

    def connection_made(self, transport):
        self._wire = transport

    def datagram_received(self, data, addr):
        self.heard.append(data)
        said = self._answer(data)
        for reply in [said] if isinstance(said, bytes) else said or ():
            self._wire.sendto(reply, addr)


@asynccontextmanager
async def answering(answer, host="127.0.0.1"):
    """A UDP port on loopback; gives (port, what it heard)."""
    loop = asyncio.get_running_loop()
    wire, ear = await loop.create_datagram_endpoint(lambda: Answering(answer), (host, 0))
    try:
        yield wire.get_extra_info("sockname")[1], ear.heard
    finally:
        wire.close()
        await asyncio.sleep(0)


HOME = Network(
    interface="eth0",
    index=2,
    mac="02:00:00:00:3f:2a",
    address="192.168.1.10",
    gateway="192.168.1.1",
    address6="3ffe:1:1::10",
    gateway6="fe80::1",
)


class PaperWay:
    """A way of asking a PaperRouter. `refuses` is a Why by which it says no to everything."""

    def __init__(self, name, paper, own, refuses=None):
        self.name = name
        self.refuses = refuses
        self._paper = paper
        self._own = own

    async def open(self, wish):
        self._paper.asked.append((self.name, "open", wish.external))
        held = self._paper.table.get(wish.external)
        if self.refuses:
            raise Refusal(self.name, self.refuses, "no")
        assert held is None or held.client == self._own, "a router keeps what another one holds"
        lease = 0 if self._paper.only_for_ever else wish.lease_s
        self._paper.table[wish.external] = Held(
            wish.external, self._own, wish.internal, wish.description, lease
        )
        outer = self._paper.address
        return Mapping(self.name, self._own, wish.external, wish.internal, lease, outer, 7)

    async def close(self, wish):
        self._paper.asked.append((self.name, "close", wish.external))
        if self.refuses:
            raise Refusal(self.name, self.refuses, "no")
        if not self._paper.is_stubborn:
            self._paper.table.pop(wish.external, None)
        return self._paper.rest_s

    async def put(self, held):
        self._paper.asked.append((self.name, "put", held.external))
        if self.refuses:
            raise Refusal(self.name, self.refuses, "no")
        self._paper.table[held.external] = held

    async def held(self, external):
        return None if self._paper.hides_table else self._paper.table.get(external)

    async def address(self):
        return self._paper.address

    async def status(self):
        return "Connected"

    @property
    def model(self):
        return Model("Paper 1", "Mill")


class PaperRouter:
    """A table, and the ways to it: PCP, NAT-PMP and UPnP by the names given."""

    def __init__(self, *ways, network=HOME, refusals=None, **refusing):
        self.table = {}
        self.asked = []
        self.address = "192.0.1.2"
        self.only_for_ever = False
        self.is_stubborn = False
        self.hides_table = False
        self.rest_s = 0
        own = network.address
        made = {name: PaperWay(name, self, own, refusing.get(name)) for name in ways}
        self.router = Router(
            network,
            pcp=made.get("pcp"),
            natpmp=made.get("natpmp"),
            igd=made.get("igd"),
            pcp6=made.get("pcp6"),
            refusals=refusals or {},
        )

    async def __call__(self):
        """As a RouterAccess does."""
        return self.router
