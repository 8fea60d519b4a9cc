"""Plan, apply, verify, ledger, undo; and a crash at every single call."""

import asyncio

import pytest

from deploy import changes
from deploy.ledger import Entry, Ledger, State
from deploy.problem import Problem
from support.world import Crash, ToyChange, World, toys

BEFORE = {"wall": "brick", "roof": "straw"}


class House:
    """A world, a ledger, and three wishes."""

    def __init__(self, folder):
        self.world = World(**BEFORE)
        self.ledger = Ledger(folder / "ledger" / "ledger.json", clock=lambda: 0.0)
        self.asked = []
        self.said = []

    @property
    def wishes(self):
        wanted = {"door": "open", "roof": "tiles", "wall": "brick"}
        return [ToyChange(self.world, *wish) for wish in wanted.items()]

    def carry_out(self, *, dry_run=False, answer=True):
        def confirm(steps):
            self.asked.append([step.id for step in steps])
            return answer

        return asyncio.run(
            changes.carry_out(
                self.wishes, self.ledger, dry_run=dry_run, confirm=confirm, say=self.said.append
            )
        )

    def undo(self, **more):
        options = {"dry_run": False, "confirm": changes.yes, "say": self.said.append} | more
        return asyncio.run(changes.undo(self.ledger, toys(self.world), **options))


@pytest.fixture(autouse=True)
def _no_power_cuts(monkeypatch):
    monkeypatch.setattr("os.fsync", lambda _: None)


@pytest.fixture
def house(tmp_path):
    return House(tmp_path)


DONE = BEFORE | {"door": "open", "roof": "tiles"}


def test_it_makes_proves_and_keeps_what_was_wanted(house):
    outcome = house.carry_out()
    assert house.world.things == DONE
    assert [done.proof for done in outcome.done] == ["door is open.", "roof is tiles."]
    assert house.asked == [["toy:door", "toy:roof"]]
    assert [(e.id, e.state, e.before) for e in house.ledger.entries()] == [
        ("toy:door", State.APPLIED, {"value": None}),
        ("toy:roof", State.APPLIED, {"value": "straw"}),
        ("toy:wall", State.APPLIED, {"value": "brick"}),
    ]
    assert outcome.code == 0


def test_twice_changes_nothing_and_asks_nothing(house):
    house.carry_out()
    page = house.ledger.path.read_bytes()
    house.world.calls = []
    outcome = house.carry_out()
    assert house.world.calls == ["inspect door", "inspect roof", "inspect wall"] * 2
    assert house.ledger.path.read_bytes() == page
    assert outcome.done == []
    assert len(house.asked) == 1


def test_a_dry_run_shows_the_diff_and_touches_nothing(house):
    outcome = house.carry_out(dry_run=True)
    assert outcome.as_json()["plan"][1]["diff"] == ["- roof = straw", "+ roof = tiles"]
    assert house.world.things == BEFORE
    assert not house.ledger.path.exists()
    assert house.asked == []


def test_no_means_no(house):
    outcome = house.carry_out(answer=False)
    assert outcome.is_declined
    assert outcome.code == 1
    assert house.world.things == BEFORE
    assert house.ledger.entries() == ()


def test_a_question_keeps_nobody_from_the_ledger(house):
    def confirm(_):
        with house.ledger.locked(patience_s=0):
            return True

    carry_out = changes.carry_out(
        house.wishes, house.ledger, dry_run=False, confirm=confirm, say=house.said.append
    )
    asyncio.run(carry_out)
    house.undo(confirm=confirm)
    assert house.world.things == BEFORE
    assert house.ledger.entries() == ()


def test_what_became_otherwise_during_the_question_is_not_changed(house):
    def confirm(_):
        house.world.things["roof"] = "slate"
        return True

    with pytest.raises(Problem, match="meanwhile"):
        asyncio.run(
            changes.carry_out(
                house.wishes, house.ledger, dry_run=False, confirm=confirm, say=house.said.append
            )
        )
    assert house.world.things == BEFORE | {"roof": "slate"}
    assert house.ledger.entries() == ()


def test_what_was_taken_back_during_the_question_is_not_taken_back_again(house):
    house.carry_out()
    with pytest.raises(Problem, match="meanwhile"):
        house.undo(confirm=lambda _: house.ledger.remove("toy:door") is None)
    assert house.world.things == DONE


def test_undo_takes_back_newest_first(house):
    house.carry_out()
    house.world.calls = []
    outcome = house.undo()
    assert [done.id for done in outcome.done] == ["toy:wall", "toy:roof", "toy:door"]
    assert house.world.things == BEFORE
    assert not house.ledger.path.exists()
    assert house.undo().plan == ()


