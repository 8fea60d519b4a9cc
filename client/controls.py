"""What the player's hands say, made into one command a tick."""

from collections.abc import Mapping

from game.body import Body, Command
from game.gathering import may_gather
from game.nodes import NodeLike
from game.rules import Rules


class Controls:
    """The keys of the tick in progress.

    A press counts at once, a release at the tick's end: what is drawn reacts in the next frame,
    never steps back when a key is let go, and a tap shorter than a tick is not lost.
    """

    def __init__(self) -> None:
        self.keys = 0
        self._held = 0
        self._target = 0

    def set(self, keys: int, target: int) -> None:
        """What is held down from now on, and the node to work on (0 none)."""
        if keys & ~self._held:
            self.keys = keys
        self._held = keys
        self._target = target

    def command(self, body: Body, nodes: Mapping[int, NodeLike], rules: Rules) -> Command:
        """The command of the tick that ends now.

        The target is named only while it can be worked on: a node that the server grows again
        in this moment could else make the prediction wrong.
        """
        keys, self.keys = self.keys, self._held
        node = nodes.get(self._target) if self._target else None
        works = node is not None and may_gather(body, node, rules)
        return Command(keys, self._target if works else 0)
