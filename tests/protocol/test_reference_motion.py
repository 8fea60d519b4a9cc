"""A body as a stranger would write it from docs/reference/protocol.md moves like ours."""

from random import Random

import pytest

from game.avatar import step
from game.body import Body, Command
from game.nodes import TRAITS, Node, NodeKind
from game.rules import Rules
from game.terrain import Terrain, Tile

SIZE = 32
FACINGS = [(0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1)]
NODES = {
    1: (NodeKind.TREE, 4, 16, 15),
    2: (NodeKind.GLIMMER, 3, 17, 16),
    3: (NodeKind.PILE_STONE, 9, 15, 16),
    4: (NodeKind.BOULDER, 0, 16, 16),
}


class Stranger:
    """The page's section "How a body moves", sentence by sentence; `rules` is the map it gets."""

    def __init__(self, rules, tiles, nodes, x, y):
        self.rules, self.tiles, self.nodes = rules, tiles, nodes
        self.x, self.y, self.facing = x, y, 4
        self.dash_left = self.dash_wait = self.target = self.progress = 0
        self.felt_left = self.felt = 0
        self.cargo = [0, 0, 0]

    def ticks(self, ms):
        return -(-ms * self.rules["tick_hz"] // 1000)

    def tile(self, tx, ty):
        return self.tiles[ty * SIZE + tx] if 0 <= tx < SIZE and 0 <= ty < SIZE else Tile.CLIFF

    def command(self, keys, target, phase):
        up, down, left, right, dash = (keys >> bit & 1 for bit in range(5))
        held = (right - left, down - up)
        if held != (0, 0):
            self.facing = FACINGS.index(held)
        self.felt_left = max(0, self.felt_left - 1)
        self.dash_left = max(0, self.dash_left - 1)
        if self.dash_wait:
            self.dash_wait -= 1
        elif dash:
            self.dash_left = self.ticks(self.rules["dash_ms"])
            self.dash_wait = self.ticks(self.rules["dash_wait_ms"]) - 1
        if held != (0, 0) or self.dash_left:
            self.walk()
        self.gather(target if phase == "play" else 0)

    def walk(self):
        load = max(sum(self.cargo), self.felt if self.felt_left else 0)
        if self.tile(self.x // 65536, self.y // 65536) in {Tile.PATH, Tile.BRIDGE}:
            load = max(0, load - self.rules["path_eases"])
        steps = self.rules["load_steps"]
        distance = self.rules["speed"] // self.rules["tick_hz"] * max(1, steps - load) // steps
        if self.dash_left:
            distance *= self.rules["dash_factor"]
        dx, dy = FACINGS[self.facing]
        if dx and dy:
            distance = distance * 46341 // 65536
        if dx:
            self.x = self.along(self.x, self.y, dx * distance, lambda a, b: (a, b))
        if dy:
            self.y = self.along(self.y, self.x, dy * distance, lambda a, b: (b, a))

    def along(self, here, beside, by, place):
        half = self.rules["half_width"]
        edge = (here + by + (half if by > 0 else -half)) // 65536
        row = range((beside - half) // 65536, (beside + half) // 65536 + 1)
        if not any(self.tile(*place(edge, b)) in {Tile.WATER, Tile.CLIFF} for b in row):
            return here + by
        if by > 0:
            return max(here, edge * 65536 - half - 1)
        return min(here, (edge + 1) * 65536 + half)

    def gather(self, target):
        if target != self.target:
            self.target, self.progress = target, 0
        if not target:
            return
        node = self.nodes.get(target)
        if node is None or not self.may_work_on(*node):
            self.progress = 0
            return
        self.progress += 1
        traits = TRAITS[node[0]]
        if self.progress >= self.ticks(traits.work_ms):
            self.progress = 0
            node[1] -= 1
            self.cargo[traits.item] += 1

    def may_work_on(self, _, stock, tx, ty):
        away = (tx * 65536 + 32768 - self.x) ** 2 + (ty * 65536 + 32768 - self.y) ** 2
        room = sum(self.cargo) < self.rules["cargo"]
        return stock > 0 and away <= self.rules["reach"] ** 2 and not self.dash_left and room


GROUND = [Tile.GRASS] * 8 + [Tile.WATER, Tile.CLIFF, Tile.PATH, Tile.BRIDGE]


def walks(chance):
    """Stretches of equal commands: short steps about, and long work on what is near."""
    for _ in range(60):
        work = chance.random() < 0.4
        keys = 0 if work else chance.randrange(32)
        phase = "play" if chance.random() < 0.9 else "lobby"
        yield Command(keys, chance.randrange(6)), chance.randint(1, 90 if work else 12), phase


@pytest.mark.parametrize("hz", [20, 30, 60])
def test_the_page_tells_how_a_body_moves(hz):
    rules = Rules(tick_hz=hz)
    wire = {name: getattr(rules, name) for name in rules.__struct_fields__}
    gathered = 0
    for seed in range(6):
        chance = Random(seed)
        tiles = chance.choices(GROUND, k=SIZE * SIZE)
        tiles[16 * SIZE + 16] = Tile.GRASS
        ours = Body(x=16 * 65536 + 32768, y=16 * 65536 + 32768)
        terrain = Terrain(SIZE, bytearray(tiles))
        nodes = {nid: Node(*node) for nid, node in NODES.items()}
        theirs = {nid: list(node) for nid, node in NODES.items()}
        stranger = Stranger(wire, tiles, theirs, ours.x, ours.y)
        for command, count, phase in walks(chance):
            if chance.random() < 0.2:
                ours.felt_left = stranger.felt_left = chance.randint(1, 15)
                ours.felt = stranger.felt = chance.randint(0, 8)
            for _ in range(count):
                step(ours, command, terrain, nodes, rules, phase == "play")
                stranger.command(command.keys, command.target, phase)
                assert told(stranger) == told(ours)
        gathered += ours.load
    assert gathered > 0


def told(body):
    timers = (body.felt_left, body.dash_left, body.dash_wait, body.target, body.progress)
    return (body.x, body.y, body.facing, *timers, *body.cargo)
