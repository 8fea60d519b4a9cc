"""What lies over the world while playing: every part in its corner."""

import pygame

from client.draw import banner, cargo, chatbox, compass, home, lobby, minimap, netgraph, scores
from client.draw.camera import SCREEN, Camera
from client.draw.minimap import Minimap
from client.draw.picture import Picture
from client.draw.waiting import draw_waiting
from client.draw.world import draw_work


class Hud:
    """Draws everything over the world."""

    def __init__(self) -> None:
        self._minimap = Minimap()

    def draw(self, target: pygame.Surface, scene: Picture, camera: Camera) -> None:
        """Draw the parts that `scene` calls for."""
        if not scene.trouble:
            draw_work(target, scene, camera)
            compass.draw(target, scene, camera)
        banner.draw_scores(target, scene)
        home.draw(target, scene)
        netgraph.draw_signal(target, scene)
        netgraph.draw_words(target, scene)
        self._minimap.draw(target, scene, minimap.place(SCREEN), camera)
        if scene.phase in ("play", "countdown"):
            cargo.draw(target, scene)
        if scene.phase == "lobby":
            lobby.draw(target, scene)
        if scene.phase == "countdown":
            banner.draw_countdown(target, scene)
        banner.draw_notice(target, scene)
        chatbox.draw(target, scene)
        if scene.shows_graph:
            netgraph.draw(target, scene)
        if scene.shows_scores:
            scores.draw(target, scene)
        if scene.trouble:
            draw_waiting(target, scene.trouble, scene.now)
