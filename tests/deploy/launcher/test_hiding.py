"""An invite that was typed does not stay in the list of processes."""

import pytest

from deploy import asked
from deploy.launcher import INVITE_KEY, check_invite, hide_invite
from deploy.problem import Problem
from protocol.invite import Invite

LINK = Invite(
    name="lanternhold.internal",
    addresses=("192.0.2.7",),
    port=8443,
    secret="A" * 22,
    title="Home",
    ca_sha256="0" * 64,
).link()


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        (["play", LINK], ["play", "-"]),
        (["bots", "3", "--invite", LINK], ["bots", "3", "--invite", "-"]),
        (["bots", "3", f"--invite={LINK}"], ["bots", "3", "--invite=-"]),
        (["probe", LINK, "--json"], ["probe", "-", "--json"]),
    ],
)
def test_an_invite_moves_into_the_environment(typed, left):
    words, environment = hide_invite(typed)
    assert words == left
    assert environment == {INVITE_KEY: LINK}


def test_everything_else_stays():
    assert hide_invite(["up", "--detach"]) == (["up", "--detach"], {})


def test_it_is_found_there(monkeypatch):
    monkeypatch.setenv(INVITE_KEY, LINK)
    assert asked.invite("-").link() == LINK


def test_what_is_none_is_said_in_words():
    with pytest.raises(Problem) as shown:
        asked.invite("lanternhold://join/abc")
    assert "damaged" in shown.value.what


@pytest.mark.parametrize(
    "link", ["lanternhold://join/", LINK[:40], "lanternhol://join/abc", "hello"]
)
def test_what_cannot_be_an_invite_is_told_before_anything_is_installed(link):
    for words in (["play", link], ["play", "--network", "wifi", link]):
        with pytest.raises(Problem) as shown:
            check_invite(words)
        assert shown.value.code == 2


@pytest.mark.parametrize(
    "words",
    [
        ["play"],
        ["play", "-"],
        ["play", LINK],
        ["play", f"Come! {LINK[:30]}\n> {LINK[30:]}"],
        ["play", "--help"],
        ["play", "--network", "mobile"],
        ["play", "--network", "mobile", LINK],
        ["play", LINK, "--network=mobile"],
        ["probe", "--way", "home", LINK],
        ["bots", "3"],
    ],
)
def test_all_else_goes_on(words):
    check_invite(words)
