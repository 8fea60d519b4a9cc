"""The course of a setup in a world of toys: a crash at every call, then the same once more."""

import asyncio
from types import SimpleNamespace

import pytest

from deploy import changes, clone, env_change, kinds, ledger
from deploy.clone import Clone
from deploy.ddns.target import Target
from deploy.env_change import EnvKey
from deploy.ledger import Entry, Ledger, State
from deploy.ports import opening
from deploy.ports.change import PortMapping
from deploy.ports.wish import Wish
from deploy.problem import Problem
from deploy.setup import answers
from deploy.setup.answers import SETUP, Answers, Journal, Way
from deploy.setup.course import Course
from deploy.setup.wishes import CHALLENGE, DOMAIN, Wishes
from support.world import Crash, ToyChange, World, toys

BEFORE = {"port 80": "theirs", "wall": "brick"}
ENV = "MINE=1\n"
ANSWERS = Answers(way=Way.DDNS, name="play.example.org", router=True, firewall=True)


class PortToy(ToyChange):
    """A toy port that `open_ports` takes for one: it can be renewed."""

    async def renew(self):
        self.world.call(f"renew {self.name}")


class Place:
    """A clone, a world of toys, and the wishes of a host."""

    def __init__(self, folder):
        self.clone = Clone(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.clone.env_file.write_text(ENV)
        self.world = World(**BEFORE)
        self.ledger = Ledger.of(self.clone, maker=SETUP)
        self.journal = Journal.of(self.clone)
        self.registry = toys(self.world) | kinds.registry(self.clone)
        self.notes = []

    @property
    def wishes(self):
        def toy(name, value):
            return ToyChange(self.world, name, value)

        ports = [PortToy(self.world, f"port {n}", "ours") for n in (443, 80)]
        return Wishes(
            firewall=[toy("wall", "hole")],
            ports=ports,
            records=[toy("dns", "here")],
            keys=[EnvKey(self.clone.env_file, DOMAIN, "play.example.org")],
        )

    def run(self, *, dry_run=False, answer=True, wishes=None):
        course = Course(self.clone, self.ledger, self.registry, self.journal, lambda _: None)
        outcome = asyncio.run(
            course.run(wishes or self.wishes, ANSWERS, dry_run=dry_run, confirm=lambda _: answer)
        )
        self.notes = course.notes
        return outcome

    def undo(self):
        asyncio.run(
            changes.undo(
                self.ledger,
                self.registry,
                dry_run=False,
                confirm=changes.yes,
                say=lambda _: None,
            )
        )

    def is_untouched(self):
        return (
            self.world.things == BEFORE
            and self.clone.env_file.read_text() == ENV
            and not self.ledger.path.exists()
        )

    def is_set_up(self):
        wanted = {"port 443": "ours", "port 80": "ours", "wall": "hole", "dns": "here"}
        return (
            self.world.things == wanted
            and self.clone.env_file.read_text() == f"{ENV}{DOMAIN}=play.example.org\n"
            and {entry.state for entry in self.ledger.entries()} == {State.APPLIED}
        )


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def test_all_of_it_and_back(place):
    place.run()
    assert place.is_set_up()
    assert place.journal.read().is_door_due
    place.undo()
    assert place.is_untouched()


def test_twice_changes_nothing(place):
    place.run()
    page = place.ledger.path.read_bytes()
    place.journal.forget()
    outcome = place.run()
    assert not any(step.lines for step in outcome.plan)
    assert place.ledger.path.read_bytes() == page
    assert not place.journal.read().is_door_due


def test_a_dry_run_and_a_no_touch_nothing(place):
    plan = place.run(dry_run=True).plan
    assert [bool(step.lines) for step in plan] == [True] * 5
    assert place.run(answer=False).is_declined
    assert place.is_untouched()


@pytest.mark.parametrize("then", ["again", "undo"])
def test_a_crash_at_any_call_or_write_loses_nothing(tmp_path, then, monkeypatch):
    number = 0
    monkeypatch.setattr("os.fsync", lambda _: None)  # no power cut comes in a test

    def write(path, text):
        place.world.call(f"write {path.name}")
        clone.write_private(path, text)
        place.world.call(f"wrote {path.name}")

    for module in (ledger, env_change, answers):
        monkeypatch.setattr(module, "write_private", write)
    while True:
        number += 1
        place = Place(tmp_path / f"{then}{number}")
        place.world.break_at(number)
        try:
            place.run()
        except Crash:
            if then == "again":
                place.run()
                assert place.is_set_up()
                assert place.journal.read().is_door_due
            place.undo()
            assert place.is_untouched()
        else:
            break
    assert number == len(place.world.calls) + 1 > 50


def test_a_failure_at_any_call_leaves_nothing_of_this_run(tmp_path):
    number = failed = 0
    while True:
        number += 1
        place = Place(tmp_path / str(number))
        place.world.break_at(number, Problem)
        try:
            place.run()
        except Problem:
            failed += 1
            assert place.is_untouched(), place.world.calls
        if number > len(place.world.calls):
            break
    assert failed > 10


def test_a_failure_at_any_call_leaves_what_earlier_runs_made(tmp_path):
    number = failed = 0
    while True:
        number += 1
        place = Place(tmp_path / str(number))
        place.run()
        page = place.ledger.path.read_bytes()
        wishes = place.wishes
        wishes.firewall.append(ToyChange(place.world, "lamp", "on"))
        wishes.records[:] = [ToyChange(place.world, "dns", "there")]
        wishes.keys[:] = [EnvKey(place.clone.env_file, DOMAIN, "other.example.org")]
        place.world.break_at(number, Problem)
        try:
            place.run(wishes=wishes)
        except Problem:
            failed += 1
            assert place.is_set_up(), place.world.calls
            assert place.ledger.path.read_bytes() == page
        if number > len(place.world.calls):
            break
    assert failed > 15


def test_what_cannot_be_taken_back_is_said_and_stays_in_the_ledger(place):
    class Stuck(ToyChange):
        async def undo(self, _):
            raise Problem("The wall is stuck.", "push")

    place.registry["toy"] = lambda wanted: Stuck(place.world, wanted["name"], wanted["value"])
    wishes = place.wishes
    wishes.records[0].apply = refuse
    with pytest.raises(Problem, match="token") as told:
        place.run(wishes=wishes)
    assert "could not all be taken back: " in told.value.what
    assert "wall = hole still stands: The wall is stuck." in told.value.what
    assert "./lanternhold undo" in told.value.remedy
    assert place.ledger.find("toy:wall")


def test_that_it_was_taken_back_is_said(place):
    wishes = place.wishes
    wishes.records[0].apply = refuse
    with pytest.raises(Problem, match="What this run had changed was taken back") as told:
        place.run(wishes=wishes)
    assert told.value.remedy == "give the right one"
    assert place.is_untouched()


async def refuse(_):
    raise Problem("The token was refused.", "give the right one")


def test_without_port_80_the_name_is_proven_by_443(place, monkeypatch):
    monkeypatch.setattr(opening, "open_ports", refusing("port-mapping:tcp:80"))
    place.run()
    env = place.clone.env_file.read_text()
    assert "LANTERNHOLD_ACME_CHALLENGE=tls" in env
    assert "Port 80 stays closed" in place.notes[0]
    place.run()
    assert place.clone.env_file.read_text() == env
    place.undo()
    assert place.clone.env_file.read_text() == ENV


def test_without_port_443_it_ends_before_the_name_and_says_how_by_hand(place, monkeypatch):
    monkeypatch.setattr(opening, "open_ports", refusing("port-mapping:tcp:443"))
    with pytest.raises(Problem, match="refused") as told:
        place.run()
    assert "--no-router" in told.value.remedy
    assert "dns" not in place.world.things
    assert place.clone.env_file.read_text() == ENV


def refusing(id_):
    async def open_ports(wanted, ledger, **_):
        failure = SimpleNamespace(id=id_, title="port", problem=Problem("refused", "do that"))
        return SimpleNamespace(done=[], failures=[failure])

    return open_ports


def test_an_earlier_way_in_is_taken_back(place):
    place.run()
    place.journal.forget()
    outcome = place.run(wishes=Wishes(firewall=[ToyChange(place.world, "wall", "hole")]))
    assert place.clone.env_file.read_text() == ENV
    assert any(step.id == f"env-key:{DOMAIN}" and step.lines for step in outcome.plan)
    assert place.journal.read().is_door_due


def test_the_proof_of_a_name_goes_with_the_name(place, monkeypatch):
    monkeypatch.setattr(opening, "open_ports", refusing("port-mapping:tcp:80"))
    place.run()
    assert CHALLENGE in place.clone.env_file.read_text()
    place.run(wishes=Wishes(firewall=[ToyChange(place.world, "wall", "hole")]))
    assert place.clone.env_file.read_text() == ENV


def test_the_old_way_in_goes_after_the_new_one_is_made(place):
    place.run()
    place.world.break_at(5)  # while the new one is being made
    with pytest.raises(Crash):
        place.run(wishes=Wishes(firewall=[ToyChange(place.world, "wall", "glass")]))
    assert DOMAIN in place.clone.env_file.read_text()


DDNS = Target("duckdns", "anna.duckdns.org").as_json()


def mapping(external, internal, version=4):
    wish = Wish(external, internal, version=version, nonce=b"0" * 12, tag="abcd")
    return PortMapping(wish, "192.0.2.1", lambda: None)


def entries(maker):
    kept = [mapping(443, 8443), mapping(8443, 8443), mapping(8443, 8443, 6)]
    kept += [EnvKey(Clone.here().env_file, DOMAIN, "anna.duckdns.org")]
    held = [Entry(c.id, c.kind, c.desired, {}, State.APPLIED, "now", maker) for c in kept]
    return [*held, Entry("dns-record:x:A", "dns-record", DDNS, {}, State.APPLIED, "now", maker)]


def test_what_other_commands_made_is_never_left_over():
    assert not [entry.id for entry in entries("") if Wishes().is_left_over(entry)]
    assert all(Wishes().is_left_over(entry) for entry in entries(SETUP))


def test_what_is_wanted_still_is_not_left_over():
    wishes = Wishes(ports=[mapping(443, 8443)])
    left = [entry.id for entry in entries(SETUP) if wishes.is_left_over(entry)]
    assert "port-mapping:tcp:443" not in left
    assert len(left) == 4


def test_what_setup_finds_made_stays_its_makers(place):
    by_hand = Ledger.of(place.clone)
    made = [EnvKey(place.clone.env_file, DOMAIN, "play.example.org")]
    asyncio.run(
        changes.carry_out(made, by_hand, dry_run=False, confirm=changes.yes, say=lambda _: None)
    )
    place.run()
    place.run(wishes=Wishes())
    assert DOMAIN in place.clone.env_file.read_text()
