"""DNS UPDATE with a TSIG key, at a name server of one's own or a provider's (RFC 2136, 8945).

The server's own word is checked (a library in use elsewhere takes a refusal for success), and then
the record is read back at that server.
"""

import base64
import binascii
from collections.abc import Mapping

import dns.asyncquery
import dns.exception
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.tsig
import dns.tsigkeyring
import dns.update

from deploy.address.hosts import host_and_port
from deploy.address.kinds import Family
from deploy.address.names import addresses_of
from deploy.ddns.calls import TroubleError
from deploy.ddns.provider import Records
from deploy.ddns.secret import Secret
from deploy.ddns.target import Target
from deploy.ddns.words import HOUR_S, MINUTE_S, Meaning, good, later, parked, unreachable

TCP_S = 5.0
PORT = 53
ALGORITHMS = {
    name: dns.name.from_text(name)
    for name in ("hmac-sha256", "hmac-sha384", "hmac-sha512", "hmac-sha224", "hmac-sha1")
}

BAD_KEY = (
    "the name server refuses the key, or gives it no right to this name: check the key's name, its "
    "secret and its algorithm, and what it may change"
)
CODES: Mapping[int, Meaning] = {
    dns.rcode.REFUSED: parked(
        "REFUSED", "the name server lets this key change nothing here: allow it this name"
    ),
    dns.rcode.NOTAUTH: parked("NOTAUTH", BAD_KEY + ", and that this server holds the zone"),
    dns.rcode.NOTZONE: parked("NOTZONE", "the name lies outside the zone: check both"),
    dns.rcode.NXDOMAIN: parked("NXDOMAIN", "the name server knows no such zone: check it"),
    dns.rcode.FORMERR: parked("FORMERR", "the name server does not understand the update"),
    dns.rcode.NOTIMP: parked("NOTIMP", "the name server takes no updates: ask its owner"),
    dns.rcode.YXDOMAIN: parked("YXDOMAIN", "a record in the way keeps ours out: delete it"),
    dns.rcode.YXRRSET: parked("YXRRSET", "a record in the way keeps ours out: delete it"),
    dns.rcode.NXRRSET: later("NXRRSET", "the record changed meanwhile", MINUTE_S),
    dns.rcode.SERVFAIL: later("SERVFAIL", "the name server has a fault of its own", 5 * MINUTE_S),
}
BAD_TIME = later(
    "BADTIME",
    "the name server refuses the time of this computer, which is more than five minutes wrong: "
    "set the clock (sudo timedatectl set-ntp true)",
    MINUTE_S,
)  # not parked: it heals by itself as soon as the clock is right


