import pygame
import pytest

from client.scenes import typing_line
from client.scenes.typing_line import TypingLine


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
