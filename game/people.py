"""What enters a world from outside, in its order. What makes no sense is ignored."""

from collections.abc import Iterable
from itertools import groupby
from typing import Final, cast

from game import avatar, rounds
from game.body import Body
from game.events import EventKind
from game.inputs import Act, ActKind, Close, Commands, Input, Join, Leave, Presence
from game.items import EMPTY, worth
from game.nodes import TRAITS
from game.player import EID_MAX, NAME_MAX, Player
from game.state import Phase, State

NUMBER_MAX: Final = 0xFFFF_FFFF
"""The highest number of a command or an act."""

_ARG_MAX: Final = 0xFFFF
_ACTS: Final = frozenset(ActKind)


def receive(state: State, inputs: Iterable[Input]) -> set[int]:
    """Apply a tick's inputs in their order; returns the eids of those who dashed by a command.

    Commands mostly come in a row: what they all look at is looked up once for a row.
    """
    dashing: set[int] = set()
    for kind, row in groupby(inputs, type):
        if kind is Commands:
            _obey(state, cast("Iterable[Commands]", row), dashing)
        else:
            for given in row:
                _take(state, given)
    return dashing


def _take(state: State, given: Input) -> None:
    if isinstance(given, Act):
        _act(state, given)
    elif isinstance(given, Join):
        _join(state, given)
    elif isinstance(given, Leave):
        _leave(state, given)
    elif isinstance(given, Presence):
        if given.eid in state.players:
            state.players[given.eid].away = bool(given.away)
    elif isinstance(given, Close):
        rounds.close(state)


def _obey(state: State, row: Iterable[Commands], dashing: set[int]) -> None:
    players, ground, rules = state.players, state.ground, state.rules
    terrain, nodes, gathers = ground.terrain, ground.nodes, state.phase is Phase.PLAY
    step, whole_dash = avatar.step, rules.ticks(rules.dash_ms)
    for given in row:
        player = players.get(given.eid)
        if player is None or not player.last_seq < given.seq <= NUMBER_MAX:
            continue
        player.last_seq = given.seq
        body = player.body
        for command in given.commands:
            nid = step(body, command, terrain, nodes, rules, gathers)
            if body.dash_left:
                dashing.add(given.eid)
                if body.dash_left == whole_dash:  # begun by this command
                    state.tell(EventKind.DASHED, player)
            if nid:
                item = TRAITS[nodes[nid].kind].item
                ground.taken(nid, state.tick, rules)
                state.tell(EventKind.TOOK, player, nid, item)


def _join(state: State, given: Join) -> None:
    if not 1 <= given.eid <= EID_MAX or given.eid in state.players or not _is_name(given.name):
        return
    team = given.team if 0 <= given.team < len(state.lanterns) else rounds.smallest_team(state)
    player = Player(given.eid, given.name, team, Body(0, 0), is_bot=bool(given.is_bot))
    rounds.place(state, player)
    state.players[given.eid] = player
    state.tell(EventKind.JOINED, player, team)


def _is_name(name: str) -> bool:
    """Whether it can be stored; what people may be called is decided by names.clean before."""
    return 1 <= len(name) <= NAME_MAX and not any(0xD800 <= ord(c) <= 0xDFFF for c in name)


def _leave(state: State, given: Leave) -> None:
    player = state.players.pop(given.eid, None)
    if player is not None:
        state.shed(player, avatar.drop(player.body))
        state.tell(EventKind.LEFT, player, player.team)


def _act(state: State, given: Act) -> None:
    player = state.players.get(given.eid)
    if player is None or not player.last_act < given.act_id <= NUMBER_MAX:
        return
    player.last_act = given.act_id
    if given.kind not in _ACTS or not 0 <= given.arg <= _ARG_MAX:
        return
    if given.kind == ActKind.DEPOSIT:
        _deposit(state, player)
    elif given.kind == ActKind.DROP:
        _drop(state, player)
    elif given.kind == ActKind.PING:
        state.tell(EventKind.POINTED, player, given.arg)
    elif state.phase is Phase.LOBBY:
        _prepare(state, player, given)


def _prepare(state: State, player: Player, given: Act) -> None:
    """Ready and team: what is only decided in the lobby."""
    if given.kind == ActKind.READY:
        player.ready = given.arg == 1
    elif given.arg < len(state.lanterns) and given.arg != player.team:
        player.team = given.arg
        rounds.place(state, player)


def _deposit(state: State, player: Player) -> None:
    if state.phase is not Phase.PLAY:
        return
    lantern = state.lanterns[player.team]
    cargo = avatar.deposit(player.body, (lantern.tx, lantern.ty), state.rules)
    if cargo is None:
        return
    points = worth(cargo)
    player.score += points
    levels, used = lantern.receive(cargo, state.rules)
    state.spend(used)
    state.tell(EventKind.DEPOSITED, player, lantern.team, points)
    if levels:
        state.tell(EventKind.LEVEL_UP, player, lantern.team, lantern.level)


def _drop(state: State, player: Player) -> None:
    fallen = avatar.drop(player.body)
    if fallen != EMPTY:
        state.shed(player, fallen)
        state.tell(EventKind.DROPPED, player, 0, sum(fallen))
