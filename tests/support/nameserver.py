"""A name server on loopback, UDP and TCP, that can answer rightly, wrongly or not at all."""

import asyncio
import struct
from contextlib import asynccontextmanager

import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.tsigkeyring

ZONE = "example.org."
KEY_NAME, KEY = "ddns", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="  # HMAC-SHA256, base64
KEYRING = dns.tsigkeyring.from_text({KEY_NAME: KEY})
SOA = "ns.example.org. host.example.org. 1 3600 600 86400 30"


class NameServer:
    """Holds `records` as {(name, type): (ttl, [texts])}; takes updates signed with KEY.

    Attributes:
        rcode: what every answer says instead of NOERROR; None: what is true.
        twist: takes each answer in wire form and gives what is sent instead; None: nothing is.
        updates: how many UPDATE messages came.
        asked: the types that were asked for.
        wants_recursion: whether the last message asked the server to ask others.
    """

    def __init__(self):
        self.records = {}
        self.rcode = None
        self.twist = lambda wire: wire
        self.updates = 0
        self.asked = []
        self.wants_recursion = False
        self.port = 0

    def hold(self, name, kind, *texts, ttl=60):
        """Set a record set; without texts, remove it."""
        if texts:
            self.records[f"{name}.", kind] = (ttl, list(texts))
        else:
            self.records.pop((f"{name}.", kind), None)

    def answer(self, wire):
        """The answer to a message in wire form, or None for silence."""
        asked = dns.message.from_wire(wire, ignore_trailing=True, keyring=KEYRING)
        self.wants_recursion = bool(asked.flags & dns.flags.RD)
        answer = dns.message.make_response(asked)
        answer.flags |= dns.flags.AA
        if self.rcode is not None:
            answer.set_rcode(self.rcode)
        if asked.opcode() == dns.opcode.UPDATE:
            self.updates += 1
            if self.rcode is None:
                self._update(asked)
        elif self.rcode is None:
            self._find(asked, answer)
        return self.twist(answer.to_wire())

    def _find(self, asked, answer):
        name = asked.question[0].name.to_text()
        kind = dns.rdatatype.to_text(asked.question[0].rdtype)
        self.asked.append(kind)
        for wanted in (kind, "CNAME"):
            if (name, wanted) in self.records:
                ttl, texts = self.records[name, wanted]
                answer.answer.append(dns.rrset.from_text(name, ttl, "IN", wanted, *texts))
                return
        answer.authority.append(dns.rrset.from_text(ZONE, 300, "IN", "SOA", SOA))
        if not any(held == name for held, _ in self.records):
            answer.set_rcode(dns.rcode.NXDOMAIN)

    def _update(self, message):
        for rrset in message.authority:
            key = (rrset.name.to_text(), dns.rdatatype.to_text(rrset.rdtype))
            if rrset.deleting == dns.rdataclass.ANY:
                self.records.pop(key, None)
            else:
                _, texts = self.records.get(key, (0, []))
                self.records[key] = (rrset.ttl, sorted({*texts, *(str(r) for r in rrset)}))


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, server):
        self._server = server

    def connection_made(self, transport):
        self._transport = transport

    def datagram_received(self, data, addr):
        if wire := self._server.answer(data):
            self._transport.sendto(wire, addr)


@asynccontextmanager
async def serving(server):
    """Serve on one port of loopback, UDP and TCP."""

    async def talk(reader, writer):
        try:
            size = struct.unpack("!H", await reader.readexactly(2))[0]
            if wire := server.answer(await reader.readexactly(size)):
                writer.write(struct.pack("!H", len(wire)) + wire)
                await writer.drain()
            else:
                await reader.read()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    tcp = await asyncio.start_server(talk, "127.0.0.1", 0)
    server.port = tcp.sockets[0].getsockname()[1]
    udp, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Udp(server), local_addr=("127.0.0.1", server.port)
    )
    try:
        yield server
    finally:
        udp.close()
        tcp.close()
        await tcp.wait_closed()
