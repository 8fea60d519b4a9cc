"""How made-up people play: they gather, roam about, or hunt somebody."""

import math
from random import Random

from client.brain import Brain
from game.body import Keys
from game.rules import UNIT

TURNS = (8, 4, 1, 2, 10, 5, 9, 6, 0)


class Mind:
    """Gathers as a bot does; `decide` is asked first, for (keys, target) or None."""

    def __init__(self, session, rng, decide=lambda _now, _body: None):
        self.session, self.brain, self.decide, self.seq = session, Brain(rng), decide, 0

    def live(self, now):
        session = self.session
        if session.presence is None or session.presence.prediction.seq == self.seq:
            return
        self.seq = session.presence.prediction.seq
        body = session.presence.prediction.body
        wish = self.decide(now, body)
        if wish is None:
            decision = self.brain.decide(session.view, body)
            wish = decision.keys, decision.target
            if decision.act:
                session.act(decision.act, 0, now)
        session.controls.set(int(wish[0]), wish[1])


def hunt(body, prey):
    """(keys, target) of who runs after a body, or whatever has x and y, and dashes into it."""
    dx, dy = prey.x - body.x, prey.y - body.y
    is_near = math.hypot(dx, dy) < 2 * UNIT
    return towards(dx, dy, UNIT // 4) | (int(Keys.DASH) if is_near else 0), 0


def towards(dx, dy, near=UNIT):
    """The keys that lead there."""
    across = Keys.RIGHT if dx > near else Keys.LEFT if dx < -near else 0
    along = Keys.DOWN if dy > near else Keys.UP if dy < -near else 0
    return int(across | along)


def turning(seed, holds=(0.2, 0.5, 1.0, 1.5)):
    """Keys by chance, each for a while."""
    rng, keys, until = Random(seed), 8, 0.0

    def keys_at(now):
        nonlocal keys, until
        if now >= until:
            keys, until = rng.choice(TURNS), now + rng.choice(holds)
        return keys

    return keys_at
