"""Logs as a person reads them."""

import json
import re

import pytest

from deploy import log_words

STAMP = "2026-11-22T11:52:08.500000Z"


def server(event, level="info", **more):
    entry = {"part": "reception", **more, "event": event, "level": level, "timestamp": STAMP}
    return json.dumps(entry)


def caddy(message, level="error", **more):
    return json.dumps({"level": level, "ts": 1795348279.5, "msg": message, **more})


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (server("player joined", eid=3), "player joined (eid 3)"),
        (server("player joined", eid=3, name="Anna"), "player joined Anna (eid 3)"),
        (server("time was lost", "warning", seconds=0.3), "warning: time was lost (seconds 0.3)"),
        (server("settings", tick_hz="30"), ""),
        (caddy("serving initial configuration", "info"), ""),
        (caddy("HTTP/2 skipped because it requires TLS", "warn"), ""),
        (caddy("exiting; byeee!! \N{WAVING HAND SIGN}", "warn"), ""),
        (caddy("unable to unlock", error="remove x.lock: no such file or directory"), ""),
        (caddy("job failed", error="a.b: obtaining certificate: context canceled"), ""),
        (caddy("job failed", error="a.b: no way"), "ERROR: job failed: a.b: no way"),
        (caddy("no certificate", error="no way"), "ERROR: no certificate: no way"),
        ("Traceback (most recent call last):", "Traceback (most recent call last):"),
        ("[1, 2]", "[1, 2]"),
    ],
)  # fmt: skip
def test_a_line_in_words(line, words):
    assert log_words.read(line).words == words


def test_a_server_that_is_not_there_is_harmless_only_where_up_asked():
    gone = "dial tcp 127.0.0.1:8765: connect: connection refused"
    assert log_words.read(caddy(gone, request={"uri": "/status"})).words == ""
    assert "refused" in log_words.read(caddy(gone, request={"uri": "/w/home"})).words


def test_both_programs_tell_the_same_clock():
    assert log_words.read(server("x")).at == 1795348328.5
    assert log_words.read(caddy("x")).at == 1795348279.5


def test_what_compose_leads_a_line_with():
    assert log_words.from_compose("server-1  | {}") == ("server", "{}")
    assert log_words.from_compose("no such thing") == ("", "no such thing")


def test_a_line_is_led_by_its_day_and_time():
    assert re.match(
        r"11-2[123] \d\d:\d\d:08 server  x$", log_words.read(server("x")).shown("server")
    )
    assert log_words.read("Traceback").shown("caddy") == 15 * " " + "caddy   Traceback"
