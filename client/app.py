"""The window and its loop: events in, one scene, sixty pictures a second."""

import contextlib
import time
import warnings
from typing import Final

import pygame

from client.draw import icons
from client.draw.camera import SCREEN
from client.game_session import GameSession
from client.scenes.join import JoinScene
from client.scenes.memory import Memory
from client.scenes.scene import Scene, Stage
from client.scenes.stay import OpenStay, Stay
from client.settings import Settings
from client.sound import Sounds
from protocol.invite import Invite

_TITLE: Final = "Lanternhold"


def open_window(*, fullscreen: bool) -> pygame.Surface:
    """The window; its pixels are scaled to whatever size it has. Vsync where it can be had.

    Where nothing can scale, it is a plain window of its own size.
    """
    mode = pygame.FULLSCREEN if fullscreen else pygame.RESIZABLE
    ways: tuple[tuple[int, int], ...] = ((pygame.SCALED | mode, 1), (pygame.SCALED | mode, 0))
    with warnings.catch_warnings():
        # "no fast renderer available": on a machine without one it is drawn all the same.
        warnings.simplefilter("ignore")
        surface = None
        for flags, vsync in ways:
            with contextlib.suppress(pygame.error):
                surface = surface or pygame.display.set_mode(SCREEN, flags, vsync=vsync)
        surface = surface or pygame.display.set_mode(SCREEN)
    pygame.display.set_caption(_TITLE)
    return surface


class App:
    """Owns the window and runs one scene after the other."""

    def __init__(
        self, settings: Settings, link: str = "", *, open_stay: OpenStay | None = None
    ) -> None:
        self._settings = settings
        self._fullscreen = settings.fullscreen
        pygame.display.init()
        pygame.font.init()
        pygame.display.set_icon(icons.lantern(32))
        self._target = open_window(fullscreen=self._fullscreen)
        self._stage = Stage(
            settings,
            Sounds(settings.volume),
            Memory(settings.data_dir),
            open_stay or self._open_stay,
        )
        self.scene: Scene = JoinScene(self._stage, link=link, at_once=bool(link))

    def _open_stay(self, invite: Invite, name: str, now: float) -> Stay:
        chosen = self._settings
        return GameSession(
            invite, name, data_dir=chosen.data_dir, team=chosen.team, now=now,
            network=chosen.network,
        )  # fmt: skip

    def run(self) -> None:
        """Until the window is closed."""
        clock = pygame.time.Clock()
        self.scene.enter(time.monotonic())
        try:
            while self.frame(time.monotonic()):
                clock.tick(self._settings.fps)
        finally:
            self.scene.leave()
            self._stage.sounds.close()
            pygame.quit()

    def frame(self, now: float) -> bool:
        """One turn of the loop; False when the window was closed."""
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                return False
            if event.type == pygame.KEYDOWN and event.key == pygame.K_F11:
                self._toggle_fullscreen()
            else:
                self.scene.handle(event, now)
        following = self.scene.update(now)
        if following is not None:
            self.scene = following
            following.enter(now)
        self.scene.draw(self._target, now)
        pygame.display.flip()
        return True

    def _toggle_fullscreen(self) -> None:
        self._fullscreen = not self._fullscreen
        self._target = open_window(fullscreen=self._fullscreen)
