"""The invite: one line that says where a server is, how to trust it, and that one may come in."""

import base64
import binascii
import ipaddress
import re
import zlib
from typing import Final

import msgspec

PREFIX: Final = "lanternhold://join/"
FORMAT: Final = 1
"""The first byte of the payload."""
INTERNAL: Final = "lanternhold.internal"
"""The name of a server without a domain, signed by its own certificate authority."""

_MAX_LINKS: Final = 8
_MAX_LINK: Final = 2048
_CHECK_BYTES: Final = 4
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,64}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FOREIGN = re.compile(r"[^A-Za-z0-9_-]")

_NONE = "This is no invite: it must contain a line that begins with lanternhold://join/."
_MANGLED = "This invite is damaged or cut off; copy the whole line again, or scan the QR code."
_NEWER = "This invite was made by a newer Lanternhold; update yours and try it again."
_WRONG = "The {part} in this invite makes no sense; ask the host for a new one."


class InviteError(ValueError):
    """No usable invite; the text is a sentence for the player."""


class _Wire(msgspec.Struct, array_like=True):
    """The payload between the format byte and the check: a MessagePack array."""

    port: int
    secret: bytes
    title: str
    addresses: tuple[bytes, ...] = ()  # 4 or 16 bytes each
    ca_sha256: bytes | None = None
    name: str | None = None  # None: INTERNAL
    outside: tuple[str, int] | None = None  # host and port; a reader of six elements passes it over


class Invite(msgspec.Struct, frozen=True, kw_only=True):
    """Where, whom to trust, and by which right; InviteError if a part makes no sense."""

    name: str = INTERNAL  # of the TLS certificate and of the Host header
    addresses: tuple[str, ...] = ()  # IPs to try, in order; none: look `name` up
    port: int = 443
    secret: str
    title: str = ""  # what the host calls the server
    ca_sha256: str | None = None  # of the DER of the private authority's root; None: a public one
    outside: str = ""  # from anywhere: a domain, or a public IP where there is a private authority
    outside_port: int = 443

    def __post_init__(self) -> None:
        good = {
            "server name": _HOST.fullmatch(self.name),
            "secret": _SECRET.fullmatch(self.secret) and _is_whole(self.secret),
            "port": 1 <= self.port <= 0xFFFF,
            "title": len(self.title) <= 64 and self.title.isprintable(),
            "certificate": self.ca_sha256 is None or _SHA256.fullmatch(self.ca_sha256),
            "address": len(self.addresses) <= 8 and all(map(_is_address, self.addresses)),
            "list of addresses": self.addresses or not self.name.endswith(".internal"),
            "public name": not self.outside or self._is_outside_sound(),
        }
        for part, sound in good.items():
            if not sound:
                raise InviteError(_WRONG.format(part=part))

    def __repr__(self) -> str:
        return f"Invite(name={self.name!r}, addresses={self.addresses!r}, port={self.port})"

    def _is_outside_sound(self) -> bool:
        """Whether `outside` can be dialled, and somebody there can prove who they are."""
        if not 1 <= self.outside_port <= 0xFFFF or self.outside.endswith(".internal"):
            return False
        if _is_address(self.outside):
            return self.ca_sha256 is not None
        return bool(_HOST.fullmatch(self.outside))

    def link(self) -> str:
        """The one line."""
        wire = _Wire(
            self.port,
            _raw(self.secret),
            self.title,
            tuple(ipaddress.ip_address(address).packed for address in self.addresses),
            None if self.ca_sha256 is None else bytes.fromhex(self.ca_sha256),
            None if self.name == INTERNAL else self.name,
            (self.outside, self.outside_port) if self.outside else None,
        )
        # Most invites have no seventh element, and every byte shows in the QR code.
        fields = msgspec.structs.astuple(wire)[: None if wire.outside else 6]
        body = bytes((FORMAT,)) + msgspec.msgpack.encode(fields)
        return PREFIX + _text(body + _check(body))

    @classmethod
    def parse(cls, text: str) -> "Invite":
        """The invite in `text`, however it was pasted: wrapped, quoted, inside a sentence."""
        wire = _read(_payload(text))
        outside, outside_port = wire.outside or ("", 443)
        try:
            return cls(
                name=INTERNAL if wire.name is None else wire.name,
                addresses=tuple(str(ipaddress.ip_address(a)) for a in wire.addresses),
                port=wire.port,
                secret=_text(wire.secret),
                title=wire.title,
                ca_sha256=None if wire.ca_sha256 is None else wire.ca_sha256.hex(),
                outside=outside,
                outside_port=outside_port,
            )
        except InviteError:
            raise
        except ValueError as error:
            raise InviteError(_WRONG.format(part="address")) from error


def _is_address(text: str) -> bool:
    try:
        return str(ipaddress.ip_address(text)) == text and "%" not in text
    except ValueError:
        return False


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def _raw(text: str) -> bytes:
    """The bytes of base64url without padding; ValueError if it is none."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _is_whole(secret: str) -> bool:
    """Whether `secret` is the one base64url form of some bytes."""
    try:
        return _text(_raw(secret)) == secret
    except binascii.Error:
        return False


def _check(body: bytes) -> bytes:
    return zlib.crc32(body).to_bytes(_CHECK_BYTES, "little")


def _payload(text: str) -> bytes:
    """The checked bytes of the first sound link in `text`."""
    links = text.split(PREFIX, _MAX_LINKS)[1:]
    if not links:
        raise InviteError(_NONE)
    for link in links:
        body = _checked(link[:_MAX_LINK])
        if body:
            return body
    raise InviteError(_MANGLED)


def _checked(text: str) -> bytes | None:
    """The checked bytes at the start of `text`, which may go on with anything.

    A mail program breaks the line, a person writes on behind it: what cannot be of the link is
    dropped, and the check tells where it ends.
    """
    letters = _FOREIGN.sub("", text)
    for end in range(len(letters) + 1):
        if end % 4 == 1:
            continue  # no base64 is so long
        raw = _raw(letters[:end])
        body = raw[:-_CHECK_BYTES]
        if body and _check(body) == raw[-_CHECK_BYTES:]:
            return body
    return None


def _read(body: bytes) -> _Wire:
    if body[0] > FORMAT:
        raise InviteError(_NEWER)
    try:
        return msgspec.msgpack.decode(body[1:], type=_Wire)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InviteError(_WRONG.format(part="text")) from error
