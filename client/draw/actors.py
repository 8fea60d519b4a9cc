"""Everything upright, sorted from back to front: things, lanterns, people; then what flies."""

from collections import deque
from collections.abc import Callable
from typing import Final

import pygame

from client.draw import beacon, people, things
from client.draw.camera import Camera
from client.draw.icons import team_mark
from client.draw.litter import chance
from client.draw.palette import AMBER, PAPER
from client.draw.picture import Picture
from client.draw.text import line
from game.nodes import TRAITS, Node
from protocol.hot import KIND_MOTH, KIND_STAR
from protocol.messages import RosterEntry, Standing

_STRIDE_HZ: Final = 8.0
_TRAIL: Final = 7  # ghosts of a dash
_NAME_WIDTH: Final = 110

Nodes = list[tuple[int, Node]]
"""Nodes with their ids."""

_Upright = tuple[float, Callable[[pygame.Surface], None]]


class Actors:
    """Draws the upright; remembers only the ghosts that a dash leaves."""

    def __init__(self) -> None:
        self._ghosts: deque[tuple[float, float, float, int, int]] = deque(maxlen=48)

    def draw(self, target: pygame.Surface, scene: Picture, camera: Camera, near: Nodes) -> None:
        """Draw all that stands on the ground, back to front; `near` are the nodes in view."""
        self._haunt(target, scene, camera)
        uprights: list[_Upright] = []
        for nid, node in near:
            uprights.append((node.ty + 0.55, _thing(scene, camera, nid, node)))
        for team, standing in enumerate(scene.standings):
            if camera.sees(standing.x, standing.y, 4):
                uprights.append((standing.y + 0.6, _lantern(scene, camera, team, standing)))
        uprights += [
            (walker[1] + 0.3, _person(scene, camera, walker))
            for walker in _walkers(scene)
            if camera.sees(walker[0], walker[1])
        ]
        for _, draw in sorted(uprights, key=lambda upright: upright[0]):
            draw(target)

    def _haunt(self, target: pygame.Surface, scene: Picture, camera: Camera) -> None:
        """Ghosts behind everybody who dashes."""
        for x, y, facing, _, dashing, _, entry in _walkers(scene):
            if dashing:
                self._ghosts.append((scene.now, x, y, facing, entry.team))
        for born, x, y, facing, team in self._ghosts:
            age = scene.now - born
            if 0 <= age < 0.35:
                ghost = people.person(team, facing, 1, 0, away=False).copy()
                ghost.set_alpha(round(110 * (1 - age / 0.35)))
                target.blit(ghost, _stand(camera, x, y))


_Walker = tuple[float, float, int, bool, bool, bool, RosterEntry]


def _walkers(scene: Picture) -> list[_Walker]:
    """(x, y, facing, moving, dashing, carrying, who) of every person, the own one included."""
    found: list[_Walker] = []
    for mover in scene.others:
        if mover.kind in (KIND_MOTH, KIND_STAR):
            continue
        entry = scene.roster.get(mover.eid) or RosterEntry(
            mover.eid, "", -1, 0, False, mover.away, False
        )
        found.append(
            (mover.x, mover.y, mover.facing, mover.moving, mover.dashing, mover.carrying, entry)
        )
    if scene.own:
        own = scene.own
        found.append((own.x, own.y, own.facing, own.moving, own.dashing, False, scene.me))
    return found


def _stand(camera: Camera, x: float, y: float) -> tuple[int, int]:
    sx, sy = camera.spot(x, y)
    return sx - people.SIZE // 2, sy - people.FOOT + 6


