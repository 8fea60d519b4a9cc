"""The 20 bytes and their answer; the wire is written out here by hand, from RFC 8489."""

import asyncio
import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.address import stun
from deploy.address.kinds import Family

ID = bytes(range(12))
COOKIE = bytes.fromhex("2112a442")


def attribute(kind, value):
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def answer(*attributes, kind=0x0101, id_=ID, cookie=COOKIE):
    body = b"".join(attributes)
    return struct.pack("!HH", kind, len(body)) + cookie + id_ + body


def xored(address):
    raw = socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)
    masked = bytes(a ^ b for a, b in zip(raw, COOKIE + ID, strict=False))
    return attribute(0x0020, bytes([0, 2 if ":" in address else 1]) + b"\x12\x34" + masked)


def test_the_question():
    assert stun.question(ID) == bytes.fromhex("00010000") + COOKIE + ID


@pytest.mark.parametrize("address", ["192.0.1.2", "3ffe:1::10"])
def test_a_masked_address(address):
    software = attribute(0x8022, b"Lab")  # three bytes, padded to four
    assert stun.address_in(answer(software, xored(address)), ID) == address


def test_a_plain_address_of_an_old_server():
    plain = attribute(0x0001, bytes([0, 1, 0x12, 0x34, 192, 0, 1, 2]))
    assert stun.address_in(answer(plain), ID) == "192.0.1.2"
    assert stun.address_in(answer(plain, xored("192.0.1.3")), ID) == "192.0.1.3"


@pytest.mark.parametrize(
    "wire",
    [
        b"",
        answer(xored("192.0.1.2"))[:19],
        answer(xored("192.0.1.2"))[:-1],
        answer(xored("192.0.1.2"), id_=bytes(12)),
        answer(xored("192.0.1.2"), kind=0x0111),
        answer(xored("192.0.1.2"), cookie=bytes(4)),
        answer(),
        answer(attribute(0x0020, b"\0\3\0\0\0\0\0\0")),
        answer(attribute(0x0020, b"\0\2\0\0\0\0\0\0")),
        answer(attribute(0x0020, b"")),
        answer(struct.pack("!HH", 0x0020, 400)),
    ],
)
def test_what_is_no_answer(wire):
    with pytest.raises(stun.StunError):
        stun.address_in(wire, ID)


@given(st.binary(max_size=120))
def test_rubbish_raises_nothing_else(body):
    for wire in (body, answer(body), answer(xored("192.0.1.2"))[: len(body)]):
        try:
            stun.address_in(wire, ID)
        except stun.StunError:
            continue


class Server(asyncio.DatagramProtocol):
    def __init__(self, replies):
        self.replies, self.questions = replies, []

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        self.questions.append(data)
        for reply in self.replies(data[8:20], len(self.questions)):
            self.transport.sendto(reply, addr)


async def serve(replies):
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(
        lambda: Server(replies), local_addr=("127.0.0.1", 0)
    )
    return transport, server, transport.get_extra_info("sockname")[1]


async def test_it_asks_again_and_passes_over_what_is_not_for_it(monkeypatch):
    monkeypatch.setattr(stun, "FIRST_WAIT_S", 0.02)

    def replies(id_, count):
        if count < 2:
            return []
        forged = answer(xored("192.0.1.66"), id_=bytes(12))
        raw = socket.inet_aton("192.0.1.2")
        masked = bytes(a ^ b for a, b in zip(raw, COOKIE, strict=True))
        return [b"x", forged, answer(attribute(0x20, b"\0\1\0\0" + masked), id_=id_)]

    transport, server, port = await serve(replies)
    try:
        assert await stun.ask("127.0.0.1", port, Family.V4) == "192.0.1.2"
        assert len(server.questions) == 2
        assert all(len(question) == 20 for question in server.questions)
    finally:
        transport.close()


async def test_silence_lasts_as_long_as_the_caller_wants():
    transport, _, port = await serve(lambda *_: [])
    try:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await stun.ask("127.0.0.1", port, Family.V4)
    finally:
        transport.close()