def test_undo_shows_the_diff_the_other_way_round(house):
    house.carry_out()
    plan = house.undo(dry_run=True).plan
    assert [step.lines for step in plan] == [
        (),
        ("- roof = tiles", "+ roof = straw"),
        ("- door = open",),
    ]
    assert house.world.things == DONE


def test_undo_of_some_leaves_the_others(house):
    house.carry_out()
    house.undo(wanted=lambda entry: entry.id == "toy:door")
    assert [entry.id for entry in house.ledger.entries()] == ["toy:roof", "toy:wall"]
    assert house.world.things == BEFORE | {"roof": "tiles"}


def test_undo_that_is_declined_changes_nothing(house):
    house.carry_out()
    assert house.undo(confirm=lambda _: False).is_declined
    assert house.world.things == DONE


def test_one_that_cannot_be_taken_back_keeps_none_of_the_others(house):
    house.carry_out()
    house.world.break_at(4, Problem)  # the first call of the roof's undo
    outcome = house.undo()
    assert outcome.code == 1
    assert [failure.id for failure in outcome.failures] == ["toy:roof"]
    assert [(e.id, e.state) for e in house.ledger.entries()] == [("toy:roof", State.UNDOING)]
    assert house.undo().code == 0
    assert house.world.things == BEFORE


def test_what_is_refused_before_anything_happened_is_not_kept(house):
    house.world.break_at(7, Problem)  # apply door, its first call
    with pytest.raises(Problem):
        house.carry_out()
    assert house.ledger.entries() == ()
    assert house.world.things == BEFORE


def test_what_is_refused_half_way_is_kept_to_be_taken_back(house):
    house.world.break_at(8, Problem)  # apply door, between its two writes
    with pytest.raises(Problem):
        house.carry_out()
    assert [(e.id, e.state) for e in house.ledger.entries()] == [("toy:door", State.APPLYING)]
    house.undo()
    assert house.world.things == BEFORE


def until_it_ends(folder, break_and_run):
    """Break at call 1, 2, 3 ... until a run gets through without meeting its break."""
    number = 1
    while True:
        house = House(folder / str(number))
        if break_and_run(house, number):
            return number - 1
        number += 1


def test_a_crash_at_any_call_is_resumed_by_the_next_run(tmp_path):
    def crash(house, number):
        house.world.break_at(number)
        try:
            house.carry_out()
        except Crash:
            house.carry_out()
            assert house.world.things == DONE
            assert {e.state for e in house.ledger.entries()} == {State.APPLIED}
            house.undo()
            assert house.world.things == BEFORE
            assert not house.ledger.path.exists()
            return False
        return True

    assert until_it_ends(tmp_path, crash) == 14


def test_a_crash_at_any_call_can_be_taken_back_at_once(tmp_path):
    def crash(house, number):
        house.world.break_at(number)
        try:
            house.carry_out()
        except Crash:
            house.undo()
            assert house.world.things == BEFORE
            assert not house.ledger.path.exists()
            return False
        return True

    assert until_it_ends(tmp_path, crash) == 14


def test_a_crash_at_any_call_of_undo_is_resumed(tmp_path):
    def crash(house, number):
        house.carry_out()
        house.world.break_at(number)
        try:
            house.undo()
        except Crash:
            house.undo()
            assert house.world.things == BEFORE
            assert not house.ledger.path.exists()
            return False
        return True

    assert until_it_ends(tmp_path, crash) == 9


@pytest.mark.parametrize(
    ("kind", "desired", "why"),
    [("spell", {}, "kind 'spell'"), ("toy", {"nothing": "known"}, "cannot be read")],
)
def test_what_cannot_be_understood_keeps_none_of_the_others(house, kind, desired, why):
    """Of a newer version, or broken: it stays, and all else goes."""
    house.carry_out()
    house.ledger.put(Entry("odd", kind, desired, {}, State.APPLIED, "now"))
    shown = house.undo(dry_run=True).plan[0]
    assert (shown.id, shown.lines[0][:2]) == ("odd", "? ")
    outcome = house.undo()
    assert house.world.things == BEFORE
    assert [failure.id for failure in outcome.failures] == ["odd"]
    assert why in outcome.failures[0].problem.what
    assert [entry.id for entry in house.ledger.entries()] == ["odd"]


def test_what_was_made_is_not_told_as_taken_back(house):
    assert not house.carry_out().is_undo
    assert house.undo().is_undo
