"""The invite: short, told from every mangled form of itself, and safe to parse."""

import base64
import zlib

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.invite import PREFIX, Invite, InviteError

SECRET = "AAECAwQFBgcICQoLDA0ODw"
HOME = Invite(
    addresses=("192.168.1.20", "203.0.113.7"),
    port=8443,
    secret=SECRET,
    title="Ann's lantern",
    ca_sha256="ab" * 32,
)
LINK = HOME.link()

BOTH = msgspec.structs.replace(HOME, outside="play.example.org", outside_port=8443)
ADDRESS = st.ip_addresses().filter(lambda a: not getattr(a, "scope_id", None)).map(str)
INVITES = st.builds(
    Invite,
    name=st.sampled_from(["lanternhold.internal", "play.example.org", "localhost"]),
    addresses=st.lists(ADDRESS, min_size=1, max_size=8).map(tuple),
    port=st.integers(1, 65_535),
    secret=st.binary(min_size=12, max_size=48).map(
        lambda raw: base64.urlsafe_b64encode(raw).decode().rstrip("=")
    ),
    title=st.text(st.characters(categories=["L", "N", "P"]), max_size=64),
    ca_sha256=st.none() | st.binary(min_size=32, max_size=32).map(bytes.hex),
    outside=st.sampled_from(["", "play.example.org", "xn--mnchen-3ya.example"]),
    outside_port=st.just(443),
)


def payload(*fields, version=1, check=None):
    body = bytes([version]) + msgspec.msgpack.encode(fields)
    check = zlib.crc32(body).to_bytes(4, "little") if check is None else check
    return PREFIX + base64.urlsafe_b64encode(body + check).decode().rstrip("=")


@settings(deadline=None)
@given(INVITES)
def test_an_invite_is_read_as_it_was_written(invite):
    assert Invite.parse(invite.link()) == invite


def test_a_link_is_short_enough_for_a_small_code():
    assert len(LINK) <= 140
    domain = Invite(name="play.example.org", secret=SECRET, title="Ann's lantern")
    assert len(domain.link()) <= 100


@pytest.mark.parametrize(
    "pasted",
    [
        f"  {LINK}\n",
        f'"{LINK}"',
        f"<{LINK}>",
        f"Come and play: {LINK} see you tonight!",
        f"Come ({LINK}).",
        f"> {LINK[:60]}\r\n> {LINK[60:]}\r\n> -- \r\n> Ann",
        f"{LINK[:25]}\u200b{LINK[25:]}",
        " ".join(LINK[at : at + 30] for at in range(0, len(LINK), 30)),
        f"*{LINK}*",
        f"It begins with {PREFIX}, like this: {LINK}",
        f"{LINK}==",
        f"<a>{LINK}</a>",
        f"{LINK}Ann wrote this",
    ],
)
def test_however_it_is_pasted_it_is_found(pasted):
    assert Invite.parse(pasted) == HOME


@pytest.mark.parametrize("text", ["", "hello", "https://example.org", LINK[5:]])
def test_what_is_no_invite_is_called_so(text):
    with pytest.raises(InviteError, match="no invite"):
        Invite.parse(text)


@pytest.mark.parametrize("cut", [len(PREFIX), len(PREFIX) + 3, 60, len(LINK) - 4, len(LINK) - 1])
def test_a_link_cut_off_is_called_damaged(cut):
    with pytest.raises(InviteError, match="damaged"):
        Invite.parse(LINK[:cut])


@given(st.integers(len(PREFIX), len(LINK) - 1), st.sampled_from("Aa0-_Zz9"))
def test_a_wrong_letter_is_noticed(at, letter):
    wrong = LINK[:at] + letter + LINK[at + 1 :]
    if letter == LINK[at]:
        return
    with pytest.raises(InviteError, match=r"damaged|newer"):
        Invite.parse(wrong)


def test_two_letters_swapped_are_noticed():
    swapped = LINK[:40] + LINK[41] + LINK[40] + LINK[42:]
    assert swapped != LINK
    with pytest.raises(InviteError, match="damaged"):
        Invite.parse(swapped)


