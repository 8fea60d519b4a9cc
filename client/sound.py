"""Short sounds, computed; silence where there is no audio device."""

import math
import os
import random
import sys
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

import pygame

RATE: Final = 22_050

Wave = Callable[[float], float]
"""Seconds since the start to -1..1."""

_ERRORS: Final = 2  # the descriptor that C libraries write their errors to
_HUSH_S: Final = 0.06
"""The same sound is not started twice within so long."""


def _sine(hertz: float) -> Wave:
    return lambda t: math.sin(math.tau * hertz * t)


def _soft_square(hertz: float) -> Wave:
    return lambda t: math.tanh(3 * math.sin(math.tau * hertz * t)) * 0.7


def _glide(start: float, end: float, seconds: float) -> Wave:
    """A tone that slides from one pitch to another."""
    slope = (end - start) / seconds
    return lambda t: math.sin(math.tau * (start * t + slope * t * t / 2))


def _bell(hertz: float, bright: float = 2.76) -> Wave:
    """Frequency modulation that dies away: a small bell."""

    def wave(t: float) -> float:
        inner = math.sin(math.tau * hertz * bright * t) * 2.2 * math.exp(-9 * t)
        return math.sin(math.tau * hertz * t + inner)

    return wave


def _noise(seed: int) -> Wave:
    chance = random.Random(seed)
    return lambda _: chance.uniform(-1, 1)


def _mix(*parts: tuple[float, Wave, float]) -> Wave:
    """Waves by (start in seconds, wave, loudness)."""

    def wave(t: float) -> float:
        return sum(loud * part(t - start) for start, part, loud in parts if t >= start)

    return wave


def samples(wave: Wave, seconds: float, loudness: float, decay: float) -> bytes:
    """A wave with a soft attack and an exponential end, as signed 16 bit."""
    count = int(seconds * RATE)
    out = array("h", bytes(2 * count))
    for index in range(count):
        t = index / RATE
        shape = min(1.0, t / 0.004) * math.exp(-decay * t) * min(1.0, (count - index) / 300)
        out[index] = round(32_000 * max(-1.0, min(1.0, wave(t) * shape * loudness)))
    return out.tobytes()


_RECIPES: Final[dict[str, tuple[Wave, float, float, float]]] = {
    "wood": (_mix((0, _noise(1), 0.5), (0, _glide(220, 90, 0.12), 0.9)), 0.13, 0.5, 26),
    "stone": (_mix((0, _noise(2), 0.6), (0, _bell(620, 1.41), 0.6)), 0.16, 0.4, 24),
    "glimmer": (_mix((0, _bell(1180), 0.6), (0.07, _bell(1570), 0.6)), 0.5, 0.35, 7),
    "deposit": (
        _mix((0, _bell(523), 0.5), (0.08, _bell(659), 0.5), (0.16, _bell(784), 0.6)), 0.7, 0.42, 5,
    ),
    "dash": (_mix((0, _noise(3), 0.7), (0, _glide(300, 760, 0.18), 0.3)), 0.2, 0.32, 15),
    "bitten": (_mix((0, _soft_square(140), 0.6), (0.05, _glide(420, 110, 0.3), 0.6)), 0.4, 0.5, 8),
    "drop": (_glide(360, 160, 0.18), 0.2, 0.35, 14),
    "level": (
        _mix((0, _bell(392), 0.5), (0.1, _bell(523), 0.5), (0.2, _bell(659), 0.5),
             (0.3, _bell(1046), 0.6)), 1.0, 0.42, 3.4,
    ),
    "warning": (_mix((0, _bell(880), 0.5), (0.22, _bell(880), 0.5)), 0.7, 0.35, 5),
    "star": (_mix((0, _noise(4), 0.5), (0, _glide(1500, 120, 0.9), 0.5)), 1.0, 0.5, 3.6),
    "ready": (_mix((0, _sine(660), 0.5), (0.07, _sine(880), 0.5)), 0.2, 0.3, 12),
    "count": (_soft_square(520), 0.12, 0.22, 20),
    "go": (_soft_square(780), 0.35, 0.26, 8),
    "chat": (_sine(990), 0.08, 0.2, 30),
    "point": (_mix((0, _bell(740), 0.6), (0.1, _bell(988), 0.6)), 0.4, 0.3, 8),
    "low": (_mix((0, _sine(330), 0.6), (0.14, _sine(262), 0.6)), 0.4, 0.32, 8),
    "end": (
        _mix((0, _bell(392), 0.5), (0.14, _bell(494), 0.5), (0.28, _bell(587), 0.6)), 1.1, 0.42, 3,
    ),
}  # fmt: skip
NAMES: Final = tuple(_RECIPES)


class Sounds:
    """Plays sounds by name. Without an audio device every call does nothing."""

    def __init__(self, volume: int) -> None:
        self.is_muted = volume == 0
        self._volume = max(0, min(100, volume or 60)) / 100
        self._made: dict[str, pygame.mixer.Sound] = {}
        self._last: dict[str, float] = {}
        self.has_device = _open_mixer()

    def toggle(self) -> None:
        """Mute, or not."""
        self.is_muted = not self.is_muted

    def play(self, name: str, now: float, loudness: float = 1.0) -> None:
        """Play one sound; `loudness` 0..1 makes what is far away quiet."""
        if self.is_muted or not self.has_device or loudness <= 0.02:
            return
        if now - self._last.get(name, -1.0) < _HUSH_S:
            return
        self._last[name] = now
        sound = self._sound(name)
        sound.set_volume(self._volume * min(1.0, loudness))
        sound.play()

    def close(self) -> None:
        """Give the device back."""
        if self.has_device:
            pygame.mixer.quit()
            self.has_device = False

    def _sound(self, name: str) -> pygame.mixer.Sound:
        if name not in self._made:
            self._made[name] = pygame.mixer.Sound(buffer=samples(*_RECIPES[name]))
        return self._made[name]


def _open_mixer() -> bool:
    try:
        with _hushed():
            pygame.mixer.init(RATE, -16, 1, 512, allowedchanges=0)
    except (pygame.error, NotImplementedError):  # no device, or a pygame without a mixer
        return False
    return True


@contextmanager
def _hushed() -> Iterator[None]:
    """ALSA writes to the terminal by itself that there is no sound card: nobody's problem."""
    kept = _redirect_errors() if sys.platform == "linux" else None
    try:
        yield
    finally:
        if kept is not None:
            os.dup2(kept, _ERRORS)
            os.close(kept)


def _redirect_errors() -> int | None:
    """Errors go nowhere from here on; the descriptor where they went, None if they still do."""
    with suppress(OSError):  # no such descriptor: nothing to hush
        kept = os.dup(_ERRORS)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, _ERRORS)
        os.close(nowhere)
        return kept
    return None
