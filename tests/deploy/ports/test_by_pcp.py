import struct

import pytest

from deploy.ports import pcp
from deploy.ports.asking import Line
from deploy.ports.by_pcp import PcpWay
from deploy.ports.pcp import Result
from deploy.ports.wish import Refusal, Why, Wish
from support.router import answering

HERE = "127.0.0.1"
WISH = Wish(443, 8443, nonce=bytes(range(12)))


def address(text):
    return b"\0" * 10 + b"\xff\xff" + bytes(int(part) for part in text.split("."))


def answer(asked, result=0, *, external=None, lifetime=None, outer="192.0.1.2", bare=False):
    """What a server would say to a request."""
    opcode, asked_s = asked[1], struct.unpack("!I", asked[4:8])[0]
    lifetime = asked_s if lifetime is None else lifetime
    head = struct.pack("!BBBBII12x", 2, 0x80 | opcode, 0, result, lifetime, 7)
    if opcode == pcp.ANNOUNCE or bare:
        return head
    wanted = struct.unpack("!H", asked[42:44])[0]
    port = struct.pack("!H", wanted if external is None else external)
    return head + asked[24:42] + port + address(outer)


async def opened(reply, wish=WISH):
    async with answering(reply) as (port, heard):
        try:
            return await PcpWay(Line(HERE, HERE, port)).open(wish), heard
        except Refusal as refusal:
            return refusal, heard


async def test_what_is_asked_is_granted():
    granted, heard = await opened(answer)
    assert (granted.way, granted.external, granted.internal) == ("PCP", 443, 8443)
    assert (granted.lease_s, granted.address, granted.epoch_s) == (3600, "192.0.1.2", 7)
    assert len(heard) == 1
    assert heard[0][60] == pcp.PREFER_FAILURE


async def test_another_port_is_given_back():
    refusal, heard = await opened(lambda asked: answer(asked, external=1024))
    assert refusal.why is Why.LOW_PORT
    assert "1024" in refusal.detail
    lease, given_back = struct.unpack("!I", heard[1][4:8])[0], heard[1][42:44]
    assert (lease, given_back) == (0, struct.pack("!H", 1024))


async def test_a_server_without_the_option_is_asked_without_it():
    def simple(asked):
        return answer(asked, Result.UNSUPPORTED_OPTION if len(asked) > 60 else 0)

    granted, heard = await opened(simple)
    assert granted.external == 443
    assert [len(asked) for asked in heard] == [64, 60]


@pytest.mark.parametrize(
    ("result", "outer", "why"),
    [
        (Result.CANNOT_PROVIDE_EXTERNAL, "192.0.1.2", Why.CONFLICT),
        (Result.NOT_AUTHORIZED, "192.0.1.2", Why.NOT_ALLOWED),
        (Result.ADDRESS_MISMATCH, "192.0.1.2", Why.MISMATCH),
        (Result.NETWORK_FAILURE, "192.0.1.2", Why.NO_ADDRESS),
        (Result.NO_RESOURCES, "100.64.1.2", Why.NO_ADDRESS),
        (Result.NO_RESOURCES, "192.0.1.2", Why.TABLE_FULL),
        (Result.USER_EX_QUOTA, "192.0.1.2", Why.TABLE_FULL),
        (Result.UNSUPPORTED_PROTOCOL, "192.0.1.2", Why.NOT_UNDERSTOOD),
        (77, "192.0.1.2", Why.NOT_UNDERSTOOD),
    ],
)
async def test_each_refusal_has_its_reason(result, outer, why):
    refusal, _ = await opened(lambda asked: answer(asked, result, outer=outer))
    assert refusal.why is why
    assert f"result {int(result)}" in refusal.detail


async def test_an_error_without_the_mapping_is_understood():
    refusal, _ = await opened(lambda asked: answer(asked, Result.NO_RESOURCES, bare=True))
    assert refusal.why is Why.TABLE_FULL


async def test_an_answer_about_another_mapping_is_not_ours():
    def confused(asked):
        other = bytearray(answer(asked, Result.NOT_AUTHORIZED))
        other[24] ^= 0xFF
        return [bytes(other), answer(asked)]

    granted, _ = await opened(confused)
    assert granted.external == 443


async def test_an_older_sister_is_no_pcp():
    async with answering(lambda _: struct.pack("!BBHI", 0, 0x80, 1, 5)) as (port, _):
        with pytest.raises(Refusal) as told:
            await PcpWay.find(Line(HERE, HERE, port))
        assert told.value.why is Why.NOT_UNDERSTOOD


async def test_a_mismatch_is_told_at_once():
    async with answering(lambda asked: answer(asked, Result.ADDRESS_MISMATCH)) as (port, _):
        with pytest.raises(Refusal) as told:
            await PcpWay.find(Line(HERE, HERE, port))
        assert told.value.why is Why.MISMATCH


async def test_the_outer_address_is_learnt_without_a_mapping():
    def full(asked):
        assert struct.unpack("!I", asked[4:8])[0] == 0  # giving back changes nothing
        return answer(asked, Result.NO_RESOURCES, outer="100.64.1.2")

    async with answering(full) as (port, _):
        assert await PcpWay(Line(HERE, HERE, port)).address() == "100.64.1.2"


async def test_closing_what_is_not_there_is_fine():
    async with answering(lambda asked: answer(asked, Result.NO_RESOURCES)) as (port, _):
        assert await PcpWay(Line(HERE, HERE, port)).close(WISH) == 0


async def test_a_mapping_of_somebody_else_stays():
    async with answering(lambda asked: answer(asked, Result.NOT_AUTHORIZED)) as (port, _):
        with pytest.raises(Refusal):
            await PcpWay(Line(HERE, HERE, port)).close(WISH)


async def test_a_pinhole_that_cannot_be_closed_is_cut_short():
    def stubborn(asked):
        if struct.unpack("!I", asked[4:8])[0] == 0:
            return answer(asked, Result.NOT_AUTHORIZED)
        return answer(asked, lifetime=120)

    wish = Wish(8443, 8443, version=6, nonce=WISH.nonce)
    async with answering(stubborn) as (port, _):
        assert await PcpWay(Line(HERE, HERE, port)).close(wish) == 120


async def test_a_mapping_for_no_time_is_none():
    refusal, _ = await opened(lambda asked: answer(asked, lifetime=0))
    assert (refusal.why, refusal.detail) == (Why.NOT_UNDERSTOOD, "granted it for 0 s")
