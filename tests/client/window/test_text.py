import pygame
import pytest

from client.draw import typeface
from client.draw.text import clipped, line, line_height, showable, width_of, wrapped

PLACEHOLDER = typeface.PLACEHOLDER
MARKS = "Z" + "\u0351\u0323\u0489\u0335" * 75


def test_stacked_marks_stay_in_their_box():
    assert len(showable(MARKS)) == 2
    sprite = line(MARKS, 16, width=110)
    assert sprite.get_width() <= 110
    assert sprite.get_height() <= line_height(16) + 2


@pytest.mark.parametrize("raw", ["a\nb", "a\x00b", "a\u202eb", "a\u200bb", "a\u2028b", "a\ud800b"])
def test_nothing_invisible_is_drawn(raw):
    assert showable(raw) == "ab"


def test_letters_of_any_plane_are_kept():
    assert showable("hi \U0001f600 \u6f22") == "hi \U0001f600 \u6f22"


def test_a_letter_that_no_font_knows_is_a_placeholder_and_not_a_question(monkeypatch):
    monkeypatch.setattr(typeface, "_system_paths", tuple)
    typeface._choice.cache_clear()
    assert typeface.runs("a\u6f22\U0001f600b") == (("", f"a{PLACEHOLDER}{PLACEHOLDER}b"),)
    typeface._choice.cache_clear()


def test_a_font_of_the_system_draws_what_the_bundled_one_lacks(monkeypatch):
    monkeypatch.setattr(typeface, "_draws", lambda path, _cluster: path == "/far.ttf")
    monkeypatch.setattr(typeface, "_system_paths", lambda: ("/near.ttf", "/far.ttf"))
    typeface._choice.cache_clear()
    assert typeface.runs("hi \u6f22\u5b57!") == (
        ("", "hi "),
        ("/far.ttf", "\u6f22\u5b57"),
        ("", "!"),
    )
    typeface._choice.cache_clear()


@pytest.mark.parametrize(
    "letter", ["a", "\u00e9", "\u0416", "\u03b4", "\u2026", "\u00c5", "\u03b7", PLACEHOLDER]
)
def test_the_bundled_font_comes_first(letter):
    assert typeface.runs(letter) == (("", letter),)


@pytest.mark.parametrize("text", ["Z\u0351" * 16, "g\u0323" * 16, "\u0351" * 9, "x\u20dd" * 8])
def test_marks_move_no_letter_out_of_its_line(text):
    """The letters stand where they stand without marks, so that their feet are seen."""
    bare = "".join(letter for letter in text if letter.isascii())
    drawn, plain = line(text, 17), line(bare or "a", 17)
    assert drawn.get_height() <= plain.get_height() + 1
    if bare:
        feet = [
            pygame.mask.from_surface(sprite, 90).get_bounding_rects() for sprite in (drawn, plain)
        ]
        lowest = [max(box.bottom for box in boxes) for boxes in feet]
        assert lowest[0] >= lowest[1] - 1


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
