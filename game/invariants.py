"""What is true of every world after every tick; a broken sentence is a fault of ours."""

from collections.abc import Iterator
from typing import Final

from game.items import total, worth
from game.moth import EID_MOTH
from game.nodes import KINDS, NID_MAX, PILES, TRAITS
from game.player import EID_MAX, NAME_MAX, Player
from game.rules import UNIT
from game.state import Phase, State
from game.terrain import Tile

_NIDS: Final = range(1, NID_MAX + 1)
_STOCKS: Final = {
    kind: range(1 if kind in PILES else 0, traits.stock + 1) for kind, traits in TRAITS.items()
}
_TILES: Final = bytes(Tile)
_PIECE: Final = 4096
"""Tiles looked at in one go: a loop over each of 262 144 takes 4 ms, all at once 0.5 MB."""


def misshapen(state: State) -> list[str]:
    """What makes a world unfit even to be looked at closely: holes, strangers, unknown kinds."""
    if sentences := list(_map(state)):
        return sentences  # the rest reads the map
    return [*_lanterns(state), *_kinds(state), *_teams(state)]


def broken(state: State) -> list[str]:
    """A sentence for each thing that cannot be; empty for a sound world."""
    return [sentence for found in inspection(state) for sentence in found]


def inspection(state: State) -> Iterator[list[str]]:
    """What one check after the other finds; the world may go on between them."""
    sentences = misshapen(state)
    yield sentences
    if not sentences:
        for check in (_books, _nodes, _regrowth, _players, _moths, _times):
            yield list(check(state))


def _map(state: State) -> Iterator[str]:
    terrain = state.terrain
    if terrain.size < 1 or len(terrain.tiles) != terrain.size**2:
        yield f"The {len(terrain.tiles)} tiles do not make a square of {terrain.size}."
    elif any(
        terrain.tiles[at : at + _PIECE].translate(None, _TILES)
        for at in range(0, len(terrain.tiles), _PIECE)
    ):
        yield "A tile has an unknown kind."


def _lanterns(state: State) -> Iterator[str]:
    if not state.lanterns:
        yield "There is no lantern."
    for team, lamp in enumerate(state.lanterns):
        if lamp.team != team:
            yield f"The lantern in place {team} says that it is team {lamp.team}'s."
        if state.terrain.is_solid(lamp.tx, lamp.ty):
            yield f"The lantern of team {team} stands on a solid tile."
        if not 1 <= lamp.level <= max(1, state.rules.level_max):
            yield f"The lantern of team {team} has level {lamp.level}."
        if min(lamp.stock) < 0 or not 0 <= lamp.burn_left <= state.rules.ticks(state.rules.burn_ms):
            yield f"The lantern of team {team} has stock {lamp.stock}, burning {lamp.burn_left}."


def _kinds(state: State) -> Iterator[str]:
    kinds = {node.kind for node in state.nodes.values()}
    if kinds <= TRAITS.keys() and all(map(_NIDS.__contains__, state.nodes)):
        return
    for nid, node in state.nodes.items():
        if node.kind not in TRAITS or nid not in _NIDS:
            yield f"Node {nid} has kind {node.kind}."


def _teams(state: State) -> Iterator[str]:
    for eid, player in state.players.items():
        if eid != player.eid or not 1 <= eid <= EID_MAX:
            yield f"Player {eid} has eid {player.eid}."
        if not 0 <= player.team < len(state.lanterns):
            yield f"Player {eid} is in team {player.team}."


def _books(state: State) -> Iterator[str]:
    held = state.held()
    scored = sum(player.score for player in state.players.values())
    handed = sum(worth(lamp.handed) for lamp in state.lanterns)
    if total(held, state.burnt) != state.spawned:
        yield f"In all {state.spawned} items came, but {held} are here and {state.burnt} were used."
    if scored > handed:
        yield f"The players have {scored} points, their lanterns only {handed}."


