"""Any world, whatever is thrown at it: sound, deterministic, and the same after being saved."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from game.avatar import step as avatar_step
from game.body import Body, Command
from game.inputs import Act, ActKind, Close, Commands, Join, Leave, Presence
from game.invariants import broken
from game.nodes import Node
from game.rules import Mode, Rules
from game.world import World

QUICK = {
    "map_tiles": 64,
    "lobby_ms": 500,
    "countdown_ms": 300,
    "round_ms": 6_000,
    "results_ms": 300,
    "star_every_ms": 1_500,
    "star_warning_ms": 500,
    "burn_ms": 400,
    "stone_per_level": 2,
    "moths": 4,
}
WORLDS = [
    Rules(**QUICK),
    Rules(**QUICK, teams=4, tick_hz=20),
    Rules(**QUICK, mode=Mode.VILLAGE, tick_hz=60),
]
SAVED = [World.create(rules, 3).encode() for rules in WORLDS]

eids = st.one_of(st.integers(1, 6), st.sampled_from([0, -1, 59_999, 60_000, 70_000]))
numbers = st.one_of(st.integers(-2, 400), st.just(1 << 40))
commands = st.builds(
    Command,
    st.one_of(st.integers(0, 31), st.integers()),
    st.one_of(st.integers(0, 220), st.integers()),
)
inputs = st.one_of(
    st.builds(Join, eids, st.sampled_from(["a", "b" * 16, "", "c" * 17]), st.integers(-2, 5)),
    st.builds(Leave, eids),
    st.builds(Commands, eids, numbers, st.lists(commands, max_size=3).map(tuple)),
    st.builds(Act, eids, numbers, st.sampled_from([*ActKind, 0, 77]), numbers),
    st.integers(0, 19).map(
        lambda n: Close() if n == 19 else Presence(n % 7, n < 10)
    ),  # a map costs
)
ticks = st.lists(st.lists(inputs, max_size=5), max_size=25)


def opened(which):
    return World.decode(SAVED[which], WORLDS[which])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2), ticks)
def test_no_input_raises_or_breaks_a_world(which, script):
    world = opened(which)
    for given_inputs in script:
        world.step(given_inputs)
        assert broken(world) == []


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2), ticks, ticks)
def test_a_saved_world_has_the_same_future(which, past, future):
    world, twin = opened(which), opened(which)
    for given_inputs in past:
        world.step(given_inputs)
        twin.step(given_inputs)
    again = World.decode(world.encode(), world.rules)
    for given_inputs in future:
        assert world.step(given_inputs) == twin.step(given_inputs) == again.step(given_inputs)
        assert world.remade == again.remade
        assert world.changed_nodes == again.changed_nodes
        assert world.removed == again.removed
    assert world.hash() == twin.hash() == again.hash()


@settings(max_examples=60, deadline=None)
@given(
    walk=st.lists(commands, max_size=60),
    node=st.builds(Node, st.integers(1, 6), st.integers(0, 5), st.integers(20, 24), st.just(22)),
    gathers=st.booleans(),
)
def test_a_client_that_replays_its_commands_comes_to_the_same_body(walk, node, gathers):
    world = opened(0)
    terrain, rules = world.terrain, world.rules
    start = Body(22 << 16, 22 << 16)
    bodies = []
    for pause in (len(walk), len(walk) // 2):
        body = Body(**{name: getattr(start, name) for name in Body.__struct_fields__})
        nodes = {5: Node(node.kind, node.stock, node.tx, node.ty)}
        for command in walk[:pause]:
            avatar_step(body, command, terrain, nodes, rules, gathers)
        for command in walk[pause:]:
            avatar_step(body, command, terrain, nodes, rules, gathers)
        bodies.append((body, nodes[5].stock))
    assert bodies[0] == bodies[1]
    assert bodies[0][0].load + bodies[0][1] == node.stock


@pytest.mark.parametrize("rules", WORLDS, ids=lambda r: f"{r.mode.value}-{r.tick_hz}")
def test_only_integers_live_in_a_world(rules):
    world = opened(WORLDS.index(rules))
    for tick in range(300):
        world.step([Join(tick, "x"), Commands(tick // 9, tick, (Command(tick, tick),))])
    floats = []

    def look(value):
        if isinstance(value, float):
            floats.append(value)
        elif isinstance(value, dict):
            look(list(value.items()))
        elif isinstance(value, list | tuple):
            for part in value:
                look(part)
        elif hasattr(value, "__struct_fields__"):
            look([getattr(value, name) for name in value.__struct_fields__])

    look([world.players, world.moths, world.lanterns, world.nodes, world.star, world.rng])
    assert floats == []
    assert math.isqrt(world.tick) == 17


class Evening(RuleBasedStateMachine):
    """Players who come, go, gather, carry, dash and hand in, for as long as it takes."""

    @initialize(which=st.integers(0, 2), people=st.integers(1, 8))
    def open(self, which, people):
        self.world = opened(which)
        self.acts = 0
        self.world.step([Join(eid, f"p{eid}", is_bot=True) for eid in range(1, people + 1)])

    @rule(eid=st.integers(1, 9), keys=st.integers(0, 31), count=st.integers(1, 40))
    def walk(self, eid, keys, count):
        for _ in range(count):
            self._command(eid, keys, 0)

    @rule(eid=st.integers(1, 9), count=st.integers(1, 60))
    def gather(self, eid, count):
        """Stand at the nearest node that has something (the server's right) and work."""
        player = self.world.players.get(eid)
        stocked = [nid for nid, node in sorted(self.world.nodes.items()) if node.stock]
        if player is None or not stocked:
            return
        nid = stocked[(eid * 37 + self.world.tick) % len(stocked)]
        node = self.world.nodes[nid]
        player.body.x, player.body.y = (node.tx << 16) + 32_768, (node.ty << 16) + 32_768
        for _ in range(count):
            self._command(eid, 0, nid)

    @rule(eid=st.integers(1, 9))
    def carry_home(self, eid):
        player = self.world.players.get(eid)
        if player is not None:
            lamp = self.world.lanterns[player.team]
            player.body.x, player.body.y = lamp.x, lamp.y
            self._act(eid, ActKind.DEPOSIT)

    @rule(eid=st.integers(1, 9), other=st.integers(1, 9))
    def meet(self, eid, other):
        one, two = self.world.players.get(eid), self.world.players.get(other)
        if one is not None and two is not None:
            one.body.x, one.body.y = two.body.x, two.body.y
            for _ in range(3):
                self._command(eid, 16, 0)

    @rule(eid=st.integers(1, 9), kind=st.sampled_from(list(ActKind)), arg=st.integers(0, 4))
    def ask(self, eid, kind, arg):
        self._act(eid, kind, arg)

    @rule(eid=st.integers(1, 9), team=st.integers(-1, 4))
    def come(self, eid, team):
        self.world.step([Join(eid, "late", team)])

    @rule(eid=st.integers(1, 9))
    def leave(self, eid):
        self.world.step([Leave(eid)])

    @rule(eid=st.integers(1, 9), away=st.booleans())
    def blink(self, eid, away):
        self.world.step([Presence(eid, away)])

    @rule(count=st.integers(1, 90))
    def wait(self, count):
        for _ in range(count):
            self.world.step([])

    @rule()
    def save(self):
        again = World.decode(self.world.encode(), self.world.rules)
        assert again.hash() == self.world.hash()
        self.world = again

    @invariant()
    def is_sound(self):
        if hasattr(self, "world"):
            assert broken(self.world) == []

    def _command(self, eid, keys, target):
        player = self.world.players.get(eid)
        seq = player.last_seq + 1 if player else 1
        self.world.step([Commands(eid, seq, (Command(keys, target),))])

    def _act(self, eid, kind, arg=0):
        self.acts += 1
        self.world.step([Act(eid, self.acts, kind, arg)])


TestEvening = Evening.TestCase
TestEvening.settings = settings(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
