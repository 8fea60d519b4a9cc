"""A saved world made fit to go on: under other rules, or after a fault of ours."""

from game import moths, rounds
from game.invariants import broken
from game.items import split, total
from game.player import Player
from game.rules import Rules
from game.state import State


def refit(state: State, rules: Rules) -> None:
    """Let a world go on under `rules`: what was gathered stays, numbers are bounded anew.

    Another kind of game (mode, teams, map size) or other bodies need another map: then the
    world begins a new round with everybody in it.
    """
    old, state.rules = state.rules, rules
    if _shape(old) != _shape(rules):
        state.upcoming = None  # it was begun under the old rules
        _rebalance(state)
        rounds.begin_next(state)
        return
    _fit(state)


def mend(state: State) -> list[str]:
    """Put right what can be; returns a sentence for each thing that was wrong.

    Books that do not add up are written anew and change nothing else: the log goes on to fit.
    For anything worse the world is bounded as it is for new rules.
    """
    sentences = broken(state)
    if sentences:
        _balance(state)
        if broken(state):
            _fit(state)
    return sentences


def _fit(state: State) -> None:
    """Bring every number within the bounds of the rules."""
    rules = state.rules
    for _, player in sorted(state.players.items()):
        _calm(state, player)
    for lantern in state.lanterns:
        lantern.level = min(lantern.level, max(1, rules.level_max))
        lantern.burn_left = min(lantern.burn_left, rules.ticks(rules.burn_ms))
    state.ground.refit(state.tick, rules)
    moths.create(state)
    _balance(state)


def _balance(state: State) -> None:
    """Open the books anew with what is there."""
    state.spawned = total(state.held(), state.burnt)


def _shape(rules: Rules) -> tuple[object, ...]:
    return rules.mode, rules.teams, rules.map_tiles, rules.half_width


def _rebalance(state: State) -> None:
    """Deal the players out over the teams of the new rules."""
    for place, (_, player) in enumerate(sorted(state.players.items())):
        player.team = place % state.rules.team_count()


def _calm(state: State, player: Player) -> None:
    """Bring a body's timers to rest and let fall what it may no longer carry."""
    body = player.body
    body.dash_left, body.dash_wait, body.progress, player.safe_until = 0, 0, 0, 0
    body.felt_left, body.felt = 0, 0
    fallen, body.cargo = split(body.cargo, max(0, body.load - state.rules.cargo))
    state.shed(player, fallen)
