"""The guard in every way that a trial can go, on a made-up clock."""

import errno
import os

import msgspec
import pytest

from deploy.embedded.record import Process
from deploy.firewall import trial as trial_module
from deploy.firewall.guard import Guard
from deploy.firewall.root import AsRoot
from deploy.firewall.trial import Order, Phase, Standing, Trial, take_back
from deploy.problem import Problem
from support.clock import FakeClock
from support.firewalls import Answers

ME = Process.of(os.getpid())
GONE = Process(os.getpid(), "another time")
BEFORE = {"rules": "old"}


class Wall:
    """Remembers what was done; `fails` names what cannot be."""

    def __init__(self, *fails):
        self.done = []
        self.fails = fails

    def _do(self, what, before):
        assert before == BEFORE
        self.done.append(what)
        if what in self.fails:
            raise Problem(f"{what} is broken.")

    def change(self, now):
        self._do("change", now)

    def keep(self, now):
        self._do("keep", now)

    def back(self, before):
        self._do("back", before)


@pytest.fixture
def trial(tmp_path):
    return Trial(tmp_path)


def stand(trial, wall, *, owner=ME, then=lambda _: None):
    """Let a guard stand; `then` is called at each step of its waiting."""
    time = FakeClock()
    order = Order("ufw", (8443,), False, (), BEFORE, 60, owner)

    def wait(seconds):
        time.advance(seconds)
        then(guard)

    guard = Guard(trial, order, wall, ME, clock=time, wait=wait)
    ended = guard.stand()
    assert trial.standing.phase is ended
    return ended


def test_what_is_confirmed_is_kept(trial):
    wall = Wall()
    assert stand(trial, wall, then=lambda _: trial.decide("keep")) is Phase.KEPT
    assert wall.done == ["change", "keep"]


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({}, "Nobody confirmed the change within 60 s"),
        ({"owner": GONE}, "is gone"),
        ({"then": lambda guard: guard.end()}, "is gone"),
    ],
)
def test_whatever_else_happens_it_is_taken_back(trial, how, why):
    wall = Wall()
    assert stand(trial, wall, **how) is Phase.BACK
    assert wall.done == ["change", "back"]
    assert why in trial.standing.why


def test_a_no_is_a_no(trial):
    wall = Wall()
    assert stand(trial, wall, then=lambda _: trial.decide("back")) is Phase.BACK
    assert wall.done == ["change", "back"]


@pytest.mark.parametrize("fault", ["change", "keep"])
def test_what_half_worked_is_taken_back(trial, fault):
    wall = Wall(fault)
    assert stand(trial, wall, then=lambda _: trial.decide("keep")) is Phase.BACK
    assert wall.done[-1] == "back"
    assert trial.standing.why == f"{fault} is broken. So the change was taken back."


def test_what_cannot_be_taken_back_is_said(trial):
    stand(trial, Wall("change", "back"))
    assert "back is broken." in trial.standing.why


@pytest.mark.parametrize("phase", [Phase.CHANGED, Phase.KEPT, Phase.BACK])
def test_on_a_full_disk_it_is_taken_back(trial, monkeypatch, phase):
    wall, write = Wall(), trial.write

    def full(standing):
        if standing.phase in {phase, Phase.BACK}:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(standing)

    monkeypatch.setattr(trial, "write", full)
    order = Order("ufw", (8443,), False, (), BEFORE, 60, ME)
    time = FakeClock()

    def wait(seconds):
        time.advance(seconds)
        if phase is Phase.KEPT:
            trial.decide("keep")

    assert Guard(trial, order, wall, ME, clock=time, wait=wait).stand() is Phase.BACK
    assert wall.done[-1] == "back"


def test_what_cannot_be_taken_back_is_said_though_it_is_the_disk(trial):
    class Full(Wall):
        def back(self, before):
            super().back(before)
            raise OSError(errno.ENOSPC, "No space left on device")

    stand(trial, Full("change"))
    assert "No space left on device" in trial.standing.why


def test_who_takes_the_place_of_a_guard_takes_it_back_on_a_full_disk_too(trial, monkeypatch):
    wall, clock = Wall(), FakeClock()
    order = Order("ufw", (8443,), False, (), BEFORE, 60, ME)
    (trial.folder / "order.json").write_bytes(msgspec.json.encode(order))
    trial.write(Standing(Phase.CHANGED, GONE))

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(trial, "decide", full)
    monkeypatch.setattr(Order, "rebuild", lambda *_: wall)
    monkeypatch.setattr(trial_module, "SETTLE_S", 0.0)
    with pytest.raises(Problem, match="so the change was taken back"):
        trial._await(Phase.KEPT, clock=clock, wait=clock.advance)
    assert wall.done == ["back"]


def test_a_killed_guards_work_is_taken_back_twice():
    """What the killed guard had started may end after the first time."""
    wall, waits = Wall(), []
    take_back(wall, BEFORE, settle_s=1.5, wait=waits.append)
    assert (wall.done, waits) == (["back", "back"], [1.5])


def order_in(trial, standing, owner=GONE):
    order = Order("ufw", (8443,), False, (), {"active": True, "files": {}}, 60, owner)
    (trial.folder / "order.json").write_bytes(msgspec.json.encode(order))
    if standing:
        trial.write(standing)


def test_a_trial_that_goes_on_is_left_alone(trial):
    order_in(trial, Standing(Phase.CHANGED, ME))
    assert trial.is_watched
    with pytest.raises(Problem, match="on trial right now"):
        trial.recover(AsRoot(Answers(), root=True))


def test_a_trial_that_is_over_is_forgotten(trial):
    for phase in (Phase.KEPT, Phase.BACK):
        order_in(trial, Standing(phase, GONE))
        assert trial.recover(AsRoot(Answers(), root=True))
        assert trial.order is None
    assert not trial.recover(AsRoot(Answers(), root=True))


def test_what_a_power_cut_left_is_taken_back_or_told(trial):
    order_in(trial, Standing(Phase.CHANGED, GONE))
    with pytest.raises(Problem, match="ufw could not be asked"):
        trial.recover(AsRoot(Answers(), root=True))
    assert trial.order  # and tried again by the next command


@pytest.mark.parametrize("has_order", [True, False])
def test_a_guard_that_gives_no_sign_is_not_waited_for_for_ever(trial, monkeypatch, has_order):
    wall, clock = Wall(), FakeClock()
    if has_order:
        order = Order("ufw", (8443,), False, (), BEFORE, 60, ME)
        (trial.folder / "order.json").write_bytes(msgspec.json.encode(order))
    monkeypatch.setattr(Order, "rebuild", lambda *_: wall)
    monkeypatch.setattr(trial_module, "SETTLE_S", 0.0)
    with pytest.raises(Problem, match="taken back" if has_order else "are gone"):
        trial._await(Phase.BACK, clock=clock, wait=clock.advance)
    assert wall.done == (["back"] if has_order else [])
    assert trial.order is None
