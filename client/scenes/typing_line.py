"""A line of text that somebody types: letters from TEXTINPUT, paste, nothing lost."""

import contextlib

import pygame

from client.draw.text import showable

_COMMAND = pygame.KMOD_CTRL | pygame.KMOD_META


class TypingLine:
    """The text so far; typing happens at its end."""

    def __init__(self, text: str = "", at_most: int = 200) -> None:
        self._at_most = at_most
        self.text = ""
        self.insert(text)

    def insert(self, text: str) -> None:
        """Put text at the end, without control characters, as far as there is room."""
        flat = " ".join(text.split("\n")) if "\n" in text else text
        self.text = (self.text + showable(flat, self._at_most))[: self._at_most]

    def replace(self, text: str) -> None:
        """Another text instead."""
        self.text = ""
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
        if key == pygame.K_BACKSPACE:
            shorter = self.text.rstrip().rpartition(" ")[0] if commanded else self.text[:-1]
            self.text = shorter
        elif commanded and key == pygame.K_v:
            self.insert(clipboard())
        elif commanded and key in (pygame.K_u, pygame.K_x):
            self.text = ""
        else:
            return False
        return True


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
