"""Keeps rendered ground and renders what comes into view, a little in every frame."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from time import perf_counter
from typing import Final

import pygame

from client.draw.camera import SCREEN, Camera
from client.draw.canvas import Canvas
from client.draw.ground import CHUNK, PX, patch, render, sketch
from client.draw.litter import chance
from client.draw.palette import FOG
from client.draw.texture import SIDE
from game.terrain import Terrain, Tile

_BUDGET_S: Final = 0.005
"""Rendering stops for this frame after so long: ground may come late, a frame may not."""

_AHEAD: Final = 3
"""Chunks around the view are looked at in every so many frames."""

_KEPT: Final = 96  # chunks, 256 KiB each
_GLINTS: Final = 8  # pictures of a glint coming and going


@dataclass(slots=True)
class _Chunk:
    tiles: bytes
    picture: pygame.Surface
    water: tuple[tuple[int, int, int], ...]  # pixel of the chunk, and when it glints
    used: int = 0


class Chunks:
    """The ground near the camera."""

    def __init__(self) -> None:
        self._chunks: dict[tuple[int, int], _Chunk] = {}
        self._frame = 0

    def draw(
        self, target: pygame.Surface, terrain: Terrain, camera: Camera, now: float, *, all_now: bool
    ) -> None:
        """Draw what is ready, and sketches of the rest.

        `all_now` renders everything in view at once, however long.
        """
        self._frame += 1
        late = self._refresh(terrain, camera, all_now=all_now)
        target.fill(FOG)
        for cx, cy in _in_view(camera, terrain.size, 0):
            chunk, tiles = self._chunks.get((cx, cy)), late.get((cx, cy))
            corner = (cx * SIDE - camera.left, cy * SIDE - camera.top)
            if tiles and (chunk is None or Tile.UNKNOWN in chunk.tiles):
                target.blit(sketch(tiles), corner)
            elif chunk:
                chunk.used = self._frame
                target.blit(chunk.picture, corner)
                _glint(target, chunk, corner, now)
        self._forget()

    def _refresh(
        self, terrain: Terrain, camera: Camera, *, all_now: bool
    ) -> dict[tuple[int, int], bytes]:
        """Render for as long as a frame may; returns the tiles of chunks that must wait."""
        late: dict[tuple[int, int], bytes] = {}
        until, is_over = perf_counter() + _BUDGET_S, False
        # What is seen first; now and then what will be seen next.
        for margin in (0, 1) if self._frame % _AHEAD == 0 or all_now else (0,):
            for place in _in_view(camera, terrain.size, margin):
                tiles = patch(terrain, *place)
                known = self._chunks.get(place)
                if known and known.tiles == tiles:
                    continue
                if is_over:
                    late[place] = tiles
                    continue
                picture = render(tiles, *place)
                self._chunks[place] = _Chunk(tiles, picture, _water(tiles, *place), self._frame)
                is_over = perf_counter() > until and not all_now
        return late

    def _forget(self) -> None:
        if len(self._chunks) > _KEPT:
            oldest = min(self._chunks, key=lambda place: self._chunks[place].used)
            del self._chunks[oldest]


def _in_view(camera: Camera, size: int, margin: int) -> Iterator[tuple[int, int]]:
    last = (size - 1) // CHUNK
    left, top = camera.left // SIDE - margin, camera.top // SIDE - margin
    right = (camera.left + SCREEN[0] - 1) // SIDE + margin
    bottom = (camera.top + SCREEN[1] - 1) // SIDE + margin
    for cy in range(max(0, top), min(last, bottom) + 1):
        for cx in range(max(0, left), min(last, right) + 1):
            yield cx, cy


def _water(tiles: bytes, cx: int, cy: int) -> tuple[tuple[int, int, int], ...]:
    """Places on a chunk's water where the light plays."""
    side, found = CHUNK + 2, []
    for ty in range(CHUNK):
        for tx in range(CHUNK):
            place = (ty + 1) * side + tx + 1
            if tiles[place] == Tile.WATER == tiles[place - 1] == tiles[place + 1]:
                wx, wy = cx * CHUNK + tx, cy * CHUNK + ty
                spot = (tx * PX + chance(wx, wy, 7) % 12, ty * PX + chance(wx, wy, 8) % 24)
                found.append((*spot, chance(wx, wy, 9) % 256))
    return tuple(found)


def _glint(target: pygame.Surface, chunk: _Chunk, corner: tuple[int, int], now: float) -> None:
    for x, y, phase in chunk.water:
        turn = (now * 0.22 + phase / 256) % 1.0
        if turn < 0.5:
            picture = glint(int(turn * 2 * _GLINTS))
            drift = round(math.sin(now * 0.8 + phase) * 2)
            target.blit(picture, (corner[0] + x + drift, corner[1] + y))


@cache
def glint(step: int) -> pygame.Surface:
    """One moment of a wave catching the light."""
    art = Canvas(24, 8, (150, 200, 226))
    power = math.sin(math.pi * (step + 0.5) / _GLINTS)
    half = 3 + 7 * power
    art.ellipse((12, 3), (half, 0.9), (176, 216, 232), alpha=round(150 * power))
    art.ellipse((13, 5.4), (half * 0.55, 0.7), (176, 216, 232), alpha=round(110 * power))
    return art.sprite()
