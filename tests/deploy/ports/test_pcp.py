import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.ports import pcp
from deploy.ports.pcp import Mapped, Reply, ReplyError

NONCE = bytes(range(12))
OURS = b"\0" * 10 + b"\xff\xff" + bytes([192, 168, 1, 10])


def reply(opcode=pcp.MAP, result=0, lifetime=3600, epoch=7, body=b""):
    return struct.pack("!BBBBII12x", 2, 0x80 | opcode, 0, result, lifetime, epoch) + body


def mapped(nonce=NONCE, internal=8443, external=443, address="192.0.1.2"):
    packed = b"\0" * 10 + b"\xff\xff" + bytes(int(part) for part in address.split("."))
    return struct.pack("!12sB3xHH16s", nonce, 6, internal, external, packed)


def test_a_request_is_as_the_rfc_draws_it():
    said = pcp.map_request("192.168.1.10", NONCE, 8443, 443, 3600, exactly=True)
    assert said[:24] == struct.pack("!BBHI", 2, 1, 0, 3600) + OURS
    assert said[24:36] == NONCE
    assert said[36:44] == bytes([6, 0, 0, 0]) + struct.pack("!HH", 8443, 443)
    assert said[44:60] == b"\0" * 10 + b"\xff\xff" + bytes(4)
    assert said[60:] == bytes([2, 0, 0, 0])  # PREFER_FAILURE: this port or none
    assert len(pcp.map_request("192.168.1.10", NONCE, 1, 1, 0, exactly=False)) == 60


def test_a_pinhole_asks_for_no_address():
    said = pcp.map_request("2001:db8::10", NONCE, 8443, 8443, 3600, exactly=False)
    assert said[8:24] == bytes.fromhex("20010db8000000000000000000000010")
    assert said[44:60] == bytes(16)


def test_an_announcement_is_24_bytes():
    assert pcp.announce("192.168.1.10") == struct.pack("!BBHI", 2, 0, 0, 0) + OURS


def test_a_reply_is_read():
    read = pcp.read(reply(body=mapped()))
    assert read == Reply(1, 0, 3600, 7, Mapped(NONCE, 6, 8443, 443, "192.0.1.2"))


def test_an_error_may_leave_the_mapping_out():
    assert pcp.read(reply(result=12, lifetime=30)).mapped is None
    assert pcp.read(reply(pcp.ANNOUNCE)).opcode == pcp.ANNOUNCE


def test_an_unknown_result_stays_a_number():
    assert pcp.read(reply(result=200)).result == 200


@pytest.mark.parametrize(
    "data",
    [
        b"",
        reply()[:-1],
        reply()[:20],
        b"\x01" + reply()[1:],
        pcp.announce("192.168.1.10"),  # a request is no reply
        reply() + bytes(1100),
    ],
)
def test_what_is_no_reply_is_refused(data):
    with pytest.raises(ReplyError):
        pcp.read(data)


@given(st.binary(max_size=1200))
def test_no_bytes_raise_anything_else(data):
    with contextlib.suppress(ReplyError):
        pcp.read(data)
