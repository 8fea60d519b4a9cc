"""After the round: who won, how everybody did, when it goes on."""

from typing import Final

import pygame

from client.draw import icons, scores
from client.draw.camera import SCREEN
from client.draw.palette import AMBER, FADED, GLIMMER, PAPER, team_style
from client.draw.panel import clock, panel
from client.draw.picture import Picture
from client.draw.text import line, write
from client.draw.waiting import grey

_WIDE: Final = 600
_TALLEST: Final = 440
_PODIUM: Final = 3


def _board(scene: Picture) -> pygame.Rect:
    """Tall enough for the largest team, and no taller."""
    tall = min(_TALLEST, 150 + scores.height(scene))
    return pygame.Rect((SCREEN[0] - _WIDE) // 2, (SCREEN[1] - tall) // 2, _WIDE, tall)


def winners(scene: Picture) -> list[int]:
    """The teams with the most points; several in a tie, none when nobody scored."""
    best = max((standing.score for standing in scene.standings), default=0)
    return [team for team, s in enumerate(scene.standings) if best and s.score == best]


def verdict(scene: Picture) -> str:
    """The outcome in one sentence."""
    won = winners(scene)
    if not won:
        return "Nobody handed anything in"
    if len(won) > 1:
        names = " and ".join(team_style(team).name for team in won)
        return f"{names} share the victory"
    return f"{team_style(won[0]).name} keeps the brightest light"


def own_words(scene: Picture) -> str:
    """How the player did, in one sentence; nothing brought is neither ranked nor praised."""
    brought = scene.me.score
    if not brought:
        return "You brought nothing home this time"
    ranked = sorted((entry.score for entry in scene.roster.values()), reverse=True)
    rank = ranked.index(brought) + 1 if brought in ranked else 0
    words = f"You brought {brought} {'point' if brought == 1 else 'points'}"
    words += f", number {rank} of {len(ranked)}" if 0 < rank <= _PODIUM else ""
    return f"{words}: well carried!" if scene.me.team in winners(scene) else words


def draw_results(target: pygame.Surface, scene: Picture) -> None:
    """The board over the greyed world."""
    grey(target, 120)
    inside = panel(target, _board(scene), edge=AMBER)
    won = winners(scene)
    title = line(verdict(scene), 30, AMBER, width=440, shadow=True)
    place = title.get_rect(midtop=(inside.centerx, inside.y + 16))
    target.blit(title, place)
    for index, team in enumerate(won[:2]):
        mark = icons.team_mark(team, 44)
        x = place.left - 34 if index == 0 else place.right + 34
        target.blit(mark, mark.get_rect(center=(x, place.centery)))
    if len(won) == 1:
        star = icons.star(44, AMBER)
        target.blit(star, star.get_rect(center=(place.right + 34, place.centery)))
    _own(target, scene, inside)
    table = pygame.Rect(inside.x + 16, inside.y + 112, inside.width - 24, inside.height - 140)
    scores.columns(target, scene, table)
    left = scene.seconds_left
    coming = f"the lobby opens in {clock(left)}" if left is not None else "soon it goes on"
    spot = (inside.centerx, inside.bottom - 2)
    write(target, coming, spot, 17, GLIMMER, anchor="midbottom")


def _own(target: pygame.Surface, scene: Picture, inside: pygame.Rect) -> None:
    write(
        target,
        own_words(scene),
        (inside.centerx, inside.y + 64),
        18,
        PAPER,
        anchor="midtop",
        width=560,
    )
    rule = (inside.x + 20, inside.y + 98), (inside.right - 20, inside.y + 98)
    pygame.draw.line(target, FADED, *rule)
