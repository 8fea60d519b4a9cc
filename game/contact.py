"""A dash into a rival in the dark: half of what they carry falls."""

from collections.abc import Set as AbstractSet

from game.body import Body
from game.events import EventKind
from game.lanterns import Lights, is_lit
from game.player import Player
from game.state import Phase, State


def pass_tick(state: State, dashing: AbstractSet[int], lit: Lights) -> None:
    """Decide all dashes of this tick, of those whose own commands in it ended in a dash.

    Who stands still in the middle of a dash, because nothing came from them, neither hits nor
    is protected by it.
    """
    if state.phase is not Phase.PLAY:
        return
    players = state.players
    # A later command may have ended it, the round have put them elsewhere, or they have left.
    safe = {eid for eid in dashing if eid in players and players[eid].body.dash_left}
    if not safe:
        return
    rivals = [players[eid] for eid in sorted(players) if _may_lose(state, players[eid], safe, lit)]
    for eid in sorted(safe):
        _hit(state, players[eid], rivals, lit)


def _may_lose(state: State, player: Player, dashing: AbstractSet[int], lit: Lights) -> bool:
    body = player.body
    return (
        body.load > 0
        and player.safe_until <= state.tick
        and player.eid not in dashing
        and not is_lit(body.x, body.y, lit)
    )


def _hit(state: State, dasher: Player, rivals: list[Player], lit: Lights) -> None:
    body, touch = dasher.body, state.rules.touch
    left, right = body.x - touch, body.x + touch
    for rival in rivals:
        if (
            left <= rival.body.x <= right  # first what is false of most: there may be hundreds
            and rival.team != dasher.team
            and rival.body.load > 0
            and rival.safe_until <= state.tick
            and _meet(body, rival.body, touch)
            and not is_lit(body.x, body.y, lit)
        ):
            _bump(state, dasher, rival)


def _meet(one: Body, other: Body, touch: int) -> bool:
    dx, dy = one.x - other.x, one.y - other.y
    return abs(dx) <= touch and dx * dx + dy * dy <= touch * touch


def _bump(state: State, dasher: Player, rival: Player) -> None:
    fallen = state.rob(rival, -(-rival.body.load // 2))
    state.tell(EventKind.BUMPED, dasher, rival.eid, sum(fallen))
