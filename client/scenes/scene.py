"""What all scenes share: their shape, and what they stand on."""

from dataclasses import dataclass
from typing import Protocol

import pygame

from client.scenes.memory import Memory
from client.scenes.stay import OpenStay
from client.settings import Settings
from client.sound import Sounds


@dataclass(frozen=True, slots=True)
class Stage:
    """What every scene may use."""

    settings: Settings
    sounds: Sounds
    memory: Memory
    open_stay: OpenStay


class Scene(Protocol):
    """One thing the window can be doing."""

    def enter(self, now: float) -> None:
        """It is shown from now on."""

    def handle(self, event: pygame.event.Event, now: float) -> None:
        """A key, a click, a piece of text."""

    def update(self, now: float) -> "Scene | None":
        """Once a frame; returns the scene that follows, None to stay."""

    def draw(self, target: pygame.Surface, now: float) -> None:
        """Draw one frame."""

    def leave(self) -> None:
        """The window closes: end what runs."""
