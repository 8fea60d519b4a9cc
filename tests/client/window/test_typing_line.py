import pygame
import pytest

from client.scenes import typing_line
from client.scenes.name_length import name_length
from client.scenes.typing_line import TypingLine
from game import names


def typed(text):
    return pygame.event.Event(pygame.TEXTINPUT, text=text)


def key(code, mod=0):
    return pygame.event.Event(pygame.KEYDOWN, key=code, mod=mod, unicode="")


def test_letters_come_from_text_input_in_any_script():
    line = TypingLine()
    for letters in ("Ада", " ", "é", "漢"):
        assert line.handle(typed(letters))
    assert line.text == "Ада é漢"


def test_backspace_takes_one_letter_and_with_control_a_word():
    line = TypingLine("hello big world")
    line.handle(key(pygame.K_BACKSPACE))
    assert line.text == "hello big worl"
    line.handle(key(pygame.K_BACKSPACE, pygame.KMOD_LCTRL))
    assert line.text == "hello big"
    line.handle(key(pygame.K_u, pygame.KMOD_LCTRL))
    assert line.text == ""
    line.handle(key(pygame.K_BACKSPACE))
    assert line.text == ""


def test_no_more_than_there_is_room_for():
    line = TypingLine(at_most=5)
    line.handle(typed("abcdefg"))
    assert line.text == "abcde"
    line.handle(typed("x"))
    assert line.text == "abcde"


def test_a_paste_over_several_lines_becomes_one(monkeypatch):
    monkeypatch.setattr(typing_line, "clipboard", lambda: "one\r\ntwo\x00\x1b[31m")
    line = TypingLine()
    assert line.handle(key(pygame.K_v, pygame.KMOD_LCTRL))
    assert line.text == "one two[31m"


@pytest.mark.parametrize("code", [pygame.K_RETURN, pygame.K_ESCAPE, pygame.K_TAB, pygame.K_v])
def test_other_keys_are_not_its_business(code):
    line = TypingLine("kept")
    assert not line.handle(key(code))
    assert line.text == "kept"


def test_an_empty_clipboard_is_empty_text():
    assert isinstance(typing_line.clipboard(), str)


def test_a_text_that_does_not_fit_is_cut_and_that_can_be_told():
    line = TypingLine(at_most=5)
    line.handle(typed("abcde"))
    assert (line.is_full, line.is_cut) == (True, False)
    line.handle(typed("f"))
    assert (line.text, line.is_cut) == ("abcde", True)
    line.handle(key(pygame.K_BACKSPACE))
    assert (line.text, line.is_full, line.is_cut) == ("abcd", False, False)


def test_typing_replaces_what_is_selected():
    for replacing, left in ((typed("x"), "x"), (key(pygame.K_DELETE), "")):
        line = TypingLine("hello")
        assert line.handle(key(pygame.K_a, pygame.KMOD_LCTRL))
        assert line.is_selected
        assert line.handle(replacing)
        assert (line.text, line.is_selected) == (left, False)


def test_marks_typed_one_by_one_do_not_pile_up():
    line = TypingLine()
    for letter in "a\u0351\u0323\u0489\u0335":
        line.handle(typed(letter))
    assert len(line.text) <= 2


@pytest.mark.parametrize(
    "text", ["Ada", "  Ada  Love ", "e\u0301e\u0301", "\ufb01\ufb01", "\u2764\ufe0f",
             "漢字\u3000漢", "\u2800a", "\u34fa\u034fz", "\U0001f600" * 16]
)  # fmt: skip
def test_a_name_is_counted_as_the_rules_count_it(text):
    ends_in_space = text[-1].isspace()
    assert name_length(text) == len(names.clean(text)) + ends_in_space


def test_spaces_at_the_end_fill_a_name_like_letters():
    line = TypingLine("", names.LENGTH_MAX, name_length)
    for letter in "a" + " " * 40:
        line.handle(typed(letter))
    assert len(line.text) == names.LENGTH_MAX


def test_a_name_as_long_as_typing_allows_is_allowed():
    for letters in ("\ufb01", "e\u0301", "W", "\U0001f600", "\ufdfa"):
        line = TypingLine("", names.LENGTH_MAX, name_length)
        for letter in letters * 60:
            line.handle(typed(letter))
        assert line.is_cut
        assert names.clean(line.text or "-")
