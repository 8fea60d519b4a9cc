import pytest

from deploy.address.kinds import Family, Kind, UnfitError, publishable, shorten

KINDS = {
    "192.0.1.2": Kind.GLOBAL,
    "8.8.8.8": Kind.GLOBAL,
    "2a02:8070::1": Kind.GLOBAL,
    "10.1.2.3": Kind.PRIVATE,
    "172.16.0.1": Kind.PRIVATE,
    "172.32.0.1": Kind.GLOBAL,
    "192.168.1.10": Kind.PRIVATE,
    "fd12::1": Kind.PRIVATE,
    "100.64.0.1": Kind.CARRIER,
    "100.127.255.254": Kind.CARRIER,
    "100.128.0.1": Kind.GLOBAL,
    "192.0.0.2": Kind.DS_LITE,
    "127.0.0.1": Kind.LOOPBACK,
    "::1": Kind.LOOPBACK,
    "169.254.1.1": Kind.LINK_LOCAL,
    "fe80::1": Kind.LINK_LOCAL,
    "::ffff:192.0.1.2": Kind.TUNNEL,
    "64:ff9b::c000:102": Kind.TUNNEL,
    "2002:c000:102::1": Kind.TUNNEL,
    "2001:0:1::1": Kind.TUNNEL,
    "0.0.0.0": Kind.RESERVED,
    "::": Kind.RESERVED,
    "255.255.255.255": Kind.RESERVED,
    "240.0.0.1": Kind.RESERVED,
    "224.0.0.1": Kind.RESERVED,
    "ff02::1": Kind.RESERVED,
    "203.0.113.5": Kind.RESERVED,
    "198.18.0.1": Kind.RESERVED,
    "2001:db8::1": Kind.RESERVED,
}


@pytest.mark.parametrize(("text", "kind"), KINDS.items())
def test_each_address_has_its_kind_and_only_a_global_one_is_published(text, kind):
    family = Family.V6 if ":" in text else Family.V4
    other = Family.V4 if family is Family.V6 else Family.V6
    if kind is Kind.GLOBAL:
        assert str(publishable(f" {text}\n", family)) == text
    else:
        with pytest.raises(UnfitError) as told:
            publishable(text, family)
        assert (told.value.kind, told.value.why) == (kind, kind.sentence)
    with pytest.raises(UnfitError, match=f"no IPv{other:d} address"):
        publishable(text, other)


@pytest.mark.parametrize(
    "text",
    ["", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.4/32", "[::1]", "play.example.org", "\u0661"],
)
def test_what_is_no_address_is_not_one(text):
    with pytest.raises(UnfitError, match="no address"):
        publishable(text, Family.V4)


def test_an_address_of_one_cable_is_not_published():
    with pytest.raises(UnfitError):
        publishable("2a02::1%eth0", Family.V6)


def test_every_kind_has_a_sentence():
    assert all(kind.sentence for kind in Kind)


def test_records_and_families():
    assert [family.record for family in Family] == ["A", "AAAA"]
    assert Family.of_record("AAAA") is Family.V6
    with pytest.raises(ValueError, match="TXT"):
        Family.of_record("TXT")


def test_a_strangers_words_are_shown_short_and_plain():
    assert shorten("a\x1b[31m\nb\u202e") == "a [31m b"
    assert len(shorten("x" * 100_000)) == 60
