"""Which keys are held, and what they mean."""

from typing import Final

import pygame

from game.body import Keys

_HELD: Final = {
    pygame.K_w: Keys.UP,
    pygame.K_UP: Keys.UP,
    pygame.K_s: Keys.DOWN,
    pygame.K_DOWN: Keys.DOWN,
    pygame.K_a: Keys.LEFT,
    pygame.K_LEFT: Keys.LEFT,
    pygame.K_d: Keys.RIGHT,
    pygame.K_RIGHT: Keys.RIGHT,
    pygame.K_SPACE: Keys.DASH,
}
_WORK: Final = (pygame.K_e, -1)  # -1: the left mouse button
_SIDES: Final = ((Keys.UP, Keys.DOWN), (Keys.LEFT, Keys.RIGHT))


class Keyboard:
    """Follows KEYDOWN and KEYUP, so that a key is never stuck or lost between two frames."""

    def __init__(self) -> None:
        self._down: set[int] = set()

    def handle(self, event: pygame.event.Event) -> None:
        """Take in one event."""
        if event.type == pygame.KEYDOWN:
            self._down.add(event.key)
        elif event.type == pygame.KEYUP:
            self._down.discard(event.key)
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            self._down.add(-1)
        elif event.type == pygame.MOUSEBUTTONUP and event.button == 1:
            self._down.discard(-1)
        elif event.type in (pygame.WINDOWFOCUSLOST, pygame.WINDOWMINIMIZED):
            self.let_go()

    def let_go(self) -> None:
        """Nothing is held any more: the window lost the keyboard, or somebody types."""
        self._down.clear()

    @property
    def keys(self) -> Keys:
        """What is held; opposite directions cancel each other."""
        held = Keys(0)
        for key in self._down:
            held |= _HELD.get(key, Keys(0))
        for one, other in _SIDES:
            if one in held and other in held:
                held &= ~(one | other)
        return held

    @property
    def is_working(self) -> bool:
        """The player wants to take what is near."""
        return any(key in self._down for key in _WORK)

    def is_held(self, key: int) -> bool:
        """Whether one key is down."""
        return key in self._down
