import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.ports import natpmp
from deploy.ports.natpmp import Address, Mapped, ReplyError


def test_requests_are_as_the_rfc_draws_them():
    assert natpmp.address_request() == b"\0\0"
    assert natpmp.map_request(8443, 443, 3600) == struct.pack("!BBHHHI", 0, 2, 0, 8443, 443, 3600)
    assert natpmp.map_request(8443, 443, 0) == struct.pack("!BBHHHI", 0, 2, 0, 8443, 0, 0)


def test_answers_are_read():
    said = struct.pack("!BBHI4s", 0, 128, 0, 99, bytes([192, 0, 1, 2]))
    assert natpmp.read_address(said) == Address(0, 99, "192.0.1.2")
    said = struct.pack("!BBHIHHI", 0, 130, 0, 99, 8443, 443, 3600)
    assert natpmp.read_mapped(said) == Mapped(0, 99, 8443, 443, 3600)


def test_an_error_may_be_short():
    short = struct.pack("!BBHI", 0, 128, 3, 99)
    assert natpmp.read_address(short) == Address(3, 99, "0.0.0.0")
    assert natpmp.read_mapped(short).result == 3  # an error that names no opcode
    assert natpmp.read_mapped(struct.pack("!BBHI", 0, 130, 2, 99)).result == 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\x80\0\0",
        struct.pack("!BBHI", 2, 130, 0, 99) + bytes(8),  # PCP
        struct.pack("!BBHI", 0, 128, 0, 99) + bytes(4),  # an answer to something else
        struct.pack("!BBHI", 0, 130, 0, 99),  # success without its ports
        struct.pack("!BBHI", 0, 2, 0, 99) + bytes(8),  # a request
        bytes(17),
    ],
)
def test_what_is_no_mapping_is_refused(data):
    with pytest.raises(ReplyError):
        natpmp.read_mapped(data)


@given(st.binary(max_size=24))
def test_no_bytes_raise_anything_else(data):
    for read in (natpmp.read_address, natpmp.read_mapped):
        with contextlib.suppress(ReplyError):
            read(data)
