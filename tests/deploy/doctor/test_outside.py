"""What was seen from outside, and what must not be made of a look from inside."""

import json

import pytest

from deploy import outsider
from deploy.doctor.facts import Acme
from deploy.doctor.gathering import outside
from deploy.outsider import HOME_WAY

ADDRESS = "192.0.1.2"
STEPS = ("dns", "tcp", "tls", "websocket", "join", "ticks")


def way(name, failed=None, fault=""):
    reached = STEPS.index(failed) if failed else len(STEPS)
    steps = [
        {"name": step, "ok": place < reached, "milliseconds": 1.0, "detail": f"{step} said so."}
        for place, step in enumerate(STEPS)
    ]
    return {"ok": failed is None, "way": name, "fault": fault, "steps": steps}


def probe(*ways):
    chosen = next((one for one in ways if one["ok"]), ways[-1])
    return {**chosen, "ways": list(ways)}


AWAY = way(HOME_WAY, "tcp", "timeout")


def seen(friend=None, acme=None, *, is_named=True):
    return outside.seen(acme or Acme(), friend, address=ADDRESS, is_named=is_named)


def test_a_friend_who_came_in_proves_it():
    told = seen(probe(AWAY, way("play.example.test")))
    assert (told.friend, told.ports, told.by) == ("", {443: "open"}, "a friend")


@pytest.mark.parametrize(
    ("failed", "fault", "port"),
    [
        ("tcp", "timeout", {443: "silent"}),
        ("tcp", "no-route", {443: "silent"}),
        ("tcp", "refused", {443: "closed"}),
        ("dns", "dns", {}),
        ("tls", "untrusted", {443: "open"}),
        ("join", "rejected", {443: "open"}),
    ],
)
def test_a_friend_who_did_not_tells_how_far_they_came(failed, fault, port):
    told = seen(probe(AWAY, way("play.example.test", failed, fault)))
    assert (told.friend, told.ports) == (fault, port)
    assert told.friend_detail == f"{failed} said so."


def test_who_sits_in_the_house_proves_nothing_even_where_the_router_refuses():
    told = seen(probe(way(HOME_WAY), way("play.example.test", "tcp", "refused")))
    assert (told.friend, told.ports) == (None, {})


def test_the_pinned_way_is_as_good_as_the_certificates():
    told = seen(probe(AWAY, way("by certificate", "tls", "tls"), way("by pin")))
    assert told.friend == ""


def test_an_invite_without_a_public_name_is_no_look_from_outside():
    assert seen(probe(AWAY)).friend is None


def story(challenge, detail, **more):
    return Acme("failing", challenge, "connection", detail, age_s=60.0,
                challenges={challenge: ("connection", detail)}, **more)  # fmt: skip


def test_the_authority_is_a_witness():
    told = seen(acme=story("http-01", "context deadline exceeded"))
    assert told.ports == {80: "silent"}
    assert told.by == "the certificate authority (1 min ago)"
    refused = seen(
        acme=story("tls-alpn-01", f"dial tcp {ADDRESS}:443: connect: connection refused")
    )
    assert refused.ports == {443: "closed"}


def test_the_authority_that_went_to_another_address_says_nothing_about_ours():
    assert seen(acme=story("http-01", "timeout at 192.0.1.77"), is_named=False).ports == {}
    assert seen(acme=story("http-01", f"timeout at {ADDRESS}"), is_named=False).ports


def test_old_words_of_the_authority_are_no_evidence():
    old = Acme("obtained", "tls-alpn-01", age_s=3 * 86400.0)
    assert seen(acme=old).ports == {}
    assert seen(acme=Acme("obtained", "tls-alpn-01", age_s=60.0)).ports == {443: "open"}


@pytest.mark.parametrize("text", ["", "no json", "[]", "{}", '{"ok": true}', '{"steps": []}'])
def test_what_is_no_probe_is_not_taken_for_one(text):
    assert outsider.read(text) is None


def test_a_probe_is_read():
    assert outsider.read(json.dumps(probe(AWAY)))["fault"] == "timeout"
