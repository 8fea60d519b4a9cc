"""THE shared step: what the server decides and a client predicts of one body, call for call."""

from collections.abc import Mapping

from game.body import Body, Command
from game.gathering import gather, is_near
from game.items import EMPTY, Cargo
from game.motion import move
from game.nodes import NID_MAX, NodeLike
from game.rules import Rules
from game.terrain import Terrain


def step(  # noqa: PLR0913, PLR0917 - the whole world that a command can see
    body: Body,
    command: Command,
    terrain: Terrain,
    nodes: Mapping[int, NodeLike],
    rules: Rules,
    gathers: bool,
) -> int:
    """Move, then gather. Changes `body` and the stock of the node that gave an item.

    `gathers` is false outside the phase play. Returns the nid that gave an item, else 0.
    """
    move(body, command.keys, terrain, rules)
    target = command.target
    if not (target or body.target):
        return 0  # as in most commands
    if target and not (gathers and 0 < target <= NID_MAX):
        target = 0
    if target != body.target:
        body.target = target
        body.progress = 0
    if not target:
        return 0
    node = nodes.get(target)
    if node is None:
        body.progress = 0
        return 0
    return target if gather(body, node, rules) else 0


def deposit(body: Body, lantern_tile: tuple[int, int], rules: Rules) -> Cargo | None:
    """Hand all cargo in at a lantern; None (and no change) out of its reach or empty-handed."""
    tx, ty = lantern_tile
    if body.cargo == EMPTY or not is_near(body, tx, ty, rules.lantern_reach):
        return None
    return drop(body)


def drop(body: Body) -> Cargo:
    """Let go of all cargo; returns what it was."""
    cargo, body.cargo = body.cargo, EMPTY
    return cargo
