"""Somebody holds the key to gather in vain: why is said once, and not at every step."""

import math
from typing import Final

from client.drawn import DrawnSelf
from client.scenes.stay import Stay
from game.nodes import NodeKind
from game.rules import UNIT

_SPENT: Final[dict[int, str]] = {
    NodeKind.TREE: "Only a stump: it grows back.",
    NodeKind.BOULDER: "Nothing left of this boulder: it grows back.",
    NodeKind.GLIMMER: "Only stubs of glimmer: they grow back.",
}
_PATIENCE_S: Final = 0.7
"""Who walks from one thing to the next with the key held is told nothing."""


class VainWork:
    """Follows the key; `is_news` is true once for each time it is held in vain."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._is_told = False

    def is_news(self, now: float, *, holds: bool, finds: bool) -> bool:
        """Once a frame: whether to say now that there is nothing here."""
        if not holds or finds:
            self._since, self._is_told = None, self._is_told and holds
            return False
        if self._since is None:
            self._since = now
        if self._is_told or now - self._since < _PATIENCE_S:
            return False
        self._is_told = True
        return True


def why(stay: Stay) -> str:
    """What keeps the player from gathering here, in a sentence."""
    own, rules = stay.own, stay.rules
    if own is None or rules is None:
        return ""
    if sum(own.cargo) >= rules.cargo:
        return "Your hands are full: carry it to your lantern."
    reach = rules.reach / UNIT
    spent = (
        (_distance(own, node.tx, node.ty), words)
        for node in stay.nodes.values()
        if not node.stock and (words := _SPENT.get(node.kind))
    )
    distance, words = min(spent, default=(reach + 1, ""))
    return words if distance <= reach else "Nothing to gather here."


def _distance(own: DrawnSelf, tx: int, ty: int) -> float:
    return math.hypot(tx + 0.5 - own.x, ty + 0.5 - own.y)