def test_a_link_of_a_later_version_asks_for_an_update():
    with pytest.raises(InviteError, match="newer"):
        Invite.parse(payload("anything", version=2))


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ((), "text"),
        ((8443, "text", ""), "text"),
        ((0, b"s" * 16, "", [b"\x7f\0\0\1"]), "port"),
        ((1, b"s", "", [b"\x7f\0\0\1"]), "secret"),
        ((1, b"s" * 49, "", [b"\x7f\0\0\1"]), "secret"),
        ((1, b"s" * 16, "", [b"\x7f\0\0"]), "address"),
        ((1, b"s" * 16, "", [b"\x7f\0\0\1"] * 9), "address"),
        ((1, b"s" * 16, ""), "list of addresses"),
        ((1, b"s" * 16, "\x1b[2J", [b"\x7f\0\0\1"]), "title"),
        ((1, b"s" * 16, "x" * 65, [b"\x7f\0\0\1"]), "title"),
        ((1, b"s" * 16, "", [b"\x7f\0\0\1"], b"short"), "certificate"),
        ((1, b"s" * 16, "", [], None, "a b"), "server name"),
        ((1, b"s" * 16, "", [], None, ""), "server name"),
        ((1, b"s" * 16, "", [], None, "x" * 300), "server name"),
        ((1, b"s" * 16, "", [b"\x7f\0\0\1"], None, None, ["a b", 443]), "public name"),
        ((1, b"s" * 16, "", [b"\x7f\0\0\1"], None, None, ["a.org", 0]), "public name"),
        ((1, b"s" * 16, "", [b"\x7f\0\0\1"], None, None, ["x.internal", 443]), "public name"),
        ((1, b"s" * 16, "", [b"\x7f\0\0\1"], None, None, ["192.0.1.2", 443]), "public name"),
        ((1, b"s" * 16, "", [b"\x7f\0\0\1"], None, None, "a.org"), "text"),
    ],
)
def test_a_sound_link_with_a_senseless_part_says_which(fields, part):
    with pytest.raises(InviteError, match=f"The {part} in this invite"):
        Invite.parse(payload(*fields))


def test_an_empty_or_unreadable_payload_is_damaged_or_senseless():
    with pytest.raises(InviteError, match="damaged"):
        Invite.parse(
            PREFIX + base64.urlsafe_b64encode(zlib.crc32(b"").to_bytes(4, "little")).decode()
        )
    nested = b"\x01" + b"\x91" * 1200 + b"\xc0"
    link = (
        PREFIX
        + base64.urlsafe_b64encode(nested + zlib.crc32(nested).to_bytes(4, "little")).decode()
    )
    with pytest.raises(InviteError, match="text"):
        Invite.parse(link)


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "short"},
        {"secret": "x" * 22},  # not the form of any 16 bytes
        {"secret": "A" * 17},
        {"addresses": ("example.org",)},
        {"addresses": ("fe80::1%eth0",)},
        {"addresses": ("192.168.001.001",)},
        {"ca_sha256": "AB" * 32},
        {"port": 65_536},
    ],
)
def test_an_invite_that_makes_no_sense_is_not_made(wrong):
    parts = {"secret": SECRET, "addresses": ("127.0.0.1",)} | wrong
    with pytest.raises(InviteError):
        Invite(**parts)


@given(st.text(max_size=300))
def test_any_text_is_an_invite_or_the_error(text):
    for pasted in (text, PREFIX + text):
        with pytest.raises(InviteError):
            Invite.parse(pasted)


def test_a_book_is_read_in_no_time():
    with pytest.raises(InviteError):
        Invite.parse((PREFIX + "A" * 100_000 + " A" * 100_000) * 12)


def test_one_link_carries_the_house_and_the_way_in_from_outside():
    assert Invite.parse(BOTH.link()) == BOTH
    assert len(BOTH.link()) <= 180


def test_a_public_address_needs_an_authority_that_can_be_pinned():
    bare = msgspec.structs.replace(HOME, outside="192.0.1.2")
    assert Invite.parse(bare.link()) == bare


def test_a_link_without_an_outside_is_written_as_it_always_was():
    wire = base64.urlsafe_b64decode(LINK.removeprefix(PREFIX) + "==")[1:-4]
    assert len(msgspec.msgpack.decode(wire)) == 6


def test_a_reader_of_six_elements_finds_the_house_in_a_longer_link():
    """The first version passed over what stands behind the sixth element."""
    wire = base64.urlsafe_b64decode(BOTH.link().removeprefix(PREFIX) + "====")[1:-4]
    assert payload(*msgspec.msgpack.decode(wire)[:6]) == LINK


def test_what_a_later_version_adds_to_the_array_is_passed_over():
    known = (8443, b"s" * 16, "", [b"\x7f\0\0\1"], None, None, None)
    assert Invite.parse(payload(*known, "new", 7)) == Invite.parse(payload(*known))


def test_the_secret_stays_out_of_logs():
    assert SECRET not in repr(HOME)
    assert "lanternhold.internal" in repr(HOME)