class Rfc2136:
    """A name in a zone that takes updates."""

    refresh_s = 0.0

    def __init__(self, target: Target, secret: Secret, limit_s: float = TCP_S) -> None:
        self._target = target
        self._secret = secret
        self._limit_s = limit_s

    async def read(self, family: Family) -> Records | None:
        """The record at the same server."""
        query = dns.message.make_query(self._target.hostname, family.record)
        try:
            host, port = await self._server()
            answer = await dns.asyncquery.tcp(query, host, port=port, timeout=self._limit_s)
        except (dns.exception.DNSException, OSError, EOFError) as problem:
            raise TroubleError(_trouble(problem)) from None
        if answer.rcode() not in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
            raise TroubleError(_of_rcode(answer.rcode()))
        name, kind = query.question[0].name, query.question[0].rdtype
        found = answer.get_rrset(answer.answer, name, dns.rdataclass.IN, kind)
        if found is None:
            return Records()
        return Records(tuple(sorted(str(record) for record in found)), found.ttl)

    async def update(self, family: Family, address: str, keep: Mapping[Family, str]) -> Meaning:
        """Replace the record set in one step: nobody ever sees the name without an address."""
        del keep
        return await self._send(family, Records((address,), self._target.ttl))

    async def restore(
        self, family: Family, before: Records, keep: Mapping[Family, str]
    ) -> Meaning | None:
        """The former record set, all of it, or none."""
        del keep
        return await self._send(family, before)

    async def _send(self, family: Family, wanted: Records) -> Meaning:
        try:
            host, port = await self._server()
            message = self._message(family, wanted, await self._zone(host, port))
            answer = await dns.asyncquery.tcp(message, host, port=port, timeout=self._limit_s)
        except TroubleError as trouble:
            return trouble.meaning
        except (dns.exception.DNSException, OSError, EOFError) as problem:
            return _trouble(problem)
        if answer.rcode() != dns.rcode.NOERROR:
            return _of_rcode(answer.rcode())
        return good("NOERROR")

    def _message(
        self, family: Family, wanted: Records, zone: dns.name.Name
    ) -> dns.update.UpdateMessage:
        ring, algorithm = self._key()
        message = dns.update.UpdateMessage(zone, keyring=ring, keyalgorithm=algorithm)
        name = dns.name.from_text(self._target.hostname)
        ttl = wanted.ttl or self._target.ttl
        if wanted.addresses:
            message.replace(name, ttl, family.record, wanted.addresses[0])
        else:  # of this type alone: deleting the whole name is refused where only A may be changed
            message.delete(name, family.record)
        for further in wanted.addresses[1:]:
            message.add(name, ttl, family.record, further)
        return message

    def _key(self) -> tuple[dict[dns.name.Name, dns.tsig.Key], dns.name.Name]:
        """The key; its secret may be written as ALGORITHM:BASE64."""
        algorithm, colon, text = self._secret.reveal().rpartition(":")
        algorithm = algorithm.lower() if colon else "hmac-sha256"
        name = dns.name.from_text(self._target.user or "lanternhold")
        try:
            raw = base64.b64decode(text, validate=True)
            if raw:
                kind = ALGORITHMS[algorithm]
                return {name: dns.tsig.Key(name, raw, kind)}, kind
            broken = "the key's secret is empty: copy it again"
        except (binascii.Error, ValueError):
            broken = "the key's secret is no base64: copy it again"
        except KeyError:
            broken = f"the key's algorithm must be one of {', '.join(ALGORITHMS)}"
        raise TroubleError(parked("badkey", broken))

    async def _server(self) -> tuple[str, int]:
        host, port = host_and_port(self._target.server, PORT)
        for family in Family:
            try:
                return (await addresses_of(host, family))[0], port
            except OSError:
                continue
        raise TroubleError(unreachable("the name server's name was not found"))

    async def _zone(self, host: str, port: int) -> dns.name.Name:
        """The zone of the name, as this server holds it."""
        if self._target.zone:
            return dns.name.from_text(self._target.zone)
        query = dns.message.make_query(self._target.hostname, dns.rdatatype.SOA)
        answer = await dns.asyncquery.tcp(query, host, port=port, timeout=self._limit_s)
        for rrset in (*answer.answer, *answer.authority):
            if rrset.rdtype == dns.rdatatype.SOA:
                return rrset.name
        raise TroubleError(
            parked("NOTZONE", "this name server does not hold the name: check name and server")
        )


def _of_rcode(code: int) -> Meaning:
    word = dns.rcode.to_text(dns.rcode.Rcode(code))
    return CODES.get(code) or later(word, f"the name server answers {word}", HOUR_S)


def _trouble(problem: Exception) -> Meaning:
    """What went wrong on the way, by its class: its text may quote the key's name."""
    if isinstance(problem, dns.tsig.PeerBadTime | dns.tsig.BadTime):
        return BAD_TIME
    if isinstance(problem, dns.tsig.PeerError | dns.tsig.BadKey | dns.tsig.BadSignature):
        return parked(_TSIG.get(type(problem), "BADKEY"), BAD_KEY)
    if isinstance(problem, dns.exception.Timeout | TimeoutError):
        return unreachable("no answer in time")
    if isinstance(problem, OSError | EOFError):
        return unreachable("no connection")
    return later("unknown", f"the name server's answer is no good ({type(problem).__name__})",
                 HOUR_S)  # fmt: skip


_TSIG: dict[type[Exception], str] = {
    dns.tsig.PeerBadKey: "BADKEY",
    dns.tsig.PeerBadSignature: "BADSIG",
    dns.tsig.PeerBadTruncation: "BADTRUNC",
    dns.tsig.BadSignature: "BADSIG",
}
