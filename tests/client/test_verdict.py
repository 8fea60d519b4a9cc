"""Whose fault it is: a sentence for every kind of evidence, and none beyond it."""

import pytest

from client.verdict import (
    FAR_MS,
    FROZEN_S,
    HEARD_S,
    LATE_MS,
    MEASURING,
    SILENT,
    SILENT_S,
    SLOW_FPS,
    STALL_S,
    THIN_SHARE,
    UNEVEN_MS,
    WELL,
    Blame,
    Evidence,
    judge,
)


def seen(**changes):
    return judge(Evidence(**{"heard_s": 5.0} | changes))


@pytest.mark.parametrize(
    ("evidence", "blame", "sentence"),
    [
        ({}, Blame.NOBODY, "All is well."),
        ({"heard_s": 1.9}, Blame.UNKNOWN, "Looking at your line."),
        (
            {"silent_s": 0.7},
            Blame.UNKNOWN,
            "Nothing comes in. Whether link or server, that shows when it is over.",
        ),
        (
            {"fps": 9.2},
            Blame.COMPUTER,
            "This computer draws too slowly: 9 pictures a second.",
        ),
        ({"frozen_s": 0.82}, Blame.COMPUTER, "This computer stood still for 0.8 s."),
        ({"late_ms": 400}, Blame.SERVER, "The server is late, by 0.4 s."),
        ({"late_ms": 1500}, Blame.SERVER, "The server is late, by 1.5 s."),
        (
            {"stall_s": 0.84},
            Blame.LINK,
            "Your link stalls, the server is fine: nothing came for 0.8 s.",
        ),
        (
            {"stall_s": 0.84, "late_ms": 120},
            Blame.LINK,
            "Your link stalls: nothing came for 0.8 s. And the server is late by 0.12 s.",
        ),
        (
            {"left_out": 0.3},
            Blame.LINK,
            "Your link is too thin: 30 of 100 pictures are left out.",
        ),
        (
            {"jitter_ms": 140},
            Blame.LINK,
            "Your link is uneven, the server is fine: pictures come up to 140 ms late.",
        ),
        (
            {"rtt_ms": 280},
            Blame.NOBODY,
            "It is far to the server: 280 ms there and back.",
        ),
    ],
)
def test_each_kind_of_trouble_has_its_sentence(evidence, blame, sentence):
    verdict = seen(**evidence)
    assert (verdict.blame, verdict.sentence) == (blame, sentence)


@pytest.mark.parametrize(
    "evidence",
    [
        {"stall_s": 0.8, "says_late": False},  # it would not say so if it had been the server
        {"stall_s": 0.8, "is_on_schedule": False},  # its ticks stayed behind, yet it said nothing
        {"jitter_ms": 140, "says_late": False},
        {"silent_s": 3.0},
        {"silent_s": 3.0, "late_ms": 900},  # that was before
        {"heard_s": 0.5, "stall_s": 0.4},
    ],
)
def test_what_was_not_measured_is_not_said(evidence):
    verdict = seen(**evidence)
    assert verdict.blame is Blame.UNKNOWN
    assert "server is" not in verdict.sentence
    assert "Your link" not in verdict.sentence
    assert not verdict.is_bad


def test_the_server_is_blamed_by_its_own_words_only():
    for evidence in ({"is_on_schedule": False}, {"stall_s": 9.0}, {"jitter_ms": 900}):
        assert seen(**evidence).blame is not Blame.SERVER


def test_the_link_is_called_uneven_only_while_the_server_is_in_time():
    assert seen(jitter_ms=140, late_ms=LATE_MS).blame is Blame.SERVER
    assert seen(jitter_ms=140, late_ms=LATE_MS - 1).blame is Blame.LINK


@pytest.mark.parametrize(
    ("name", "limit", "is_worse_above"),
    [
        ("silent_s", SILENT_S, True),
        ("fps", SLOW_FPS, False),
        ("frozen_s", FROZEN_S, True),
        ("late_ms", LATE_MS, True),
        ("stall_s", STALL_S, True),
        ("left_out", THIN_SHARE, True),
        ("jitter_ms", UNEVEN_MS, True),
        ("rtt_ms", FAR_MS, True),
    ],
)
def test_below_its_limit_nothing_is_complained_of(name, limit, is_worse_above):
    fine, bad = (limit * 0.999, limit) if is_worse_above else (limit, limit * 0.999)
    assert seen(**{name: fine}) == WELL
    assert seen(**{name: bad}) != WELL


def test_a_line_is_listened_to_first():
    assert seen(heard_s=HEARD_S * 0.999) == MEASURING
    assert seen(heard_s=HEARD_S) == WELL


@pytest.mark.parametrize(
    "lesser",
    [{"left_out": 0.5}, {"jitter_ms": 500}, {"rtt_ms": 900}, {"stall_s": 0.3}],
)
def test_what_explains_the_most_comes_first(lesser):
    assert seen(fps=8, late_ms=2000, **lesser).blame is Blame.COMPUTER
    assert seen(late_ms=2000, **lesser).blame is Blame.SERVER
    assert seen(silent_s=1.0, fps=8, late_ms=2000, **lesser) == SILENT


def test_a_program_that_draws_nothing_has_no_slow_screen():
    assert seen(fps=None, frozen_s=2.0) == WELL


def test_only_what_somebody_can_act_upon_is_shown_unasked():
    shown = {blame: seen(**how).is_bad for blame, how in {
        Blame.NOBODY: {"rtt_ms": 900}, Blame.UNKNOWN: {"silent_s": 1}, Blame.LINK: {"stall_s": 1},
        Blame.SERVER: {"late_ms": 99}, Blame.COMPUTER: {"fps": 3},
    }.items()}  # fmt: skip
    assert [blame for blame, is_bad in shown.items() if is_bad] == [
        Blame.LINK,
        Blame.SERVER,
        Blame.COMPUTER,
    ]
