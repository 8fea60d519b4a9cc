"""The world of one frame: ground, all that stands on it, dusk, lights, and what flies above."""

import math
from typing import Final

import pygame

from client.draw import actors, beacon, sky
from client.draw.actors import Actors, Nodes
from client.draw.camera import SCREEN, Camera
from client.draw.chunks import Chunks
from client.draw.ground import PX
from client.draw.light import COOL, PERSONAL, WARM, Dusk
from client.draw.litter import chance
from client.draw.palette import AMBER
from client.draw.particles import Particles
from client.draw.picture import Picture
from game.nodes import NodeKind
from protocol.hot import KIND_MOTH

_PERSONAL_PX: Final = 3.4 * PX
_FIREFLIES: Final = 22
_BRIGHT: Final = (NodeKind.GLIMMER, NodeKind.PILE_GLIMMER)


class WorldView:
    """Draws worlds; keeps what is worth keeping from frame to frame."""

    def __init__(self) -> None:
        self.particles = Particles()
        self._chunks = Chunks()
        self._dusk = Dusk(SCREEN)
        self._actors = Actors()
        self._last = 0.0
        self._focus = (0.0, 0.0)
        self._shaken = -10.0
        self._struck: tuple[float, float, float] = (-10.0, 0.0, 0.0)

    def shake(self, now: float) -> None:
        """Something heavy happened to the own body."""
        self._shaken = now

    def strike(self, now: float, x: float, y: float) -> None:
        """A star fell on (x, y)."""
        self._struck = (now, x, y)
        self.particles.burst((x, y), (90, 200, 220), 60, speed=6, size=4, life=1.1, glows=True)

    def draw(self, target: pygame.Surface, scene: Picture, *, all_now: bool = False) -> Camera:
        """Draw the world of `scene`; returns where the camera was."""
        self.particles.pass_time(min(0.1, max(0.0, scene.now - self._last)))
        self._last = scene.now
        camera = self._camera(scene)
        self._chunks.draw(target, scene.terrain, camera, scene.now, all_now=all_now)
        if scene.star:
            sky.mark(target, scene.star, camera, scene.now)
        near = _near(scene, camera)
        self._actors.draw(target, scene, camera, near)
        bright = [(nid, node) for nid, node in near if node.kind in _BRIGHT and node.stock]
        self._darken(target, scene, camera, bright)
        _borders(target, scene, camera)
        self._shimmer(target, scene, camera, bright)
        actors.draw_moths(target, scene, camera)
        self.particles.draw(target, camera)
        if scene.star:
            sky.streak(target, self._dusk, scene.star, camera)
        born, x, y = self._struck
        sky.flash(target, self._dusk, camera.spot(x, y), scene.now - born)
        actors.draw_names(target, scene, camera)
        return camera

    def _camera(self, scene: Picture) -> Camera:
        if scene.own:
            self._focus = (scene.own.x, scene.own.y)
        elif scene.home:
            self._focus = (scene.home.x + 0.5, scene.home.y + 0.5)
        shake = max(0.0, 1 - (scene.now - self._shaken) / 0.3) * 4
        return Camera.on(*self._focus, scene.terrain.size, shake, scene.now)

    def _darken(
        self, target: pygame.Surface, scene: Picture, camera: Camera, bright: Nodes
    ) -> None:
        dusk = self._dusk
        dusk.begin()
        for standing in scene.standings:
            reach = standing.light / 16
            if camera.sees(standing.x, standing.y, reach + 1):
                flicker = 1 + 0.008 * math.sin(scene.now * 7 + standing.x)
                spot = camera.spot(standing.x + 0.5, standing.y + 0.5)
                dusk.shine(spot, reach * PX * flicker, WARM, hard=True)
        for mover in scene.others:
            if mover.kind != KIND_MOTH and camera.sees(mover.x, mover.y, 3):
                dusk.shine(camera.spot(mover.x, mover.y), _PERSONAL_PX * 0.75, PERSONAL)
        if scene.own:
            dusk.shine(camera.spot(scene.own.x, scene.own.y), _PERSONAL_PX, PERSONAL)
        for _, node in bright:
            dusk.shine(camera.spot(node.tx + 0.5, node.ty + 0.5), 1.7 * PX, COOL)
        if scene.star:
            sky.shine(dusk, scene.star, camera, scene.now)
        dusk.fall(target)

    def _shimmer(
        self, target: pygame.Surface, scene: Picture, camera: Camera, bright: Nodes
    ) -> None:
        """Halos, fireflies, the twinkle of glimmer: brighter than the ground can be."""
        for standing in scene.standings:
            if standing.stock[0] and camera.sees(standing.x, standing.y, 4):
                x, y = camera.spot(standing.x + 0.5, standing.y + 0.5)
                lamp = (x, y - beacon.lamp_height(standing.level))
                pulse = 1 + 0.06 * math.sin(scene.now * 6.3 + standing.y)
                self._dusk.glow(target, lamp, 74 * pulse, (96, 64, 26))
        for nid, node in bright:
            x, y = camera.spot(node.tx + 0.5, node.ty + 0.2)
            pulse = 0.5 + 0.5 * math.sin(scene.now * 2.2 + nid)
            self._dusk.glow(target, (x, y), 20 + 10 * pulse, (20, 60, 70))
        self._fireflies(target, scene.now, camera)

    def _fireflies(self, target: pygame.Surface, now: float, camera: Camera) -> None:
        for index in range(_FIREFLIES):
            drift = now * (0.25 + index % 5 * 0.05)
            x = chance(index, 1, 31) % SCREEN[0] + 46 * math.sin(drift + index) - camera.left * 0.98
            y = chance(index, 2, 32) % SCREEN[1] + 34 * math.sin(drift * 1.3 + index * 2)
            spot = (x % SCREEN[0], (y - camera.top * 0.98) % SCREEN[1])
            power = round(6 * math.sin(now * 1.1 + index * 1.7))  # few colours: they are kept
            if power > 0:
                self._dusk.glow(target, spot, 8, (20 * power, 18 * power, 5 * power))


