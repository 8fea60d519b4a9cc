"""Close codes: each has a sentence to act on, and a fixed answer to what comes next."""

import pytest

from protocol.reasons import Reason, may_resume, retry_after_s, retry_text, sentence


def test_the_codes_are_stable():
    assert {reason.name: int(reason) for reason in Reason} == {
        "BYE": 4000,
        "RESTART": 4001,
        "PROTOCOL": 4002,
        "KICKED": 4003,
        "BAD_INVITE": 4004,
        "MOVED": 4005,
        "FULL": 4006,
        "VERSION": 4007,
        "TOO_SLOW": 4008,
        "RATE": 4009,
        "IDLE": 4010,
        "NAME": 4011,
        "HELLO_LATE": 4012,
        "EXPIRED": 4013,
        "RESUME_LOST": 4014,
    }


@pytest.mark.parametrize("reason", Reason)
def test_every_sentence_is_one_a_player_can_read(reason):
    assert reason.sentence[0].isupper()
    assert reason.sentence.endswith(".")
    assert 20 <= len(reason.sentence) <= 100
    jargon = {
        "token",
        "protocol",
        "packet",
        "timeout",
        "websocket",
        "session",
        "handshake",
        "error",
    }
    assert not jargon & set(reason.sentence.lower().strip(".").replace(",", "").split())
    assert sentence(reason) == reason.sentence


def test_only_a_restart_and_a_slow_line_are_resumed():
    assert [reason for reason in Reason if may_resume(reason)] == [Reason.RESTART, Reason.TOO_SLOW]


@pytest.mark.parametrize(
    ("code", "resumes"),
    [(None, True), (1001, True), (1006, True), (1011, True), (1012, True), (1013, True)]
    + [(code, False) for code in (1000, 1002, 1003, 1007, 1008, 1009, 1010, 3000, 4999)],
)
def test_a_broken_line_is_resumed_and_a_broken_rule_is_not(code, resumes):
    assert may_resume(code) is resumes
    assert ("trying to get it back" in sentence(code)) is resumes


def test_an_unknown_code_is_named():
    assert "code 4999" in sentence(4999)


def test_a_close_may_ask_for_patience():
    assert retry_after_s(retry_text(5)) == 5
    for text in ("", "retry after x s", "retry after 5 seconds", "retry after 99999 s", "bye"):
        assert retry_after_s(text) == 0
