"""A real client and the real match: SNAP first, STEPs then, and never another world than is."""

from random import Random

import pytest

from client.link import Opened, Received
from client.session import Identity, Session
from client.tokens import TokenMemory
from game.body import Command, Keys
from game.world import World
from protocol.snap import TYPE as SNAP
from protocol.step import TYPE as STEP
from protocol.version import STEP_MINOR
from support.house import House
from tests.server.test_steps import snap_of

KEYS = [Keys.UP, Keys.RIGHT | Keys.DOWN, Keys.LEFT, Keys.DOWN, Keys.RIGHT | Keys.DASH, Keys(0)]


class Player:
    """A client session on a line of a house; stands where `client.link.Link` does."""

    def __init__(self, house, minor=STEP_MINOR):
        self._house = house
        self._visitor = house.visit()
        self.kinds = []  # of what came each tick
        self.is_told = False  # of the newest one
        self._due_wait = 0
        self.session = Session(
            self, Identity("Ann", house.secret), TokenMemory(), Random(1), house.now
        )
        self.session.conversation.minor = minor
        self.session.start()
        self.session.handle(Opened(1, house.now))

    def connect(self, _destination=None):
        return 1

    def send(self, data):
        self._visitor.say(data)

    def cut(self):
        self._visitor.vanish()

    @property
    def skipped(self):
        """Ticks of which nothing was said, since the line was full."""
        return self._visitor.peer.meter.skipped

    def pump(self):
        """Take in what came, and live on."""
        told = len(self.kinds)
        session = self._visitor.peer.session
        self._due_wait = session.inbox.wait if session else 0
        written, self._visitor.line.written = self._visitor.line.written, []
        for data in written:
            self.session.handle(Received(1, self._house.now, data))
            if data[0] in {SNAP, STEP}:
                self.kinds.append(data[0])
        self.is_told = len(self.kinds) > told
        self.session.advance(self._house.now)

    def sees_the_truth(self):
        """Whether the newest snapshot is what the world is, seen one by one."""
        snap, _ = self.session.snap
        due = snap_of(self._house.world, self.session.view.eid, snap.tick)
        movers = tuple(sorted(snap.movers, key=lambda mover: mover.eid))
        player = self._house.world.players[self.session.view.eid]
        assert snap.last_seq == player.last_seq
        assert snap.wait == self._due_wait
        return (snap.body, movers) == (due.body, due.movers)


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path)
    yield house
    house.close()


def play(house, ann, others, ticks):
    """Everybody walks about; Ann looks after each tick."""
    for number in range(ticks):
        for at, other in enumerate(others):
            other.move(Command(int(KEYS[(number // 7 + at) % len(KEYS)])))
        ann.session.controls.set(KEYS[number // 5 % len(KEYS)], 0)
        house.tick()
        ann.pump()
        if ann.is_told:
            assert ann.sees_the_truth()


def test_a_client_is_told_whole_once_and_then_what_changed(house):
    others = [house.join(name) for name in ("Bob", "Cyd", "Dan")]
    ann = Player(house)
    play(house, ann, others, 60)
    assert ann.kinds[0] == SNAP
    assert ann.kinds.count(STEP) > 50
    assert ann.kinds[10:] == [STEP] * len(ann.kinds[10:])


def test_after_a_tick_that_was_skipped_all_is_told_again(house):
    ann = Player(house)
    others = [house.join("Bob")]
    play(house, ann, others, 30)
    while ann.skipped == 0:
        house.tick()  # nobody acknowledges, so the line is full some time
    ann.pump()
    assert set(ann.kinds[-4:]) == {STEP}
    ann.kinds.clear()
    play(house, ann, others, 10)
    assert SNAP in ann.kinds
    assert ann.kinds[-1] == STEP
    assert ann.session.figures.disconnects == 0


def test_when_somebody_comes_or_goes_all_is_told_again(house):
    ann = Player(house)
    play(house, ann, [], 20)
    bob = house.join("Bob")
    ann.pump()
    assert ann.sees_the_truth()
    play(house, ann, [bob], 5)
    assert ann.kinds[-5:] == [STEP] * 5
    bob.say(bob.conversation.bye())
    play(house, ann, [], 3)
    assert ann.kinds[-3:].count(SNAP) == 1
    assert ann.session.snap[0].movers == tuple(
        mover for mover in ann.session.snap[0].movers if mover.eid >= 60_000
    )


def test_who_knows_no_step_is_told_whole_each_tick(house):
    ann = Player(house, minor=STEP_MINOR - 1)
    play(house, ann, [house.join("Bob")], 20)
    assert set(ann.kinds) == {SNAP}


def test_a_step_tells_of_the_ground_too(house, monkeypatch):
    ann = Player(house)
    play(house, ann, [], 20)
    known = ann.session.view.ground.nodes
    nid, stock = next((nid, node.stock) for nid, node in known.items() if node.stock)
    step = World.step

    def taken_by_somebody(world, inputs):
        events = step(world, inputs)
        world.nodes[nid].stock = stock - 1
        world.ground.changed.add(nid)
        return events

    monkeypatch.setattr(World, "step", taken_by_somebody)
    ann.kinds.clear()
    play(house, ann, [], 1)
    assert ann.kinds == [STEP]
    assert known[nid].stock == stock - 1
