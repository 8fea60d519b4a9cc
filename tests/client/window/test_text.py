import pytest

from client.draw.text import clipped, line, line_height, showable, width_of, wrapped

MARKS = "Z" + "\u0351\u0323\u0489\u0335" * 75


def test_stacked_marks_stay_in_their_box():
    assert len(showable(MARKS)) == 2
    sprite = line(MARKS, 16, width=110)
    assert sprite.get_width() <= 110
    assert sprite.get_height() <= line_height(16) + 2


@pytest.mark.parametrize("raw", ["a\nb", "a\x00b", "a\u202eb", "a\u200bb", "a\u2028b", "a\ud800b"])
def test_nothing_invisible_is_drawn(raw):
    assert showable(raw) == "ab"


def test_beyond_the_basic_plane_is_replaced():
    assert showable("hi \U0001f600") == "hi ?"


@pytest.mark.parametrize("raw", ["", "\u0301", "\u200d\u200d", "\x07"])
def test_text_without_any_width_is_drawn_as_nothing(raw):
    assert line(raw, 14).get_width() <= 12


@pytest.mark.parametrize("width", [1, 10, 40, 200])
def test_a_line_is_never_wider_than_its_box(width):
    assert line("W" * 300, 18, width=width).get_width() <= width
    assert line("W" * 300, 18, width=width, shadow=True).get_width() <= width + 2


def test_clipping_keeps_the_start_and_says_that_something_is_missing():
    short = clipped("The lantern in the meadow", 16, 90)
    assert short.endswith("…")
    assert "The lantern in the meadow".startswith(short[:-1])
    assert width_of(short, 16) <= 90
    assert clipped("short", 16, 90) == "short"


def test_wrapping_loses_no_word():
    text = "the more you carry the slower you walk and the moths hunt you in the dark"
    lines = wrapped(text, 16, 150)
    assert " ".join(lines) == text
    assert all(width_of(words, 16) <= 150 for words in lines)
    assert len(lines) > 2


def test_a_word_longer_than_its_line_is_clipped():
    assert all(width_of(words, 16) <= 60 for words in wrapped("a " + "W" * 90 + " b", 16, 60))
