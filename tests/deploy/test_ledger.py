"""The ledger: whole or not at all, one writer, and read anew each time."""

import stat

import pytest

from deploy import system
from deploy.ledger import BusyError, Entry, Ledger, State
from deploy.problem import Problem


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "ledger" / "ledger.json", clock=lambda: 0.0)


def entry(id_, state=State.APPLIED, **desired):
    return Entry(id_, "toy", desired, {}, state, "1970-01-01T00:00:00Z")


def test_it_keeps_the_order_and_replaces_in_place(ledger):
    ledger.put(entry("a"))
    ledger.put(entry("b"))
    ledger.put(entry("a", value=1))
    assert [(e.id, e.desired) for e in ledger.entries()] == [("a", {"value": 1}), ("b", {})]
    assert ledger.find("b") == entry("b")
    assert ledger.find("c") is None


def test_without_entries_there_is_no_file(ledger):
    ledger.remove("nothing")
    ledger.put(entry("a"))
    assert ledger.path.exists()
    ledger.remove("a")
    assert not ledger.path.exists()
    assert ledger.entries() == ()


@pytest.mark.skipif(system.IS_WINDOWS, reason="Windows has no modes")
def test_nobody_else_reads_it(ledger):
    ledger.put(entry("a"))
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600
    assert [file.name for file in ledger.path.parent.iterdir()] == ["ledger.json"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"entries": [{"id": 1}]}', '{"entries": [], "version": 2}', "\xff"]
)
def test_a_ledger_that_cannot_be_read_stops_everything(ledger, text):
    ledger.path.parent.mkdir()
    ledger.path.write_bytes(text.encode("latin-1"))
    with pytest.raises(Problem, match="ledger"):
        ledger.entries()
    with pytest.raises(Problem, match="ledger"):
        ledger.put(entry("a"))
    assert ledger.path.read_bytes() == text.encode("latin-1")


def test_a_second_command_is_sent_away(ledger):
    with ledger.locked(), pytest.raises(BusyError, match="keeper"), ledger.locked(patience_s=0):
        pass
    with ledger.locked(patience_s=0):
        pass


def test_the_keeper_writes_only_what_is_held_and_only_while_no_command_works(ledger):
    ledger.put(entry("a"))
    ledger.put(entry("half", State.APPLYING))
    with ledger.holding("a") as held:
        assert held == entry("a")
        with pytest.raises(Problem), ledger.locked(patience_s=0):
            pass
    with ledger.holding("half") as held:
        assert held is None
    with ledger.holding("gone") as held:
        assert held is None
    with ledger.locked(), pytest.raises(BusyError), ledger.holding("a"):
        pass


def test_the_time_is_told_for_people(ledger):
    assert ledger.now() == "1970-01-01T00:00:00Z"
