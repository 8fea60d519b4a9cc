"""The night behind the first window: sky, hills, woods, a lantern, and what flies around it."""

import math
import random
from functools import cache
from typing import Final

import pygame

from client.draw import beacon, people, things
from client.draw.camera import SCREEN
from client.draw.light import Dusk, Lights
from client.draw.palette import Colour, mixed
from client.draw.texture import ground
from game.nodes import NodeKind

_LAMP: Final = (196, 398)
"""Where the lantern stands."""

_SKY: Final[tuple[Colour, ...]] = ((18, 18, 44), (44, 36, 78), (104, 64, 104), (196, 110, 98))
_HORIZON: Final = 330
_AIR: Final = Lights()


@cache
def _still() -> pygame.Surface:
    """All that does not move."""
    board = pygame.Surface(SCREEN)
    for y in range(SCREEN[1]):
        share = min(0.999, y / _HORIZON) * (len(_SKY) - 1)
        step = int(share)
        pygame.draw.line(
            board, mixed(_SKY[step], _SKY[step + 1], share - step), (0, y), (SCREEN[0], y)
        )
    chance = random.Random(8)
    for _ in range(130):
        spot = (chance.randrange(SCREEN[0]), int(chance.random() ** 1.6 * 260))
        tint = chance.randrange(110, 230)
        pygame.draw.circle(
            board, (tint, tint, min(255, tint + 20)), spot, chance.choice((0.6, 1, 1.4))
        )
    for layer, (base, tall, colour) in enumerate(
        ((318, 46, (88, 58, 104)), (350, 40, (58, 46, 88)), (384, 30, (38, 40, 66)))
    ):
        _hills(board, base, tall, colour, layer)
    pygame.draw.rect(board, (44, 60, 58), (0, 400, SCREEN[0], 140))
    _meadow(board)
    return board


def _hills(board: pygame.Surface, base: int, tall: int, colour: Colour, seed: int) -> None:
    points = [(0, SCREEN[1])]
    for x in range(0, SCREEN[0] + 8, 8):
        wave = math.sin(x / (97 - 17 * seed) + seed * 2) + 0.6 * math.sin(x / 41 + seed * 5)
        points.append((x, round(base - tall * 0.5 * wave)))
    pygame.draw.polygon(board, colour, [*points, (SCREEN[0], SCREEN[1])])
    chance = random.Random(seed + 3)
    for x in range(4, SCREEN[0], 13):
        if chance.random() < 0.6:
            top = points[1 + x // 8][1]
            high = chance.randrange(12, 26)
            pygame.draw.polygon(
                board, colour, [(x - 7, top + 6), (x, top - high), (x + 7, top + 6)]
            )


def _meadow(board: pygame.Surface) -> None:
    texture = ground((74, 108, 76), 51, 34)
    field = pygame.Surface((SCREEN[0], 148), pygame.SRCALPHA)
    for x in range(0, SCREEN[0], 256):
        field.blit(texture, (x, 0))
    for x in range(SCREEN[0]):
        ragged = round(6 + 4 * math.sin(x / 23) + 2 * math.sin(x / 5))
        pygame.draw.line(field, (0, 0, 0, 0), (x, 0), (x, ragged))
    board.blit(field, (0, SCREEN[1] - 148))


def draw(target: pygame.Surface, now: float) -> None:
    """One moment of the night."""
    scene = _lit()
    target.blit(scene, (0, 0))
    x, y = _LAMP
    fire = beacon.flame(beacon.flame_step(now), 3)
    target.blit(fire, fire.get_rect(midbottom=(x, y - beacon.lamp_height(4) + 10)))
    pulse = 1 + 0.05 * math.sin(now * 6.1)
    _glow(target, (x, y - beacon.lamp_height(4)), 110 * pulse, (110, 72, 30))
    _glow(target, (x, y - 40), 240 * pulse, (44, 28, 10))
    _walkers(target, now)
    for index in range(18):
        drift = now * (0.3 + index % 4 * 0.06)
        spot = (
            (index * 137 + 40 * math.sin(drift + index)) % 380,
            330 + (index * 71 % 190) + 16 * math.sin(drift * 1.4 + index * 2),
        )
        power = max(0.0, math.sin(now * 1.2 + index * 1.9))
        _glow(target, spot, 10, (round(140 * power), round(120 * power), 24))
    for index in range(2):
        turn = now * (0.7 + 0.2 * index) + index * 2.6
        spot = (x + math.cos(turn) * (74 + 22 * index), y - 66 + math.sin(turn * 1.3) * 34)
        facing = round((math.degrees(math.atan2(math.cos(turn), -math.sin(turn))) + 90) / 45) % 8
        moth = people.moth(facing, int(now * 12 + index) % 4)
        small = pygame.transform.smoothscale(moth, (moth.get_width() // 2, moth.get_height() // 2))
        target.blit(small, small.get_rect(center=spot))


@cache
def _lit() -> pygame.Surface:
    """The still night in the light of its lantern."""
    board = _still().copy()
    chance = random.Random(21)
    for row in range(3):
        for _ in range(4):
            spot = (
                chance.choice((chance.randrange(0, 110), chance.randrange(285, 400))),
                412 + row * 44,
            )
            _plant(board, NodeKind.TREE, spot, chance.randrange(4))
    _plant(board, NodeKind.BOULDER, (292, 470), 1)
    _plant(board, NodeKind.GLIMMER, (70, 500), 2)
    lamp = beacon.body(0, 4)
    board.blit(lamp, (_LAMP[0] - beacon.WIDE // 2, _LAMP[1] - beacon.FOOT))
    dusk = Dusk(SCREEN)
    dusk.begin((150, 146, 190))
    dusk.shine((_LAMP[0], _LAMP[1] - 20), 250, (130, 100, 40))
    dusk.fall(board)
    moon = _AIR.light(150, (70, 60, 70))
    board.blit(moon, moon.get_rect(center=(96, 92)), special_flags=pygame.BLEND_RGB_ADD)
    pygame.draw.circle(board, (246, 232, 206), (96, 92), 34)
    pygame.draw.circle(board, (228, 208, 186), (86, 84), 8)
    pygame.draw.circle(board, (228, 208, 186), (106, 102), 5)
    return board


def _plant(board: pygame.Surface, kind: NodeKind, spot: tuple[int, int], variant: int) -> None:
    picture = things.sprite(kind, things.STAGES, variant)
    board.blit(picture, (spot[0] - picture.get_width() // 2, spot[1] - things.FOOT))


def _walkers(target: pygame.Surface, now: float) -> None:
    for team, eid, x, y, facing in ((0, 1, 132, 470, 2), (1, 2, 262, 462, 6), (2, 3, 214, 500, 7)):
        step = int(now * 2 + eid) % people.STEPS if team == 2 else 0
        body = people.person(team, facing, step, eid, away=False)
        target.blit(body, (x - people.SIZE // 2, y - people.FOOT))


def _glow(target: pygame.Surface, at: tuple[float, float], radius: float, colour: Colour) -> None:
    light = _AIR.light(radius, colour)
    target.blit(light, light.get_rect(center=at), special_flags=pygame.BLEND_RGB_ADD)
