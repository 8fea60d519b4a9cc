"""The bottom of the window: what is carried, the dash, and what can be done here and now."""

from typing import Final

import pygame

from client.draw import icons
from client.draw.camera import SCREEN
from client.draw.palette import AMBER, FADED, GLIMMER
from client.draw.panel import bar, key_row, key_row_width, panel
from client.draw.picture import Picture
from client.draw.text import write
from client.drawn import DrawnSelf
from game.items import POINTS, Item
from game.nodes import TRAITS

_SLOT: Final = 36
_BOTTOM: Final = SCREEN[1] - 10
_PROMPTS: Final = _BOTTOM - 88
_NAMES: Final = {Item.WOOD: "wood", Item.STONE: "stone", Item.GLIMMER: "glimmer"}


def draw(target: pygame.Surface, scene: Picture) -> None:
    """Slots, dash bar and the hints of this moment."""
    if scene.own:
        _slots(target, scene, scene.own)
        _prompts(target, scene, scene.own)


def _slots(target: pygame.Surface, scene: Picture, own: DrawnSelf) -> None:
    count = scene.rules.cargo
    wide = count * _SLOT + 16
    place = pygame.Rect((SCREEN[0] - wide) // 2, _BOTTOM - 58, wide, 58)
    panel(target, place)
    carried = [kind for kind in Item for _ in range(own.cargo[kind])]
    for index in range(count):
        slot = pygame.Rect(place.x + 9 + index * _SLOT, place.y + 7, _SLOT - 3, _SLOT - 3)
        pygame.draw.rect(target, (40, 37, 60), slot, border_radius=6)
        if index < len(carried):
            pygame.draw.rect(target, (74, 66, 98), slot, border_radius=6)
            icon = icons.item(carried[index], 28)
            target.blit(icon, icon.get_rect(center=slot.center))
    points = sum(POINTS[kind] for kind in carried)
    full = len(carried) >= count
    y = place.bottom - 10
    dash = pygame.Rect(place.x + 50, y - 4, 80, 8)
    write(target, "dash", (place.x + 10, y), 13, FADED, anchor="midleft")
    bar(target, dash, own.dash_ready, AMBER if own.dash_ready >= 1 else (140, 120, 90))
    words = f"full: worth {points}" if full else f"worth {points}" if points else "empty hands"
    tint = AMBER if full else GLIMMER if points else FADED
    write(target, words, (place.right - 10, y), 13, tint, anchor="midright")


def _prompts(target: pygame.Surface, scene: Picture, own: DrawnSelf) -> None:
    rows = possible(scene, own)
    gap = 18
    width = sum(key_row_width(keys, words) for keys, words in rows) + gap * (len(rows) - 1)
    x = (SCREEN[0] - width) // 2
    if rows:  # a name may stand there
        panel(target, pygame.Rect(x - 12, _PROMPTS - 4, width + 24, 29))
    for keys, words in rows:
        x = key_row(target, keys, words, (x, _PROMPTS)) + gap


def possible(scene: Picture, own: DrawnSelf) -> list[tuple[tuple[str, ...], str]]:
    """Keys that do something here; newcomers also see those that always do."""
    rows: list[tuple[tuple[str, ...], str]] = []
    if scene.phase != "play":
        return [(("W", "A", "S", "D"), "walk"), (("Space",), "dash")]
    load = sum(own.cargo)
    if scene.home and load and _at_home(scene, own):
        rows.append((("F",), "hand in"))
    node = scene.nodes.get(scene.near)
    if node and load < scene.rules.cargo:
        rows.append((("E",), f"hold: take {_NAMES[TRAITS[node.kind].item]}"))
    if not rows and load >= scene.rules.cargo:
        rows = [((), "hands full: carry it to your lantern"), (("Q",), "drop it all")]
    if scene.hints and not rows:
        rows = [(("W", "A", "S", "D"), "walk"), (("Space",), "dash"), (("Tab",), "scores")]
    return rows


def _at_home(scene: Picture, own: DrawnSelf) -> bool:
    home = scene.home
    if not home:
        return False
    reach = scene.rules.lantern_reach / 65_536
    return (home.x + 0.5 - own.x) ** 2 + (home.y + 0.5 - own.y) ** 2 <= reach * reach
