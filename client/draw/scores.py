"""Who is here, by team, with points: under Tab, in the lobby, after a round."""

from collections.abc import Sequence
from typing import Final

import pygame

from client.draw import icons, netgraph
from client.draw.camera import SCREEN
from client.draw.palette import AMBER, FADED, GOOD, PAPER, team_style
from client.draw.panel import panel
from client.draw.picture import Picture
from client.draw.text import write
from protocol.messages import RosterEntry

_ROW: Final = 22
_WIDE: Final = 560
_TALLEST: Final = 370


def members(scene: Picture, team: int) -> list[RosterEntry]:
    """The people of a team, best first."""
    people = (entry for entry in scene.roster.values() if entry.team == team)
    return sorted(people, key=lambda entry: (-entry.score, entry.name, entry.eid))


def of_the_gone(scene: Picture, team: int) -> int:
    """Points of a team that nobody who is here brought: their owners have left.

    Told after the round alone: within it people's points are told a moment after their team's.
    """
    if scene.phase != "results" or team >= len(scene.standings):
        return 0
    return max(0, scene.standings[team].score - sum(one.score for one in members(scene, team)))


def height(scene: Picture) -> int:
    """Pixels that `columns` needs to show everybody."""
    teams = max(1, len(scene.standings))
    rows = max(len(members(scene, team)) + (of_the_gone(scene, team) > 0) for team in range(teams))
    return -(-teams // 2) * (50 + max(2, rows) * _ROW)


def draw(target: pygame.Surface, scene: Picture) -> None:
    """The scoreboard in the middle."""
    tall = min(_TALLEST, 54 + height(scene))
    board = pygame.Rect((SCREEN[0] - _WIDE) // 2, 72, _WIDE, tall)
    inside = panel(target, _beside(scene, board))
    write(target, scene.server or "Lanternhold", (inside.x, inside.y), 20, AMBER, width=380)
    count = f"{len(scene.roster)} here"
    write(target, count, (inside.right, inside.y + 3), 15, FADED, anchor="topright")
    columns(target, scene, pygame.Rect(inside.x, inside.y + 34, inside.width, inside.height - 34))


def _beside(scene: Picture, board: pygame.Rect) -> pygame.Rect:
    """As much of the scoreboard's place as the netgraph leaves free."""
    graph = netgraph.place(scene)
    if not scene.shows_graph:
        return board
    left, right = board.left, board.right
    if graph.centerx < board.centerx:
        left = max(left, graph.right + 6)
    else:
        right = min(right, graph.left - 6)
    return pygame.Rect(left, board.y, right - left, board.height)


def columns(
    target: pygame.Surface, scene: Picture, place: pygame.Rect, *, ready: bool = False
) -> None:
    """A column for each team (two rows of columns beyond two); ready marks or points."""
    teams = max(1, len(scene.standings))
    across = 1 if ready and teams <= 2 else min(2, teams)  # the lobby's board is narrow
    down = -(-teams // across)
    wide, high = place.width // across, place.height // down
    for team in range(teams):
        x = place.x + team % across * wide
        y = place.y + team // across * high
        box = pygame.Rect(x, y, wide - 10, high - 6)
        _team(target, scene, team, box, ready=ready)


def _team(
    target: pygame.Surface, scene: Picture, team: int, place: pygame.Rect, *, ready: bool
) -> None:
    style = team_style(team)
    target.blit(icons.team_mark(team, 26), (place.x, place.y))
    write(target, style.name, (place.x + 34, place.y + 4), 19, style.light, width=110)
    if not ready and team < len(scene.standings):
        score = str(scene.standings[team].score)
        write(target, score, (place.right, place.y + 2), 22, anchor="topright", width=60)
    pygame.draw.line(target, style.dark, (place.x, place.y + 28), (place.right, place.y + 28), 2)
    rows = (place.height - 31) // _ROW
    gone = of_the_gone(scene, team)
    rows -= gone > 0
    people = members(scene, team)
    _people(target, scene, people, place, rows, ready=ready)
    if gone:
        y = place.y + 31 + min(rows, len(people)) * _ROW + _ROW // 2
        write(target, "of those who left", (place.x + 6, y), 16, FADED, anchor="midleft")
        write(target, str(gone), (place.right - 4, y), 16, FADED, anchor="midright", width=50)


def _people(  # noqa: PLR0913 - one list
    target: pygame.Surface,
    scene: Picture,
    people: Sequence[RosterEntry],
    place: pygame.Rect,
    rows: int,
    *,
    ready: bool,
) -> None:
    shown = people if len(people) <= rows else people[: max(0, rows - 1)]
    y = place.y + 31
    for entry in shown:
        _person(target, scene, entry, pygame.Rect(place.x, y, place.width, _ROW), ready=ready)
        y += _ROW
    if len(shown) < len(people):
        write(target, f"and {len(people) - len(shown)} more", (place.x + 6, y + 2), 15, FADED)


def _person(
    target: pygame.Surface, scene: Picture, entry: RosterEntry, place: pygame.Rect, *, ready: bool
) -> None:
    mine = entry.eid == scene.eid
    if mine:
        pygame.draw.rect(target, (58, 50, 70), place.inflate(4, -2), border_radius=5)
    colour = AMBER if mine else FADED if entry.away else PAPER
    tail = " (away)" if entry.away else " (bot)" if entry.is_bot else " (you)" if mine else ""
    name = write(
        target,
        entry.name,
        (place.x + 6, place.centery),
        16,
        colour,
        anchor="midleft",
        width=place.width - (84 if ready else 104),
    )
    write(target, tail.strip(), (name.right + 6, place.centery + 1), 13, FADED, anchor="midleft")
    if not ready:
        score = str(entry.score)
        write(
            target, score, (place.right - 4, place.centery), 16, colour, anchor="midright", width=50
        )
    elif entry.ready or entry.is_bot:
        mark = icons.tick(18, GOOD)
        target.blit(mark, mark.get_rect(midright=(place.right - 2, place.centery)))
    else:
        write(target, "...", (place.right - 6, place.centery - 3), 16, FADED, anchor="midright")
