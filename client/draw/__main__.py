"""`python -m client.draw [FOLDER]`: paint every scene into PNG files, without a window."""

import argparse
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import pygame

from client.draw import sample
from client.draw.camera import SCREEN
from client.draw.hud import Hud
from client.draw.join import draw_join
from client.draw.menu import draw_menu
from client.draw.picture import Picture
from client.draw.results import draw_results
from client.draw.world import WorldView

Painter = Callable[[pygame.Surface], None]


def paint_world(
    target: pygame.Surface,
    scene: Picture,
    *,
    with_hud: bool = True,
    view: WorldView | None = None,
) -> None:
    """One whole frame of a world; a `view` used before has its ground ready."""
    view = view or WorldView()
    camera = view.draw(target, scene, all_now=True)
    if scene.own and scene.own.target:
        spot = (scene.own.x, scene.own.y - 1.6)
        view.particles.burst(spot, (150, 110, 60), 10)
        view.particles.rise((spot[0], spot[1] - 0.2), "+1", (243, 233, 212), 0)
        view.particles.pass_time(0.12)
        camera = view.draw(target, scene, all_now=True)
    if with_hud:
        Hud().draw(target, scene, camera)


def _results(target: pygame.Surface) -> None:
    scene = sample.results()
    paint_world(target, scene, with_hud=False)
    draw_results(target, scene)


def _menu(target: pygame.Surface) -> None:
    paint_world(target, sample.play())
    draw_menu(target)


PAINTERS: dict[str, Painter] = {
    "join": lambda target: draw_join(target, sample.join()),
    "join-steps": lambda target: draw_join(target, sample.joining()),
    "join-problem": lambda target: draw_join(target, sample.refused()),
    "lobby": lambda target: paint_world(target, sample.lobby()),
    "countdown": lambda target: paint_world(
        target, replace(sample.play(), phase="countdown", seconds_left=2.3, star=None)
    ),
    "play": lambda target: paint_world(target, sample.play()),
    "play-stalling": lambda target: paint_world(target, sample.stalling()),
    "line-stalling": lambda target: paint_world(
        target, replace(sample.stalling(), shows_graph=True)
    ),
    "play-typing": lambda target: paint_world(
        target, replace(sample.play(), typing="on my way", shows_graph=True)
    ),
    "play-away": lambda target: paint_world(target, sample.far_away()),
    "play-star": lambda target: paint_world(target, sample.star_falls()),
    "lobby-line": lambda target: paint_world(target, replace(sample.lobby(), shows_graph=True)),
    "scores-line": lambda target: paint_world(
        target, replace(sample.play(), shows_scores=True, shows_graph=True)
    ),
    "scores": lambda target: paint_world(target, replace(sample.play(), shows_scores=True)),
    "stalled": lambda target: paint_world(target, sample.stalled()),
    "waiting": lambda target: paint_world(target, sample.waiting()),
    "results": _results,
    "join-full": lambda target: draw_join(target, sample.full_name()),
    "menu": _menu,
}
"""Every picture by name."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pictures."""
    parser = argparse.ArgumentParser(prog="python -m client.draw", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("pictures"))
    parser.add_argument("--only", choices=sorted(PAINTERS), action="append")
    given = parser.parse_args(arguments)
    pygame.display.init()
    pygame.display.set_mode((1, 1))
    given.folder.mkdir(parents=True, exist_ok=True)
    for name in given.only or PAINTERS:
        target = pygame.Surface(SCREEN)
        PAINTERS[name](target)
        pygame.image.save(target, given.folder / f"{name}.png")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
