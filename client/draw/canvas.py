"""Smooth shapes: drawn large, shrunk once, kept as a sprite."""

from collections.abc import Sequence
from typing import Final

import pygame

from client.draw.palette import INK, Colour

_FINE: Final = 4
"""How many times larger a sprite is drawn than it is shown: this is all the anti-aliasing."""

Point = tuple[float, float]


class Canvas:
    """A transparent drawing board in sprite pixels (floats), for sprites that are made once."""

    def __init__(self, width: int, height: int, fringe: Colour = INK) -> None:
        self.size = (width, height)
        self._board = pygame.Surface((width * _FINE, height * _FINE), pygame.SRCALPHA)
        # Shrinking mixes in the colour of see-through pixels too: black would leave dirty edges.
        self._board.fill((*fringe, 0))

    def ellipse(
        self, centre: Point, radii: Point, colour: Colour, outline: float = 0, alpha: int = 255
    ) -> None:
        """A filled ellipse; `outline` pixels of ink around it."""
        if outline:
            self.ellipse(centre, (radii[0] + outline, radii[1] + outline), INK)
        (x, y), (rx, ry) = centre, radii
        box = [round(v * _FINE) for v in (x - rx, y - ry, 2 * rx, 2 * ry)]
        pygame.draw.ellipse(self._board, (*colour, alpha), pygame.Rect(box))

    def circle(self, centre: Point, radius: float, colour: Colour, outline: float = 0) -> None:
        """A filled disc."""
        self.ellipse(centre, (radius, radius), colour, outline)

    def polygon(self, points: Sequence[Point], colour: Colour, outline: float = 0) -> None:
        """A filled polygon with round corners where it is outlined."""
        if outline:
            for start, end in zip(points, [*points[1:], points[0]], strict=True):
                self.line(start, end, 2 * outline, INK)
        pygame.draw.polygon(self._board, colour, [(x * _FINE, y * _FINE) for x, y in points])

    def line(self, start: Point, end: Point, width: float, colour: Colour) -> None:
        """A line with round ends."""
        a, b = pygame.Vector2(start) * _FINE, pygame.Vector2(end) * _FINE
        half = width * _FINE / 2
        for point in (a, b):
            pygame.draw.circle(self._board, colour, point, half)
        if a != b:
            side = (b - a).normalize().rotate(90) * half
            pygame.draw.polygon(self._board, colour, [a + side, b + side, b - side, a - side])

    def rect(  # noqa: PLR0913, PLR0917 - a box and how it looks
        self, x: float, y: float, size: Point, colour: Colour, radius: float = 0, outline: float = 0
    ) -> None:
        """A filled rectangle with corners of `radius`."""
        if outline:
            grown = (size[0] + 2 * outline, size[1] + 2 * outline)
            self.rect(x - outline, y - outline, grown, INK, radius + outline)
        box = pygame.Rect([round(v * _FINE) for v in (x, y, *size)])
        pygame.draw.rect(self._board, colour, box, border_radius=round(radius * _FINE))

    def erase(self, centre: Point, radius: float) -> None:
        """A hole."""
        x, y = centre
        pygame.draw.circle(
            self._board, (*INK, 0), (round(x * _FINE), round(y * _FINE)), radius * _FINE
        )

    def sprite(self) -> pygame.Surface:
        """What was drawn, at its real size."""
        return pygame.transform.smoothscale(self._board, self.size)
