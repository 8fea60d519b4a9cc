"""The line: bars and a ping always, all figures with F3."""

from collections.abc import Sequence
from itertools import islice
from typing import Final

import pygame

from client.draw import icons
from client.draw.camera import SCREEN
from client.draw.palette import BAD, FADED, GOOD, PAPER, WARN, Colour
from client.draw.panel import panel
from client.draw.picture import Picture
from client.draw.text import write

_CORNER: Final = pygame.Rect(SCREEN[0] - 112, 8, 104, 30)
_BOARD: Final = pygame.Rect(SCREEN[0] - 248, 44, 240, 284)
_LEFT: Final = (8, 108)
"""In the lobby it stands there, in place of the lesson: the people are at the right."""
_ROW: Final = 16
_SIGN_WIDTH: Final = 190
_BARS_MS: Final = (80, 150, 300)
_SAMPLES: Final = 110


def quality(rtt_ms: float, stale_ms: float) -> tuple[int, Colour]:
    """How many of four bars, and their colour."""
    worst = max(rtt_ms, stale_ms - 100)
    bars = 4 - sum(worst > edge for edge in _BARS_MS)
    return bars, (BAD, BAD, WARN, GOOD, GOOD)[bars]


def draw_signal(target: pygame.Surface, scene: Picture) -> None:
    """Bars and ping in the corner."""
    bars, colour = quality(scene.figures.rtt_ms, scene.figures.stale_ms)
    panel(target, _CORNER)
    sign = icons.signal(bars, colour)
    target.blit(sign, sign.get_rect(midleft=(_CORNER.x + 9, _CORNER.centery)))
    rtt = scene.figures.rtt_ms
    words = f"{rtt:.0f} ms" if rtt >= 1 else "< 1 ms"
    write(
        target,
        words,
        (_CORNER.right - 10, _CORNER.centery),
        15,
        colour,
        anchor="midright",
        width=64,
    )
    beside = (_CORNER.x - 8, _CORNER.centery)
    if scene.muted:
        write(target, "sound off (M)", beside, 13, FADED, anchor="midright", shadow=True)
    if scene.network:
        _draw_simulated(target, scene)


def _draw_simulated(target: pygame.Surface, scene: Picture) -> None:
    """Nobody shall blame the server, or their Wi-Fi, for what they switched on themselves."""
    spot = (_CORNER.x - 8, _CORNER.centery + (14 if scene.muted else 0))
    words = f"simulated line: {scene.network}"
    write(target, words, spot, 13, WARN, anchor="midright", shadow=True, width=_SIGN_WIDTH)


def place(scene: Picture) -> pygame.Rect:
    """Where the netgraph is."""
    return pygame.Rect(_LEFT, _BOARD.size) if scene.phase == "lobby" else _BOARD


def draw(target: pygame.Surface, scene: Picture) -> None:
    """The netgraph, in the words of docs/start/play.md."""
    inside = panel(target, place(scene), 225)
    figures = scene.figures
    y = inside.y
    _curve(target, pygame.Rect(inside.x, y, inside.width, 44), figures.rtts, "there and back", 200)
    y += 50
    _curve(
        target,
        pygame.Rect(inside.x, y, inside.width, 44),
        figures.gaps,
        "from picture to picture",
        150,
    )
    y += 51
    for label, value in _rows(scene):
        write(target, label, (inside.x, y), 13, FADED)
        write(target, value, (inside.right, y), 13, PAPER, anchor="topright", width=100)
        y += _ROW


def _rows(scene: Picture) -> tuple[tuple[str, str], ...]:
    figures = scene.figures
    return (
        ("key to screen", f"{figures.echo_ms:.0f} ms"),
        ("age of the picture", f"{figures.stale_ms:.0f} ms"),
        ("others are shown late by", f"{figures.delay_ms:.0f} ms"),
        ("pictures come late by", f"{figures.jitter_ms:.0f} ms"),
        ("pictures / left out", f"{figures.snapshots} / {figures.skipped}"),
        ("steps put right", f"{figures.mispredictions}"),
        ("keys waiting / clock", f"{figures.wait_ticks:.1f} / {figures.clock_rate - 1:+.1%}"),
        ("lines got back", f"{figures.resumes}"),
        ("received / sent", f"{_size(figures.bytes_in)} / {_size(figures.bytes_out)}"),
        ("a second: server / screen", f"{scene.rules.tick_hz} / {scene.fps:.0f}"),
    )


def _curve(
    target: pygame.Surface, place: pygame.Rect, samples: Sequence[float], name: str, top: int
) -> None:
    """The newest samples as columns, newest at the right; `top` milliseconds fill the height."""
    pygame.draw.rect(target, (16, 15, 28), place, border_radius=4)
    shown = list(islice(reversed(samples), _SAMPLES))
    for back, value in enumerate(shown):
        high = min(place.height - 2, max(1, round(value / top * (place.height - 2))))
        colour = GOOD if value < top * 0.4 else WARN if value < top * 0.75 else BAD
        x = place.right - 2 - back * 2
        pygame.draw.line(target, colour, (x, place.bottom - 2), (x, place.bottom - 1 - high))
    newest = f"{shown[0]:.0f} ms" if shown else "-"
    write(target, name, (place.x + 5, place.y + 2), 12, FADED, shadow=True)
    write(target, newest, (place.right - 5, place.y + 2), 12, PAPER, anchor="topright", shadow=True)


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1_000_000 else f"{count / 1e3:.0f} KB"
