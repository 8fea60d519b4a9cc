"""Kill the server again and again while people hand in what they gathered, and keep the books.

    python tests/crash/kills.py --kills 50

What a player was told as SAVED must be in the store after every kill, once: the score in the
store is exactly the sum of what each act handed in.
"""

# ruff: noqa: E402 - run as a program it has to find the packages first

import argparse
import asyncio
import contextlib
import json
import shutil
import signal
import sys
import tempfile
from collections import deque
from pathlib import Path
from random import Random

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from websockets.exceptions import WebSocketException

from game.body import IDLE, Command, Keys
from game.events import EventKind
from game.inputs import ActKind
from game.invariants import broken
from game.nodes import NodeKind
from game.rules import UNIT, Mode
from game.terrain import Terrain
from protocol.conversation import ClientConversation
from protocol.hot import Snap
from protocol.messages import Round, Saved, Welcome
from server.settings import Settings
from server.store.database import FILE, Database
from server.store.recovery import recover
from support.running import Running

SEED = 7
CLOSE = UNIT // 10
ACT_WORTH_MAX = 8 * 5
SETTINGS = {"mode": Mode.VILLAGE.value, "map_tiles": 64, "seed": SEED}


class Gatherer:
    """A player who fetches wood and hands it in, one piece at a time, whatever happens."""

    def __init__(self, name):
        self.name = name
        self.conversation = ClientConversation()
        self.points = {}  # act id: what it handed in, as far as known
        self.told_tick = 0
        self.epoch = 0
        self.eid = None
        self.lamp = None
        self.nodes = {}
        self.terrain = Terrain.unknown(64)
        self.snaps = 0
        self.resumes = 0

    async def play(self, server, secret, arrived):
        """Play until the line breaks."""
        with contextlib.suppress(OSError, WebSocketException, TimeoutError):
            async with server.guest(self.conversation, self.name, secret) as guest:
                while True:
                    async with asyncio.timeout(10):
                        frame = await guest.line.recv()
                    message = self.conversation.receive(frame)
                    if isinstance(message, Welcome):
                        self.welcomed(message)
                        for data in self.conversation.resend():
                            await guest.line.send(data)
                        arrived.set()
                    elif isinstance(message, Round):
                        self.lamp = (message.standings[0].x, message.standings[0].y)
                    elif isinstance(message, Saved):
                        self.points.setdefault(message.act_id, 0)
                    elif isinstance(message, Snap):
                        for data in self.answer(message):
                            await guest.line.send(data)

    def welcomed(self, welcome):
        assert welcome.tick > self.told_tick, "ticks went back over a crash"
        assert welcome.epoch > self.epoch or not welcome.resumed
        if self.eid is not None:
            assert welcome.resumed, f"{self.name}'s place was not kept"
            assert welcome.eid == self.eid
            self.resumes += 1
        self.eid, self.epoch = welcome.eid, welcome.epoch

    def answer(self, snap):
        """The frames that follow a snapshot: an act now and then, and always a command."""
        self.told_tick = snap.tick
        self.look(snap)
        self.snaps += 1
        frames = []
        if self.lamp is None:
            return self.conversation.inputs([IDLE], snap.tick, 0)
        if not self.conversation.pending:  # one at a time, so that it is known what each one did
            if snap.body.load and self.is_near(snap.body, *self.lamp, 2):
                frames.append(self.conversation.act(ActKind.DEPOSIT))
            elif self.snaps % 10 == 0:
                frames.append(self.conversation.act(ActKind.READY, 1))
        command = self.next_command(snap.body)
        return frames + self.conversation.inputs([command], snap.tick, 0)

    def look(self, snap):
        for cell in snap.cells:
            if cell.tiles is not None:
                self.terrain.set_cell(cell.cx, cell.cy, 16, cell.tiles)
            self.nodes.update({node.nid: node for node in cell.nodes})
        for happening in snap.happenings:
            if happening.kind == EventKind.DEPOSITED and happening.eid == self.eid:
                (act,) = self.conversation.pending
                self.points[act.act_id] = happening.amount

    def next_command(self, body):
        if body.load:
            return self.towards(body, *self.lamp)
        trees = [node for node in self.nodes.values() if node.kind == NodeKind.TREE and node.stock]
        if not trees:
            return IDLE
        x, y = body.x // UNIT, body.y // UNIT
        tree = min(trees, key=lambda node: (abs(node.tx - x) + abs(node.ty - y), node.nid))
        if self.is_near(body, tree.tx, tree.ty, 1):
            return Command(0, tree.nid)
        return self.towards(body, tree.tx, tree.ty)

    def is_near(self, body, tx, ty, tiles):
        dx, dy = body.x - tx * UNIT - UNIT // 2, body.y - ty * UNIT - UNIT // 2
        return dx * dx + dy * dy <= (tiles * UNIT) ** 2

    def towards(self, body, tx, ty):
        """A command along the shortest way over known ground."""
        here = (body.x // UNIT, body.y // UNIT)
        step = self.first_step(here, (tx, ty))
        dx = step[0] * UNIT + UNIT // 2 - body.x
        dy = step[1] * UNIT + UNIT // 2 - body.y
        keys = 0
        if abs(dx) > CLOSE:
            keys |= Keys.RIGHT if dx > 0 else Keys.LEFT
        elif abs(dy) > CLOSE:
            keys |= Keys.DOWN if dy > 0 else Keys.UP
        return Command(int(keys), 0)

    def first_step(self, here, goal):
        """The next tile from `here` to `goal`: a search from the goal outwards."""
        seen, edge = {goal}, deque([goal])
        while edge:
            tile = edge.popleft()
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                other = (tile[0] + dx, tile[1] + dy)
                if other == here:
                    return tile
                if other not in seen and not self.terrain.is_solid(*other):
                    seen.add(other)
                    edge.append(other)
        return goal

    def check(self, world):
        """Compare what was told with what the store holds, and take over what it alone knows."""
        player = world.players[self.eid]
        last = player.last_act
        assert last >= self.conversation.saved, (
            f"{self.name} was told that act {self.conversation.saved} is saved; "
            f"the store ends at {last}"
        )
        self.points = {act: points for act, points in self.points.items() if act <= last}
        known = sum(self.points.values())
        if last and last not in self.points:
            self.points[last] = player.score - known
            assert 0 <= self.points[last] <= ACT_WORTH_MAX
        assert player.score == sum(self.points.values()), (
            f"{self.name}: the store has {player.score} points, the acts made {self.points}"
        )


def books(folder):
    """The world as the next server will find it, from a copy of its files."""
    with tempfile.TemporaryDirectory() as copy:
        for file in folder.glob(f"{FILE}*"):
            shutil.copy(file, copy)
        database = Database(Path(copy) / FILE)
        database.prepare()
        rules = Settings(mode=Mode.VILLAGE, map_tiles=64).rules()
        recovered = recover(database, rules, SEED)
        database.close()
    assert recovered.notes == []
    assert broken(recovered.world) == []
    return recovered.world


async def kill_often(folder, kills, *, players=4, seed=1):
    """The experiment; returns its figures."""
    rng = Random(seed)
    gatherers = [Gatherer(f"Gatherer {number}") for number in range(players)]
    server = Running(folder, **SETTINGS)
    secret = server.secret
    for _ in range(kills):
        server.start()
        await session(server, secret, gatherers, rng.uniform(0.3, 4.0), signal.SIGKILL)
        server.stop(signal.SIGKILL)
        world = books(folder)
        for gatherer in gatherers:
            gatherer.check(world)
        (lantern,) = world.lanterns
        assert lantern.score == sum(player.score for player in world.players.values())
    server.start()
    await session(server, secret, gatherers, 1.0, signal.SIGTERM)
    assert server.stop() == 0
    world = books(folder)
    for gatherer in gatherers:
        gatherer.check(world)
    return {
        "kills": kills,
        "acts_saved": sum(gatherer.conversation.saved for gatherer in gatherers),
        "points": sum(sum(gatherer.points.values()) for gatherer in gatherers),
        "resumes": sum(gatherer.resumes for gatherer in gatherers),
        "lost": 0,
        "doubled": 0,
    }


async def session(server, secret, gatherers, seconds, end):
    """Everybody plays for a while, until the server gets the signal `end`."""
    tasks = []
    for gatherer in gatherers:
        arrived = asyncio.Event()
        tasks.append(asyncio.create_task(gatherer.play(server, secret, arrived)))
        async with asyncio.timeout(15):
            await arrived.wait()
    await asyncio.sleep(seconds)
    server.process.send_signal(end)
    async with asyncio.timeout(15):
        await asyncio.gather(*tasks)


def main(kills=50):
    """Run it and print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(kill_often(Path(folder), kills))
    print(json.dumps(figures))  # noqa: T201
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=50)
    sys.exit(main(parser.parse_args().kills))