def _near(scene: Picture, camera: Camera) -> Nodes:
    """The nodes in view, with their ids."""
    left, top = camera.left / PX - 2, camera.top / PX - 2
    right, bottom = left + SCREEN[0] / PX + 4, top + SCREEN[1] / PX + 5
    return [
        (nid, node)
        for nid, node in scene.nodes.items()
        if left < node.tx < right and top < node.ty < bottom
    ]


def _borders(target: pygame.Surface, scene: Picture, camera: Camera) -> None:
    """Where each light ends: marks in the shape of its team."""
    for team, standing in enumerate(scene.standings):
        reach = standing.light / 16
        if not camera.sees(standing.x, standing.y, reach + 1):
            continue
        mid = camera.spot(standing.x + 0.5, standing.y + 0.5)
        dot = beacon.ring_dot(team)
        for dx, dy in beacon.ring(reach * PX):
            x, y = mid[0] + dx, mid[1] + dy
            if 0 <= x < SCREEN[0] and 0 <= y < SCREEN[1]:
                target.blit(dot, (round(x) - 4, round(y) - 4))


def draw_work(target: pygame.Surface, scene: Picture, camera: Camera) -> None:
    """The bar of the work in hand, over the node."""
    own = scene.own
    node = scene.nodes.get(own.target) if own else None
    if not own or not node or own.progress <= 0:
        return
    x, y = camera.spot(node.tx + 0.5, node.ty + 0.5)
    box = pygame.Rect(x - 20, y - 46, 40, 8)
    pygame.draw.rect(target, (20, 18, 34), box, border_radius=4)
    full = box.inflate(-4, -4)
    full.width = max(3, round(full.width * min(1.0, own.progress)))
    pygame.draw.rect(target, AMBER, full, border_radius=2)
