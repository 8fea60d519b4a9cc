"""What `top` says of a server and of each line, and what it does not say."""

import pytest

from deploy.top.ticks import Ticks
from deploy.top.words import Word, of_all, of_player

GOOD = Ticks(hertz=30, rate=30, p50_ms=1, p99_ms=3, lost_s=0, over_s=10)
WELL = Word("well")
BAD = Word("line stalls", is_bad=True)


def player(rtt_ms=40, told=None, *, away=False, **line):
    usual = {"fps": 60, "stale_ms": 40, "jitter_ms": 8, "corrections": 0}
    figures = {
        "best_rtt_ms": 38, "jitter_ms": 5.0, "silence_ms": 110, "skipped": 0.0,
        "skipping_seconds": 0, "snapshots_per_second": 30.0, "late_inputs_per_second": 0.1,
        "told": usual | (told or {}),
    } | line  # fmt: skip
    return {"name": "Ann", "away": away, "rtt_ms": rtt_ms, "line": None if away else figures}


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (player(), "well"),
        (player(away=True), "away, may come back"),
        (player(rtt_ms=None), "just came"),
        (player(rtt_ms=300), "far away"),
        (player(told={"fps": 9}), "computer draws slowly: 9/s"),
        (player(silence_ms=820), "line stalls: silent 0.8 s"),
        (player(skipped=0.3, skipping_seconds=5), "line too thin: 30 % left out"),
        (player(skipped=0.3, skipping_seconds=2), "line stalls: 30 % left out"),
        (player(told={"stale_ms": 700}), "line stalls: pictures 700 ms old"),
        (player(jitter_ms=140.0), "line uneven: 140 ms"),
        (player(told={"jitter_ms": 120}), "line uneven: 120 ms"),
        (player(late_inputs_per_second=9.0), "keys come late"),
    ],
)
def test_each_line_has_its_word(shown, text):
    word = of_player(shown, 30)
    assert word.text == text
    assert word.is_bad is (":" in text or text == "keys come late")


def test_a_long_way_is_no_silence():
    far = {"best_rtt_ms": 600}
    assert of_player(player(rtt_ms=620, silence_ms=700, **far), 30).text == "far away"
    assert of_player(player(rtt_ms=620, silence_ms=800, **far), 30).is_bad


def test_a_bot_draws_nothing_and_is_not_slow():
    assert of_player(player(told={"fps": 0}), 30) == WELL


def test_a_stranger_that_says_nothing_of_itself_is_judged_by_what_is_measured():
    assert of_player(player() | {"line": player()["line"] | {"told": None}}, 30) == WELL
    assert of_player({"rtt_ms": 40, "line": {}}, 30) == WELL


def ticks(**changes):
    given = {"hertz": 30, "rate": 30, "p50_ms": 1, "p99_ms": 3, "lost_s": 0, "over_s": 10}
    return Ticks(**given | changes)


@pytest.mark.parametrize(
    ("seen", "words", "online", "sentence"),
    [
        ({}, [WELL, WELL], 2, "All is well."),
        ({}, [], 0, "The server is fine, and nobody plays."),
        (
            {"rate": 24.1},
            [BAD],
            1,
            "The server is late: 24.1 of 30 ticks a second. It is this computer, not the lines.",
        ),
        (
            {"lost_s": 0.4},
            [],
            0,
            "The server is late: 30.0 of 30 ticks a second. It is this computer, not the lines.",
        ),
        (
            {"p99_ms": 41},
            [WELL],
            1,
            "The server is at its limit: one tick in a hundred takes 41 ms, and has 33 ms.",
        ),
        ({}, [BAD, WELL, WELL], 3, "The server is fine; 1 of 3 lines is bad."),
        ({}, [BAD, BAD, WELL, WELL, WELL], 5, "The server is fine; 2 of 5 lines are bad."),
        (
            {},
            [BAD, BAD, WELL],
            3,
            (
                "The server is fine, but 2 of 3 lines are bad: look at your own upload and router"
                " first."
            ),
        ),
    ],
)
def test_one_sentence_for_all(seen, words, online, sentence):
    assert of_all(ticks(**seen), words, online).text == sentence


def test_a_tick_more_or_less_is_a_matter_of_when_one_looks():
    assert not of_all(ticks(rate=29, over_s=2), [WELL], 1).is_bad
    assert of_all(ticks(rate=28.4, over_s=2), [WELL], 1).is_bad
    assert of_all(ticks(rate=29.0), [WELL], 1).is_bad


def test_no_tick_at_all_is_a_late_server():
    nan = float("nan")
    assert of_all(ticks(rate=0, p50_ms=nan, p99_ms=nan, over_s=2), [], 0).is_bad


def test_a_budget_is_one_tick():
    assert GOOD.budget_ms == pytest.approx(33.3, abs=0.1)
