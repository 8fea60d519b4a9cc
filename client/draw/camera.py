"""Where the window looks: tiles to pixels."""

import math
from dataclasses import dataclass
from typing import Final

from client.draw.ground import PX

SCREEN: Final = (960, 540)
"""The window's own pixels; the system scales them to any window."""

_MARGIN: Final = 3.0  # tiles of nothing that may be seen beyond the map's edge


@dataclass(frozen=True, slots=True)
class Camera:
    """The pixel of the world that is the top left of the screen."""

    left: int
    top: int

    @classmethod
    def on(cls, x: float, y: float, size: int, shake: float = 0.0, now: float = 0.0) -> "Camera":
        """Look at (x, y) in tiles on a map of `size`; `shake` in pixels."""
        half_x, half_y = SCREEN[0] / 2 / PX, SCREEN[1] / 2 / PX
        x = _within(x, half_x - _MARGIN, size - half_x + _MARGIN)
        y = _within(y, half_y - _MARGIN, size - half_y + _MARGIN)
        dx, dy = shake * math.sin(now * 61), shake * math.sin(now * 53 + 1)
        return cls(round((x - half_x) * PX + dx), round((y - half_y) * PX + dy))

    def spot(self, x: float, y: float) -> tuple[int, int]:
        """The screen pixel of a point in tiles."""
        return round(x * PX) - self.left, round(y * PX) - self.top

    def sees(self, x: float, y: float, margin: float = 2.0) -> bool:
        """Whether a point in tiles is on the screen or within `margin` tiles of it."""
        sx, sy = x * PX - self.left, y * PX - self.top
        edge = margin * PX
        return -edge <= sx <= SCREEN[0] + edge and -edge <= sy <= SCREEN[1] + edge


def _within(value: float, low: float, high: float) -> float:
    return (low + high) / 2 if low > high else min(max(value, low), high)
