"""What may be shown to others."""

import pytest

from deploy.doctor.redaction import redact
from protocol.invite import Invite

SECRET = "AAECAwQFBgcICQoLDA0ODw"
LINK = Invite(addresses=("192.168.1.10",), secret=SECRET).link()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"join by {LINK} now", "join by [invite] now"),
        (f"the secret is {SECRET}.", "the secret is [secret]."),
        ("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", "[secret]"),
        ("The zone says 192.0.1.77, not 192.0.1.2.", "The zone says 192.0.x.x, not 192.0.x.x."),
        ("at 192.168.1.10:8443", "at 192.168.x.x:8443"),
        ("127.0.0.1 is ours", "127.0.0.1 is ours"),
        ("AAAA says 3ffe:1:1::99 today", "AAAA says 3ffe:0001:x today"),
        ("MAC 02:00:00:00:00:10 of eth0", "MAC [mac] of eth0"),
        ("GET https://x.example/update?token=abc&ip=1", "GET https://x.example/update?[...]"),
        ("./lanternhold ports open", "./lanternhold ports open"),
        ("the proof by port 443 (tls-alpn-01)", "the proof by port 443 (tls-alpn-01)"),
        ("certificate-rate-limited", "certificate-rate-limited"),
        ("version 2.11.7", "version 2.11.7"),
        ("at 12:31 o'clock", "at 12:31 o'clock"),
    ],
)
def test_a_text(said, shown):
    assert redact(said) == shown


def test_secrets_that_are_known_go_whatever_they_look_like():
    assert redact({"a": ["my dog's name", 7]}, ["dog's"]) == {"a": ["my [secret] name", 7]}


def test_a_name_that_leads_to_the_hidden_address_goes_too():
    said = "The zone of play.example.org says 192.0.1.77."
    assert redact(said, (), ["play.example.org", ""]) == "The zone of [name] says 192.0.x.x."
