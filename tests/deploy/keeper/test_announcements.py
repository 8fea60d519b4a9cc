"""The router's announcements: taken as a reason to ask, from the router alone."""

import asyncio
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.keeper.announcements import is_announcement, listen

NATPMP = bytes.fromhex("008000000000000ac0000112")
PCP = bytes((2, 0x80)) + bytes(22)


@pytest.mark.parametrize(
    ("data", "is_one"),
    [
        (NATPMP, True),
        (PCP, True),
        (PCP + bytes(36), True),
        (b"", False),
        (NATPMP[:11], False),
        (b"\0\0" + NATPMP[2:], False),  # a question
        (b"\0\x82" + NATPMP[2:], False),  # an answer about a mapping
        (bytes((2, 0x81)) + bytes(22), False),
        (PCP + bytes(1100), False),
    ],
)
def test_what_is_one(data, is_one):
    assert is_announcement(data) is is_one


@given(st.binary(max_size=64))
def test_no_datagram_is_a_fault(data):
    assert is_announcement(data) in {True, False}


async def heard(sender, data):
    """Whether a datagram from `sender` makes the listener ring."""
    rung = asyncio.Event()
    wire = await listen(rung.set, lambda address: address == "127.0.0.1", "127.0.0.1", port=0)
    port = wire.get_extra_info("socket").getsockname()[1]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as router:
        router.bind((sender, 0))
        router.sendto(data, ("127.0.0.1", port))
        router.sendto(b"", ("127.0.0.1", port))
    try:
        async with asyncio.timeout(0.3 if (sender, data) != ("127.0.0.1", NATPMP) else 5):
            await rung.wait()
    except TimeoutError:
        return False
    finally:
        wire.close()
    return True


async def test_the_router_is_heard_and_nobody_else():
    assert await heard("127.0.0.1", NATPMP)
    assert not await heard("127.0.0.2", NATPMP)
    assert not await heard("127.0.0.1", b"hello")


async def test_a_port_that_cannot_be_had_is_none():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("", 0))
        assert await listen(print, bool, "", port=taken.getsockname()[1]) is None
