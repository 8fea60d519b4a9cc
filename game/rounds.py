"""The round: lobby, countdown, play, results, and again with a new map."""

from typing import Final

from game import moths, star
from game.ahead import Ahead
from game.body import Body
from game.events import Event, EventKind
from game.generation import Layout
from game.items import EMPTY, Item, plus
from game.lanterns import Lantern
from game.player import Player
from game.plot import Plot, made, planted
from game.rng import mixed
from game.rules import UNIT, Mode
from game.state import PHASES, Phase, State

SEED_MASK: Final = (1 << 63) - 1

_SLICES: Final = 64
_TILES_A_SLICE: Final = 80
"""Making a map takes less than so many slices, and one more for so many tiles."""

_SPAWN_RING: Final = (
    # Places around a lantern, in half tiles; generation keeps the ground there free.
    (0, 3), (0, -3), (3, 0), (-3, 0), (3, 3), (-3, -3), (3, -3), (-3, 3),
    (2, 4), (-2, -4), (4, -2), (-4, 2), (-2, 4), (2, -4), (4, 2), (-4, -2),
)  # fmt: skip


def begin(state: State, layout: Layout | None = None) -> None:
    """Begin with a new map of the state's seed: a village is at play at once, a rush waits."""
    work = made(state.rules, state.seed) if layout is None else planted(layout)
    _begin(state, Ahead(work).result())


def begin_next(state: State) -> None:
    """Go on with another map and the next round's number."""
    upcoming, state.upcoming = _upcoming(state), None
    state.seed = _next_seed(state)
    state.number += 1
    _begin(state, upcoming.result())


def _begin(state: State, plot: Plot) -> None:
    _lay_out(state, plot)
    for _, player in sorted(state.players.items()):
        player.ready, player.score, player.safe_until = False, 0, 0
        place(state, player)
    state.remade = True  # says it all: no node is told as changed
    if state.rules.mode is Mode.VILLAGE:
        _enter(state, Phase.PLAY, 0)
        star.begin(state)
    else:
        _enter(state, Phase.LOBBY, 0)


def _upcoming(state: State) -> Ahead[Plot]:
    return state.upcoming or Ahead(made(state.rules, _next_seed(state)))


def _go_on_with_upcoming(state: State) -> None:
    """Make a part of the next map: a slice each tick, as late as that will do.

    More where time is short: after a restart, or in a round that was closed early.
    """
    upcoming, left = state.upcoming, state.phase_ends - state.tick
    if state.phase is Phase.PLAY:
        left += state.rules.ticks(state.rules.results_ms)
    slices = _SLICES + state.rules.map_tiles**2 // _TILES_A_SLICE
    slices -= upcoming.slices if upcoming else 0
    if upcoming is None and slices < left:
        return
    state.upcoming = upcoming = _upcoming(state)
    for _ in range(max(1, slices // max(1, left))):
        upcoming.advance()


def _next_seed(state: State) -> int:
    return mixed(state.seed + 1) & SEED_MASK


def _lay_out(state: State, plot: Plot) -> None:
    """Put a map under the state; what lay on the old one is gone, the books begin anew."""
    plot.ground.renumber(state.ground.next_nid)
    state.ground = plot.ground
    state.spawned, state.burnt = plot.grown, EMPTY
    state.star, state.next_star = None, 0
    state.lanterns = [Lantern(team, tx, ty) for team, (tx, ty) in enumerate(plot.lanterns)]
    for lantern in state.lanterns:
        lantern.stock = plus(EMPTY, Item.WOOD, state.rules.fuel_start)
        state.spawn(lantern.stock)
    moths.create(state)


def pass_tick(state: State) -> None:
    """Go to the next phase when the present one is over."""
    if state.rules.mode is Mode.VILLAGE:
        return
    if state.phase in {Phase.PLAY, Phase.RESULTS}:
        _go_on_with_upcoming(state)
    if state.phase is Phase.LOBBY:
        _wait_for_players(state)
    elif state.phase is Phase.COUNTDOWN and not _is_enough(state):
        _enter(state, Phase.LOBBY, 0)
    elif state.tick >= state.phase_ends or (state.phase is Phase.PLAY and not state.players):
        _advance(state)


def close(state: State) -> None:
    """The host ends the running phase now; a village goes on."""
    if state.rules.mode is Mode.VILLAGE:
        return
    _advance(state)


def place(state: State, player: Player) -> None:
    """Put a body, empty-handed, beside its team's lantern."""
    lantern = state.lanterns[player.team]
    dx, dy = _SPAWN_RING[player.eid // len(state.lanterns) % len(_SPAWN_RING)]
    player.body = Body(
        x=lantern.x + dx * (UNIT // 2),
        y=lantern.y + dy * (UNIT // 2),
        warp=(player.body.warp + 1) % 256,
    )


def smallest_team(state: State) -> int:
    """The team that needs a player most: fewest people, then fewest points, then the first."""
    sizes = team_sizes(state)
    return min((sizes[lamp.team], lamp.score, lamp.team) for lamp in state.lanterns)[2]


def team_sizes(state: State) -> list[int]:
    """How many people each team has."""
    sizes = [0] * len(state.lanterns)
    for player in state.players.values():
        sizes[player.team] += 1
    return sizes


def _wait_for_players(state: State) -> None:
    if not _is_enough(state):
        state.phase_ends = 0
        return
    if not state.phase_ends:
        state.phase_ends = state.tick + state.rules.ticks(state.rules.lobby_ms)
    here = [player for player in state.players.values() if not player.away]
    if state.tick >= state.phase_ends or all(p.ready or p.is_bot for p in here):
        _advance(state)


def _is_enough(state: State) -> bool:
    here = sum(not player.away for player in state.players.values())
    return here >= max(1, state.rules.min_players)


def _advance(state: State) -> None:
    rules = state.rules
    if state.phase is Phase.LOBBY:
        _enter(state, Phase.COUNTDOWN, rules.countdown_ms)
    elif state.phase is Phase.COUNTDOWN:
        _enter(state, Phase.PLAY, rules.round_ms)
        _begin_play(state)
    elif state.phase is Phase.PLAY:
        star.end(state)
        _enter(state, Phase.RESULTS, rules.results_ms)
    else:
        begin_next(state)


def _begin_play(state: State) -> None:
    for player in state.players.values():
        player.score, player.safe_until = 0, 0
        place(state, player)
    star.begin(state)


def _enter(state: State, phase: Phase, lasts_ms: int) -> None:
    state.phase = phase
    state.phase_ends = state.tick + state.rules.ticks(lasts_ms) if lasts_ms else 0
    state.events.append(Event(EventKind.PHASE, 0, PHASES.index(phase), state.number))
