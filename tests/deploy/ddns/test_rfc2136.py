"""DNS UPDATE at a name server that refuses in every way; the lab has a real one with real keys."""

import dns.rcode
import pytest

from deploy.address.kinds import Family
from deploy.ddns import rfc2136
from deploy.ddns.calls import TroubleError
from deploy.ddns.provider import Records
from deploy.ddns.rfc2136 import CODES, Rfc2136
from deploy.ddns.secret import Secret
from deploy.ddns.target import Target
from deploy.ddns.words import Sort
from support.nameserver import KEY, KEY_NAME

NAME, A = "play.example.org", "192.0.1.2"


def provider(port, key=KEY, **fields):
    target = Target("rfc2136", NAME, user=KEY_NAME, server=f"127.0.0.1:{port}", **fields)
    return Rfc2136(target, Secret(key), limit_s=0.5)


async def test_an_update_replaces_what_was_there_and_undo_brings_it_back(names):
    names.hold(NAME, "A", "192.0.1.18", "192.0.1.19", ttl=300)
    names.hold(NAME, "AAAA", "3ffe::1")
    before = await provider(names.port).read(Family.V4)
    assert (await provider(names.port).update(Family.V4, A, {})).word == "NOERROR"
    assert await provider(names.port).read(Family.V4) == Records((A,), 60)
    assert (await provider(names.port).restore(Family.V4, before, {})).is_fine
    assert await provider(names.port).read(Family.V4) == before
    assert (await provider(names.port).restore(Family.V4, Records(), {})).is_fine
    assert await provider(names.port).read(Family.V4) == Records()
    assert await provider(names.port).read(Family.V6) == Records(("3ffe::1",), 60)


@pytest.mark.parametrize("code", [*CODES, dns.rcode.NOTAUTH + 2])
async def test_each_refusal_has_its_meaning(names, code):
    names.rcode = code
    meaning = await provider(names.port, zone="example.org").update(Family.V4, A, {})
    expected = CODES.get(code)
    assert (expected or meaning).sort is meaning.sort
    assert not meaning.is_fine
    assert names.updates == 1
    if expected:
        assert meaning.word == dns.rcode.to_text(code)


async def test_what_is_read_is_what_is_there(names):
    assert await provider(names.port).read(Family.V4) == Records()
    names.hold(NAME, "A", "192.0.1.18", A, ttl=300)
    assert await provider(names.port).read(Family.V4) == Records(("192.0.1.18", A), 300)


async def test_a_refused_reading_is_no_empty_answer(names):
    names.rcode = dns.rcode.REFUSED
    with pytest.raises(TroubleError) as told:
        await provider(names.port).read(Family.V4)
    assert told.value.meaning.sort is Sort.PARKED


async def test_silence_ends_in_time(names):
    names.twist = lambda _: None
    meaning = await provider(names.port).update(Family.V4, A, {})
    assert (meaning.sort, meaning.word) == (Sort.LATER, "silence")
    meaning = await provider(1).update(Family.V4, A, {})
    assert (meaning.sort, meaning.word) == (Sort.LATER, "silence")


@pytest.mark.parametrize("key", ["not base64!", "hmac-md4:" + KEY, KEY[:-3], "=", "hmac-sha256:"])
async def test_a_broken_key_is_told_without_showing_it(names, key):
    meaning = await provider(names.port, key=key, zone="example.org").update(Family.V4, A, {})
    assert meaning.sort is Sort.PARKED
    assert key not in meaning.sentence
    assert names.updates == 0


@pytest.mark.parametrize("name", ["PeerBadKey", "PeerBadSignature", "PeerBadTime", "BadSignature"])
def test_tsig_errors_have_words(name):
    meaning = rfc2136._trouble(getattr(rfc2136.dns.tsig, name)())
    assert meaning.sort is (Sort.LATER if name == "PeerBadTime" else Sort.PARKED)
    if name == "PeerBadTime":
        assert "clock" in meaning.sentence
