import struct

import pytest

from deploy.ports.asking import Line
from deploy.ports.by_natpmp import NatPmpWay
from deploy.ports.wish import Refusal, Why, Wish
from support.router import answering

HERE = "127.0.0.1"
WISH = Wish(443, 8443)


def router(*, result=0, external=None, outer="192.0.1.2", granted_s=None):
    """Answers as a NAT-PMP server would."""

    def answer(asked):
        if asked[1] == 0:
            packed = bytes(int(part) for part in outer.split("."))
            return struct.pack("!BBHI", 0, 128, 0 if packed[0] else 3, 9) + packed
        internal, wanted, lease = struct.unpack("!HHI", asked[4:12])
        port = wanted if external is None or not lease else external
        lease = lease if granted_s is None else granted_s
        return struct.pack("!BBHIHHI", 0, 130, result, 9, internal, port, lease)

    return answer


async def way(answer):
    """Opens WISH at such a router; gives (what came of it, what it heard)."""
    async with answering(answer) as (port, heard):
        try:
            return await NatPmpWay(Line(HERE, HERE, port)).open(WISH), heard
        except Refusal as refusal:
            return refusal, heard


async def test_what_is_asked_is_granted():
    granted, _ = await way(router())
    assert (granted.way, granted.external, granted.lease_s) == ("NAT-PMP", 443, 3600)
    assert (granted.address, granted.epoch_s) == ("192.0.1.2", 9)


async def test_another_port_is_given_back():
    refusal, heard = await way(router(external=1024))
    assert refusal.why is Why.LOW_PORT
    assert struct.unpack("!HHI", heard[-1][4:12]) == (8443, 0, 0)


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (1, Why.NOT_UNDERSTOOD),
        (2, Why.SWITCHED_OFF),
        (3, Why.NO_ADDRESS),
        (4, Why.TABLE_FULL),
        (5, Why.NOT_UNDERSTOOD),
        (99, Why.NOT_UNDERSTOOD),
    ],
)
async def test_each_refusal_has_its_reason(result, why):
    refusal, _ = await way(router(result=result))
    assert refusal.why is why


async def test_a_router_without_an_address_speaks_it_all_the_same():
    async with answering(router(outer="0.0.0.0")) as (port, _):
        found = await NatPmpWay.find(Line(HERE, HERE, port))
        assert await found.address() == ""


async def test_switched_off_is_told():
    async with answering(lambda _: struct.pack("!BBHI", 0, 128, 2, 9)) as (port, _):
        with pytest.raises(Refusal) as told:
            await NatPmpWay.find(Line(HERE, HERE, port))
        assert told.value.why is Why.SWITCHED_OFF


async def test_closing_gives_back_the_internal_port():
    async with answering(router()) as (port, heard):
        assert await NatPmpWay(Line(HERE, HERE, port)).close(WISH) == 0
        assert struct.unpack("!HHI", heard[0][4:12]) == (8443, 0, 0)


async def test_a_mapping_for_no_time_is_none():
    refusal, _ = await way(router(granted_s=0))
    assert (refusal.why, refusal.detail) == (Why.NOT_UNDERSTOOD, "granted it for 0 s")
