"""Before the round: who is here, who is ready, what the game is about."""

from typing import Final

import pygame

from client.draw import icons, scores
from client.draw.camera import SCREEN
from client.draw.palette import AMBER, FADED, GLIMMER, GOOD, PAPER
from client.draw.panel import clock, key_row, panel, paragraph
from client.draw.picture import Picture
from client.draw.text import write
from game.items import Item

_PEOPLE: Final = pygame.Rect(SCREEN[0] - 312, 46, 304, 340)
_RULES: Final = pygame.Rect(8, 110, 290, 214)

_LESSON: Final = (
    (Item.WOOD, "wood keeps the lantern burning"),
    (Item.STONE, "stone makes it grow: more light"),
    (Item.GLIMMER, "glimmer: 5 points, far in the dark"),
)


def unready(scene: Picture) -> int:
    """People who are here and have not said that they are ready."""
    return sum(not (e.ready or e.away or e.is_bot) for e in scene.roster.values())


def status(scene: Picture) -> str:
    """What the lobby waits for, in one sentence."""
    lacking = scene.rules.min_players - len(scene.roster)
    if lacking > 0:
        return f"waiting for {lacking} more {'player' if lacking == 1 else 'players'} to join"
    waiting = unready(scene)
    start = f"starts in {clock(scene.seconds_left)}" if scene.seconds_left is not None else ""
    if not waiting:
        return start or "everybody is ready"
    people = "1 player" if waiting == 1 else f"{waiting} players"
    return f"waiting for {people} to be ready" + (f", {start}" if start else "")


def draw(target: pygame.Surface, scene: Picture) -> None:
    """Two boards: the game in five lines, and the people."""
    if not scene.shows_graph:  # it stands there
        _lesson(target)
    inside = panel(target, _PEOPLE)
    title = f"Round {scene.number} at {scene.server}" if scene.server else f"Round {scene.number}"
    write(target, title, (inside.x, inside.y), 18, AMBER, width=inside.width)
    board = pygame.Rect(inside.x, inside.y + 28, inside.width + 10, inside.height - 70)
    scores.columns(target, scene, board, ready=True)
    write(target, status(scene), (inside.x, inside.bottom - 46), 16, GLIMMER, width=inside.width)
    ready = scene.me.ready
    x = key_row(
        target,
        ("R",),
        "I am ready" if not ready else "not ready yet",
        (inside.x, inside.bottom - 22),
        15,
    )
    if scene.rules.team_count() > 1:
        x = key_row(target, ("T",), "other team", (x + 22, inside.bottom - 22), 15)
    if ready:
        mark = icons.tick(20, GOOD)
        target.blit(mark, mark.get_rect(midright=(inside.right, inside.bottom - 12)))
        write(target, "ready", (inside.right - 24, inside.bottom - 12), 15, GOOD, anchor="midright")


def _lesson(target: pygame.Surface) -> None:
    inside = panel(target, _RULES)
    write(
        target, "Gather, carry, feed the light", (inside.x, inside.y), 14, AMBER, width=inside.width
    )
    y = inside.y + 24
    for kind, words in _LESSON:
        target.blit(icons.item(kind, 22), (inside.x, y))
        write(target, words, (inside.x + 32, y + 11), 14, PAPER, anchor="midleft")
        y += 27
    told = "The more you carry, the slower you walk. Moths hunt whoever carries in the dark."
    y = paragraph(target, told, pygame.Rect(inside.x, y + 4, inside.width, 34), 13, FADED) + 6
    key_row(target, ("E",), "take", (inside.x, y), 13)
    key_row(target, ("F",), "hand in", (inside.x + 88, y), 13)
    key_row(target, ("Space",), "dash: makes rivals drop", (inside.x, y + 24), 13)
