"""Until when a certificate is good, whoever signed it."""

import asyncio
import ssl
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.keeper import certificate
from support.certificates import Authority

DAY = 86400.0


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority.make(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def der(authority):
    return ssl.PEM_cert_to_DER_cert(authority.pem.decode())


async def shown(context):
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=context)
    async with server:
        return await certificate.look("play.test", server.sockets[0].getsockname()[1])


async def test_the_dates_are_those_of_the_door(authority):
    found = await shown(authority.context("play.test"))
    assert found.not_after - found.not_before == pytest.approx(7 * DAY, abs=2)
    assert found.not_after == pytest.approx(time.time() + 7 * DAY, abs=60)


async def test_an_expired_one_is_seen_too(authority):
    dates = ("-startdate", "20200101000000Z", "-enddate", "20510203040506Z")
    found = await shown(authority.context("play.test", *dates))
    assert time.gmtime(found.not_before)[:3] == (2020, 1, 1)
    assert time.gmtime(found.not_after)[:6] == (2051, 2, 3, 4, 5, 6)


async def test_a_door_that_shows_nothing_is_none():
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert await certificate.look("play.test", port) is None
    assert await certificate.look("play.test", port) is None


def test_it_reads_what_openssl_reads(der):
    found = certificate.read(der)
    assert found.not_after - found.not_before == pytest.approx(30 * DAY, abs=1)


def test_a_certificate_cut_anywhere_is_no_certificate(der):
    for length in range(0, len(der), 7):
        with pytest.raises(ValueError, match="certificate"):
            certificate.read(der[:length])


@given(st.binary(max_size=80))
def test_bytes_that_are_none_are_refused(data):
    with pytest.raises(ValueError, match=r"."):
        certificate.read(data)


@pytest.mark.parametrize("name", ["play.test", f"{'a.' * 90}test"])
async def test_a_name_is_known_whole_and_not_as_a_piece_of_another(authority, name):
    server = await asyncio.start_server(
        lambda *_: None, "127.0.0.1", 0, ssl=authority.context(f"x{name}")
    )
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert (await certificate.look(f"x{name}", port)).is_named
        assert not (await certificate.look(name, port)).is_named