def _person(scene: Picture, camera: Camera, walker: _Walker) -> Callable[[pygame.Surface], None]:
    x, y, facing, moving, _, carrying, entry = walker

    def draw(target: pygame.Surface) -> None:
        step = int(scene.now * _STRIDE_HZ + entry.eid) % people.STEPS if moving else 0
        body = people.person(entry.team, facing, step, entry.eid, away=entry.away)
        place = _stand(camera, x, y)
        load = _load(scene, entry, carrying=carrying)
        is_behind = facing in (3, 4, 5)  # looking at us: the load is at the back
        if load and is_behind:
            target.blit(load, (place[0], place[1] - 5))
        target.blit(body, place)
        if load and not is_behind:
            side = -6 if facing in (1, 2) else 6 if facing in (6, 7) else 0
            target.blit(load, (place[0] + side, place[1] + 4))

    return draw


def _load(scene: Picture, entry: RosterEntry, *, carrying: bool) -> pygame.Surface | None:
    if entry.eid == scene.eid and scene.own:
        return people.burden(scene.own.cargo) if any(scene.own.cargo) else None
    return people.sack() if carrying else None


def _thing(
    scene: Picture, camera: Camera, nid: int, node: Node
) -> Callable[[pygame.Surface], None]:
    def draw(target: pygame.Surface) -> None:
        fullness = things.stage(node.stock, TRAITS[node.kind].stock)
        paint = things.faded if _hides_own(scene, node) else things.sprite
        picture = paint(node.kind, fullness, chance(node.tx, node.ty, 6) % 4)
        x, y = camera.spot(node.tx + 0.5, node.ty + 0.5)
        if scene.own and scene.own.target == nid:  # it trembles under the work
            x += round(1.4 * ((int(scene.now * 18) % 2) * 2 - 1))
        target.blit(picture, (x - picture.get_width() // 2, y - things.FOOT))

    return draw


def _hides_own(scene: Picture, node: Node) -> bool:
    own = scene.own
    if own is None:
        return False
    return abs(node.tx + 0.5 - own.x) < 0.8 and 0 < node.ty + 0.25 - own.y < 1.5


def _lantern(
    scene: Picture, camera: Camera, team: int, standing: Standing
) -> Callable[[pygame.Surface], None]:
    def draw(target: pygame.Surface) -> None:
        x, y = camera.spot(standing.x + 0.5, standing.y + 0.5)
        own = scene.own
        hides = own and abs(standing.x + 0.5 - own.x) < 0.9 and 0 < standing.y + 0.6 - own.y < 3
        picture = (beacon.faded if hides else beacon.body)(team, standing.level)
        target.blit(picture, (x - beacon.WIDE // 2, y - beacon.FOOT))
        wood = standing.stock[0]
        strength = 0 if wood == 0 else 1 if wood < 4 else 2 if wood < 14 else 3
        fire = beacon.flame(beacon.flame_step(scene.now), strength)
        lamp = y - beacon.lamp_height(standing.level) + 4
        target.blit(fire, fire.get_rect(midbottom=(x, lamp + 6)))

    return draw


def draw_moths(target: pygame.Surface, scene: Picture, camera: Camera) -> None:
    """Moths fly above the darkness, so that they can be feared in time."""
    for mover in scene.others:
        if mover.kind == KIND_MOTH and camera.sees(mover.x, mover.y):
            picture = people.moth(mover.facing, int(scene.now * 14 + mover.eid) % 4)
            x, y = camera.spot(mover.x, mover.y)
            target.blit(picture, picture.get_rect(center=(x, y - 12)))


def draw_names(target: pygame.Surface, scene: Picture, camera: Camera) -> None:
    """A name and the team's mark over every head but the own."""
    for x, y, _, _, _, _, entry in _walkers(scene):
        if entry.eid == scene.eid or not camera.sees(x, y):
            continue
        sx, sy = camera.spot(x, y)
        words = entry.name + (" (bot)" if entry.is_bot else "") + (" zzz" if entry.away else "")
        friend = entry.team == scene.me.team
        letters = line(words, 14, AMBER if friend else PAPER, width=_NAME_WIDTH, shadow=True)
        mark = team_mark(entry.team, 16)
        left = sx - (letters.get_width() + 18) // 2
        top = sy - people.FOOT - 12
        target.blit(mark, (left, top - 1))
        target.blit(letters, (left + 18, top - 1))
