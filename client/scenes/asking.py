"""The keys that ask for something once; what cannot succeed is not sent but explained."""

from typing import Final

import pygame

from client.draw import compass
from client.draw.camera import Camera
from client.scenes.show import Show
from game.inputs import ActKind
from game.items import worth
from game.rules import UNIT
from protocol.messages import Standing

_CLOSER: Final = "Go closer to your lantern."
_FOLLOW: Final = "Too far from your lantern: follow the arrow home."

ACTS: Final = {
    pygame.K_f: ActKind.DEPOSIT,
    pygame.K_q: ActKind.DROP,
    pygame.K_r: ActKind.READY,
    pygame.K_t: ActKind.TEAM,
    pygame.K_g: ActKind.PING,
}


def ask(show: Show, kind: ActKind, now: float) -> None:
    """Do what the key says, or say why not."""
    if kind is ActKind.DEPOSIT:
        _deposit(show, now)
    elif kind in (ActKind.READY, ActKind.TEAM):
        _in_lobby(show, kind, now)
    else:
        show.stay.act(kind)


def _in_lobby(show: Show, kind: ActKind, now: float) -> None:
    stay = show.stay
    me = stay.roster.get(stay.eid)
    if show.phase != "lobby" or me is None or stay.rules is None:
        show.tell("That is for the lobby, before a round.", now)
    elif kind is ActKind.READY:
        stay.act(kind, 0 if me.ready else 1)
        show.stage.sounds.play("ready", now)
    else:
        stay.act(kind, (me.team + 1) % stay.rules.team_count())


def _deposit(show: Show, now: float) -> None:
    stay, own = show.stay, show.stay.own
    if show.phase != "play" or own is None or stay.rules is None:
        show.tell("Hand in while a round runs.", now)
    elif not any(own.cargo):
        show.tell("Your hands are empty: hold E beside a tree or a boulder.", now)
    elif not _is_home(show, stay.rules.lantern_reach / UNIT):
        show.tell(_CLOSER if _sees_home(show) else _FOLLOW, now)
    else:
        show.promises.ask(stay.act(ActKind.DEPOSIT), worth(own.cargo), now)


def _home(show: Show) -> Standing | None:
    """The own team's lantern."""
    stay = show.stay
    me, current = stay.roster.get(stay.eid), stay.round
    if me is None or current is None or not 0 <= me.team < len(current.standings):
        return None
    return current.standings[me.team]


def _sees_home(show: Show) -> bool:
    """Whether the lantern is in view: then no arrow leads there."""
    home, own, terrain = _home(show), show.stay.own, show.stay.terrain
    if home is None or own is None or terrain is None:
        return False
    return compass.is_in_view(Camera.on(own.x, own.y, terrain.size), home.x, home.y)


def _is_home(show: Show, reach: float) -> bool:
    home, own = _home(show), show.stay.own
    if home is None or own is None:
        return False
    return (home.x + 0.5 - own.x) ** 2 + (home.y + 0.5 - own.y) ** 2 <= reach * reach