def _nodes(state: State) -> Iterator[str]:
    places: set[int] = set()  # numbers, for there are thousands
    size, is_solid = state.terrain.size, state.terrain.is_solid
    for nid, node in state.nodes.items():
        kind, tx, ty = node.kind, node.tx, node.ty
        if node.stock not in _STOCKS[kind]:
            yield f"Node {nid} of kind {kind} has {node.stock} items."
        if is_solid(tx, ty):
            yield f"Node {nid} is on a solid tile."
        place = (ty * size + tx) * KINDS + kind
        if place in places:
            yield f"Node {nid} is not alone of its kind on tile ({tx}, {ty})."
        places.add(place)


def _regrowth(state: State) -> Iterator[str]:
    due: dict[int, int] = {}
    for tick, nids in state.ground.regrowth.items():
        for nid in nids:
            due[nid] = due.get(nid, 0) + 1
            if tick <= state.tick:
                yield f"Node {nid} should have grown in tick {tick}."
    for nid, node in state.nodes.items():
        traits = TRAITS[node.kind]
        is_short = traits.regrow_ms > 0 and node.stock < traits.stock
        if due.pop(nid, 0) != is_short:
            yield f"Node {nid} with {node.stock} items is planned to grow wrongly."
    if due:
        yield f"Nodes {sorted(due)} are to grow and do not exist."


def _players(state: State) -> Iterator[str]:
    for eid, player in state.players.items():
        if not 1 <= len(player.name) <= NAME_MAX:
            yield f"Player {eid} has a name of {len(player.name)} characters."
        yield from _body(state, player)


def _body(state: State, player: Player) -> Iterator[str]:
    body, rules, half = player.body, state.rules, state.rules.half_width
    corners = [(body.x + dx, body.y + dy) for dx in (-half, half) for dy in (-half, half)]
    if any(state.terrain.is_solid(x // UNIT, y // UNIT) for x, y in corners):
        yield f"Player {player.eid} is inside a solid tile at ({body.x}, {body.y})."
    if min(body.cargo) < 0 or body.load > rules.cargo:
        yield f"Player {player.eid} carries {body.cargo}."
    if body.load and state.phase in (Phase.LOBBY, Phase.COUNTDOWN):
        yield f"Player {player.eid} carries {body.cargo} before the round."
    if not (
        0 <= body.dash_left <= rules.ticks(rules.dash_ms)
        and 0 <= body.dash_wait <= rules.ticks(rules.dash_wait_ms)
        and 0 <= body.felt_left <= rules.ticks(rules.felt_ms)
        and 0 <= body.felt <= rules.cargo
        and 0 <= body.facing <= 7
        and 0 <= body.warp <= 255
        and 0 <= body.target <= NID_MAX
        and 0 <= body.progress <= rules.ticks(max(t.work_ms for t in TRAITS.values()))
    ):
        yield f"Player {player.eid} has a timer out of its range: {body}."


def _moths(state: State) -> Iterator[str]:
    edge = state.terrain.size * UNIT
    for eid, moth in state.moths.items():
        if eid != moth.eid or not EID_MOTH <= eid < EID_MOTH + state.rules.moths:
            yield f"Moth {eid} has eid {moth.eid}."
        if not (0 <= moth.x < edge and 0 <= moth.y < edge and 0 <= moth.facing <= 7):
            yield f"Moth {eid} is off the map at ({moth.x}, {moth.y})."
        if moth.rest_until > state.tick + state.rules.ticks(state.rules.moth_rest_ms):
            yield f"Moth {eid} rests until tick {moth.rest_until}."


def _times(state: State) -> Iterator[str]:
    if state.tick < 0 or state.number < 1:
        yield f"Tick {state.tick} of round {state.number} cannot be."
    if state.phase_ends and state.phase_ends < state.tick:
        yield f"The phase {state.phase.value} ended in tick {state.phase_ends}."
    if state.star is not None and (
        state.star.falls <= state.tick or state.star.falls != state.next_star
    ):
        yield f"The star should have fallen in tick {state.star.falls}."
    if state.star is not None and state.terrain.is_solid(state.star.tx, state.star.ty):
        yield "The star falls on a solid tile."
