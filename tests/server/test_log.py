import io
import json
import logging

import structlog
from hypothesis import given
from hypothesis import strategies as st

from server import log
from support.clock import FakeClock


@given(st.text(max_size=50), st.text(max_size=50))
def test_whatever_is_logged_makes_one_printable_line(key, value):
    stream = io.StringIO()
    for style in ("json", "console"):
        log.configure("info", style, stream)
        log.get("test").info("said", text=value, more={key: value})
    structlog.reset_defaults()
    lines = stream.getvalue().split("\n")
    assert len(lines) == 3
    assert not lines[-1]
    assert all(line.isprintable() for line in lines)


def test_a_json_line_can_be_read_back(lines):
    log.get("test").warning("odd", value="a\r\n\x1b[31mb", count=3, none=None)
    event = json.loads(lines.getvalue())
    assert event["event"] == "odd"
    assert event["value"] == r"a\r\n\x1b[31mb"
    assert event["count"] == 3
    assert event["level"] == "warning"


def test_a_long_value_is_cut():
    assert len(log.printable("x" * 10_000)) == log.VALUE_MAX + 3


def test_a_flood_of_one_kind_is_told_in_one_number():
    clock = FakeClock()
    gate = log.FloodGate(rate=10, now=clock)
    passed = 0
    for _ in range(100):
        try:
            gate(None, "info", {"event": "closed"})
            passed += 1
        except structlog.DropEvent:
            pass
    assert passed == 10
    assert "more" not in gate(None, "info", {"event": "other kinds are not held back"})
    clock.advance(1.0)
    assert gate(None, "info", {"event": "closed"})["more"] == "and 90 more"
    assert "more" not in gate(None, "info", {"event": "closed"})


def test_what_libraries_log_comes_in_one_line_too(lines):
    error = ValueError("a\nb")
    logging.getLogger("asyncio").error("it\nfailed", exc_info=error)
    event = json.loads(lines.getvalue())
    assert event["event"] == "asyncio"
    assert event["text"].startswith(r"it\nfailed: ValueError")


def test_loggers_that_tell_of_every_vanished_client_are_silent(lines):
    logging.getLogger("websockets.server").error("connection handler failed", exc_info=OSError())
    assert lines.getvalue() == ""


def test_the_level_holds(lines):
    log.configure("warning", "json", lines)
    log.get("test").info("quiet")
    assert lines.getvalue() == ""
