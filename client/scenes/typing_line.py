"""A line of text that somebody types: letters from TEXTINPUT, paste, nothing lost."""

import contextlib
from collections.abc import Callable
from typing import Final

import pygame

from client.draw.text import showable

_SPARE: Final = 4
"""Characters kept for each that counts: some are invisible, or become one with another."""
_COMMAND = pygame.KMOD_CTRL | pygame.KMOD_META


class TypingLine:
    """The text so far; typing happens at its end, or in place of all of it when it is selected.

    `length` counts what counts towards `at_most`. `is_cut`: the last text did not fit whole.
    """

    def __init__(
        self, text: str = "", at_most: int = 200, length: Callable[[str], int] = len
    ) -> None:
        self.at_most = at_most
        self._length = length
        self.text = ""
        self.is_selected = False
        self.is_cut = False
        self.insert(text)

    @property
    def length(self) -> int:
        """How much of `at_most` is used."""
        return self._length(self.text)

    @property
    def is_full(self) -> bool:
        """Nothing more fits."""
        return self.length >= self.at_most

    def select(self) -> None:
        """Take all of it: what comes next replaces it."""
        self.is_selected = bool(self.text)

    def insert(self, text: str) -> None:
        """Put text at the end, without control characters, as far as there is room."""
        if self.is_selected:
            self._empty()
        room = _SPARE * self.at_most
        whole = showable(self.text + " ".join(text.split("\n")), room)
        self.is_cut = len(self.text) + len(text) > room or self._length(whole) > self.at_most
        while self._length(whole) > self.at_most:
            whole = whole[: min(len(whole) - 1, room)]
        self.text = whole

    def replace(self, text: str) -> None:
        """Another text instead."""
        self._empty()
        self.insert(text)

    def handle(self, event: pygame.event.Event) -> bool:
        """Whether the event was for this line."""
        if event.type == pygame.TEXTINPUT:
            self.insert(event.text)
            return True
        if event.type != pygame.KEYDOWN:
            return False
        return self._key(event.key, event.mod)

    def _key(self, key: int, mod: int) -> bool:
        commanded = bool(mod & _COMMAND)
        if key in (pygame.K_BACKSPACE, pygame.K_DELETE) and self.is_selected:
            self._empty()
        elif key == pygame.K_BACKSPACE:
            shorter = self.text.rstrip().rpartition(" ")[0] if commanded else self.text[:-1]
            self.text, self.is_cut = shorter, False
        elif commanded and key == pygame.K_a:
            self.select()
        elif commanded and key == pygame.K_v:
            self.insert(clipboard())
        elif commanded and key in (pygame.K_u, pygame.K_x):
            self._empty()
        else:
            return False
        return True

    def _empty(self) -> None:
        self.text, self.is_selected, self.is_cut = "", False, False


def begin_typing() -> None:
    """Keys become letters, and a held key repeats."""
    pygame.key.start_text_input()
    pygame.key.set_repeat(400, 40)


def end_typing() -> None:
    """Keys are keys again; none repeats, or R held down would say ready, not ready, ready."""
    pygame.key.stop_text_input()
    pygame.key.set_repeat()


def clipboard() -> str:
    """The text in the clipboard, empty when there is none."""
    if hasattr(pygame.scrap, "get_text"):  # pygame-ce
        with contextlib.suppress(pygame.error):
            return str(pygame.scrap.get_text())
        return ""
    with contextlib.suppress(pygame.error, AttributeError):  # upstream pygame
        pygame.scrap.init()
        raw = pygame.scrap.get("text/plain;charset=utf-8") or pygame.scrap.get("text/plain")
        return raw.decode("utf-8", "replace").rstrip("\0") if raw else ""
    return ""
