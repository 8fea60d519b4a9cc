"""The line: bars and a ping always, whose fault it is when it is bad, all figures with F3."""

from collections.abc import Sequence
from itertools import islice
from typing import Final

import pygame

from client.draw import icons
from client.draw.camera import SCREEN
from client.draw.palette import BAD, FADED, GOOD, PAPER, WARN, Colour
from client.draw.panel import panel, paragraph
from client.draw.picture import Picture
from client.draw.text import wrapped, write
from client.figures import Figures
from client.verdict import Blame

_CORNER: Final = pygame.Rect(SCREEN[0] - 112, 8, 104, 30)
_BOARD: Final = pygame.Rect(SCREEN[0] - 248, 44, 240, 339)
_LEFT: Final = (8, 108)
"""In the lobby it stands there, in place of the lesson: the people are at the right."""
_ROW: Final = 15
_CURVE: Final = 38
_WORDS: Final = pygame.Rect(SCREEN[0] - 318, 46, 310, 34)
_TINTS: Final = {Blame.NOBODY: GOOD, Blame.UNKNOWN: FADED}
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
    rtt = scene.figures.rtt_ms
    words = f"{rtt:.0f} ms" if rtt >= 1 else "< 1 ms"
    if scene.trouble:  # the round trip is one of before
        bars, colour, words = 0, BAD, "silent" if scene.trouble.is_stalled else "no line"
    panel(target, _CORNER)
    sign = icons.signal(bars, colour)
    target.blit(sign, sign.get_rect(midleft=(_CORNER.x + 9, _CORNER.centery)))
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


def draw_words(target: pygame.Surface, scene: Picture) -> None:
    """Whose fault it is, small and without a box, when it is bad and nobody asked."""
    verdict = scene.figures.verdict
    is_told = scene.shows_graph or scene.trouble is not None
    if not verdict.is_bad or is_told or scene.phase not in ("play", "countdown"):
        return
    y = _WORDS.y
    for words in wrapped(verdict.sentence, 13, _WORDS.width):
        spot = (_WORDS.right, y)
        y = write(target, words, spot, 13, WARN, anchor="topright", shadow=True).bottom - 2


def place(scene: Picture) -> pygame.Rect:
    """Where the netgraph is."""
    return pygame.Rect(_LEFT, _BOARD.size) if scene.phase == "lobby" else _BOARD


def draw(target: pygame.Surface, scene: Picture) -> None:
    """The netgraph, in the words of docs/start/play.md."""
    inside = panel(target, place(scene))
    figures = scene.figures
    words = pygame.Rect(inside.x, inside.y - 2, inside.width, _WORDS.height)
    tint = _TINTS.get(figures.verdict.blame, WARN)
    paragraph(target, figures.verdict.sentence, words, 13, tint)
    y = words.bottom + 2
    for samples, name, top in (
        (figures.rtts, "there and back", 200),
        (figures.gaps, "from picture to picture", 150),
    ):
        _curve(target, pygame.Rect(inside.x, y, inside.width, _CURVE), samples, name, top)
        y += _CURVE + 5
    for label, value in _rows(figures):
        write(target, label, (inside.x, y), 13, FADED)
        write(target, value, (inside.right, y), 13, PAPER, anchor="topright", width=120)
        y += _ROW


def _rows(figures: Figures) -> tuple[tuple[str, str], ...]:
    late = "does not say" if figures.late_ms is None else f"{figures.late_ms} ms"
    return (
        ("key to screen", f"{figures.echo_ms:.0f} ms"),
        ("age of the picture", f"{figures.stale_ms:.0f} ms"),
        ("others are shown late by", f"{figures.delay_ms:.0f} ms"),
        ("pictures come late by", f"{figures.jitter_ms:.0f} ms"),
        ("pictures a second", f"{figures.snapshots_per_s:.1f}"),
        ("left out / a second", f"{figures.skipped} / {figures.skipped_per_s:.1f}"),
        ("steps put right", f"{figures.mispredictions}"),
        ("keys waiting / clock", f"{figures.wait_ticks:.1f} / {figures.clock_rate - 1:+.1%}"),
        ("lines got back", f"{figures.resumes}"),
        ("received", f"{_size(figures.bytes_in)}, {figures.in_per_s / 1e3:.1f} KB/s"),
        ("sent", f"{_size(figures.bytes_out)}, {figures.out_per_s / 1e3:.1f} KB/s"),
        ("tick / ticks a second", f"{figures.tick} / {figures.ticks_per_s:.1f}"),
        ("the server is late by", late),
        ("drawn a second", f"{figures.fps:.0f}"),
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
