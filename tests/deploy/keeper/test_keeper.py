"""The keeper's round: what it keeps, what it mends, and what it never does."""

import asyncio

import pytest

from deploy.keeper import keeper
from deploy.keeper.keeper import BUSY_S, LONG_BUSY_S, Keeper
from deploy.keeper.tending import Finding
from deploy.ledger import Entry, Ledger, State
from deploy.problem import Problem
from support.clock import FakeClock


class Plant:
    """A thing to tend. `is_dry` wants water; `trouble` is raised at a look."""

    longest_retry_s = 8.0

    def __init__(self):
        self.is_dry = False
        self.trouble = None
        self.looks = self.mends = self.failures = 0
        self.meanwhile = lambda: None
        self.looked = asyncio.Event()

    async def look(self):
        self.looks += 1
        self.looked.set()
        await asyncio.sleep(0)
        if self.trouble:
            raise self.trouble
        self.meanwhile()
        return Finding(not self.is_dry, 30.0, "is dry")

    async def mend(self):
        self.mends += 1
        self.is_dry = False
        return 30.0

    def failed(self):
        self.failures += 1


class Garden:
    """A keeper with one kind of thing, its ledger, its clock and its words."""

    def __init__(self, folder):
        self.ledger = Ledger(folder / "ledger.json")
        self.plants = {}
        self.clock = FakeClock()
        self.words = []
        self.keeper = Keeper(
            self.ledger,
            {"plant": lambda entry: self.plants.setdefault(entry.id, Plant())},
            say=self.words.append,
            clock=self.clock,
            wall=lambda: 0.0,
        )

    def sow(self, id_, state=State.APPLIED, kind="plant"):
        self.ledger.put(Entry(id_, kind, {}, {}, state, ""))

    async def round(self, after_s=0.0):
        self.clock.advance(after_s)
        self.keeper.begin_round()
        await self.keeper.settled()


@pytest.fixture
def garden(tmp_path):
    return Garden(tmp_path)


async def test_it_keeps_what_the_ledger_holds_as_done_and_nothing_else(garden):
    garden.sow("rose")
    garden.sow("half", State.APPLYING)
    garden.sow("leaving", State.UNDOING)
    garden.sow("wall", kind="stone")
    await garden.round()
    assert set(garden.plants) == {"rose"}
    assert garden.words == ["rose: kept from now on"]


async def test_it_looks_again_when_the_time_has_come(garden):
    garden.sow("rose")
    await garden.round()
    await garden.round(29.0)
    assert garden.plants["rose"].looks == 1
    await garden.round(1.0)
    assert garden.plants["rose"].looks == 2


async def test_it_mends_and_says_so(garden):
    garden.sow("rose")
    await garden.round()
    garden.plants["rose"].is_dry = True
    await garden.round(30.0)
    assert garden.plants["rose"].mends == 1
    assert garden.words[-1] == "rose: is dry"


async def test_what_is_taken_back_between_look_and_mend_is_not_mended(garden):
    garden.sow("rose")
    await garden.round()
    rose = garden.plants["rose"]
    rose.is_dry = True
    rose.meanwhile = lambda: garden.ledger.remove("rose")
    await garden.round(30.0)
    assert (rose.looks, rose.mends) == (2, 0)
    await garden.round(1.0)
    assert garden.words[-1] == "rose: kept no more"
    await garden.round(100.0)
    assert rose.looks == 2


async def test_while_a_command_works_nothing_is_written(garden):
    garden.sow("rose")
    await garden.round()
    rose = garden.plants["rose"]
    rose.is_dry = True
    with garden.ledger.locked():
        await garden.round(30.0)
        assert rose.mends == 0
    await garden.round(BUSY_S)
    assert rose.mends == 1


async def test_while_a_command_works_nothing_is_looked_at_again_and_in_the_end_it_is_told(garden):
    garden.sow("rose")
    await garden.round()
    rose = garden.plants["rose"]
    rose.is_dry = True
    with garden.ledger.locked():
        await garden.round(30.0)
        for _ in range(int(LONG_BUSY_S / BUSY_S) - 1):
            await garden.round(BUSY_S)
        assert garden.keeper.as_json()["rose"]["ok"]
        await garden.round(BUSY_S)
        assert "is dry" in garden.keeper.as_json()["rose"]["problem"]
        assert rose.looks == 2
    await garden.round(BUSY_S)
    assert (rose.looks, rose.mends) == (2, 1)
    assert garden.keeper.as_json()["rose"]["ok"]


async def test_a_hurry_while_a_command_works_looks_anew(garden):
    garden.sow("rose")
    await garden.round()
    rose = garden.plants["rose"]
    rose.is_dry = True
    with garden.ledger.locked():
        await garden.round(30.0)
        garden.keeper.hurry()
        await garden.round(0.25)
    assert rose.looks == 3


async def test_what_is_wanted_otherwise_is_tended_anew(garden):
    garden.sow("rose")
    await garden.round()
    garden.ledger.put(Entry("rose", "plant", {"colour": "red"}, {}, State.APPLIED, ""))
    await garden.round(1.0)
    assert garden.words == ["rose: kept from now on"] * 2


async def test_a_problem_is_told_once_and_tried_again_less_and_less_often(garden):
    garden.sow("rose")
    await garden.round()
    rose = garden.plants["rose"]
    rose.trouble = Problem("The router is silent.", "switch it on")
    await garden.round(30.0)
    await garden.round(2.0)
    await garden.round(4.0)
    assert rose.failures == 3
    assert garden.words.count("rose: The router is silent. switch it on") == 1
    assert garden.keeper.as_json()["rose"] == {
        "ok": False,
        "problem": "The router is silent.",
        "remedy": "switch it on",
    }
    rose.trouble = None
    await garden.round(8.0)
    assert garden.words[-1] == "rose: well again"
    assert garden.keeper.as_json()["rose"]["ok"]


async def test_a_fault_in_one_does_not_end_the_care_for_the_others(garden):
    garden.sow("rose")
    garden.sow("lily")
    await garden.round()
    garden.plants["rose"].trouble = KeyError("oops")
    garden.plants["lily"].is_dry = True
    await garden.round(30.0)
    assert garden.plants["lily"].mends == 1
    assert "fault in the keeper" in garden.keeper.as_json()["rose"]["problem"]


async def test_a_hurry_looks_twice_and_gives_up_looks_that_hang(garden):
    garden.sow("rose")
    await garden.round()
    rose = garden.plants["rose"]
    hanging = asyncio.Event()
    well = rose.look

    async def hang():
        rose.looks += 1
        await hanging.wait()

    rose.look = hang
    garden.clock.advance(30.0)
    garden.keeper.begin_round()
    await asyncio.sleep(0)
    assert rose.looks == 2
    rose.look = well
    garden.keeper.hurry()
    await garden.round(0.25)
    assert rose.looks == 3
    await garden.round(0.25)
    assert rose.looks == 3
    await garden.round(0.75)
    assert rose.looks == 4


async def test_however_often_somebody_speaks_a_look_that_takes_long_comes_to_its_end(garden):
    garden.sow("rose")
    await garden.round()
    rose = garden.plants["rose"]
    begun, ended, well, gate = [], [], rose.look, asyncio.Event()

    async def slow():
        begun.append(garden.clock())
        await gate.wait()
        ended.append(garden.clock())
        return await well()

    rose.look = slow
    for _ in range(60):
        garden.keeper.hurry()
        garden.clock.advance(0.1)
        garden.keeper.begin_round()
        await asyncio.sleep(0)
    assert len(begun) == 2  # given up once, then spared
    gate.set()
    await garden.keeper.settled()
    assert len(ended) == 1
    await garden.round(1.0)
    assert len(ended) == 2  # what was said meanwhile is looked at


async def test_looks_for_announcements_keep_their_distance(garden):
    garden.sow("rose")
    await garden.round()
    for _ in range(100):
        garden.keeper.hurry()
        await garden.round(0.1)
    assert 9 <= garden.plants["rose"].looks <= 12


async def test_a_write_that_takes_too_long_frees_the_ledger(garden, monkeypatch):
    monkeypatch.setattr(keeper, "WRITE_S", 0.01)
    garden.sow("rose")
    await garden.round()
    rose = garden.plants["rose"]
    rose.is_dry = True
    rose.mend = asyncio.Event().wait
    await garden.round(30.0)
    assert "given up" in garden.keeper.as_json()["rose"]["problem"]
    with garden.ledger.locked(patience_s=0):
        pass


async def test_a_router_that_never_stops_speaking_delays_nothing(garden):
    garden.sow("rose")
    await garden.round()
    for _ in range(3):
        garden.keeper.hurry()
        await garden.round(0.1)
    assert garden.plants["rose"].looks == 2


async def test_an_unreadable_ledger_is_told_and_nothing_is_kept(garden):
    garden.sow("rose")
    await garden.round()
    kept = garden.ledger.path.read_bytes()
    garden.ledger.path.write_bytes(b"{")
    await garden.round(100.0)
    assert garden.plants["rose"].looks == 1
    assert "ledger" in garden.keeper.as_json()
    garden.ledger.path.write_bytes(kept)
    await garden.round(1.0)
    assert garden.plants["rose"].looks == 2
    assert "ledger" not in garden.keeper.as_json()


async def test_it_runs_until_it_is_cancelled(garden):
    garden.sow("rose")
    running = asyncio.create_task(garden.keeper.run())
    garden.plants["rose"] = Plant()
    async with asyncio.timeout(5):
        await garden.plants["rose"].looked.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_what_cannot_be_taken_up_yet_is_told_and_tried_again(garden):
    seeds = [Problem("no token"), Plant()]

    def grow(_):
        seed = seeds.pop(0)
        if isinstance(seed, Problem):
            raise seed
        return garden.plants.setdefault("rose", seed)

    garden.keeper._factories = {"plant": grow}
    garden.sow("rose")
    await garden.round()
    assert garden.keeper.as_json()["rose"]["problem"] == "no token"
    await garden.round(1.0)
    assert garden.plants["rose"].looks == 1
    assert garden.keeper.as_json()["rose"]["ok"]


async def test_an_entry_that_cannot_be_taken_does_not_end_the_care_for_the_others(garden):
    def make(entry):
        if entry.id == "weed":
            raise ValueError("no seed")
        return garden.plants.setdefault(entry.id, Plant())

    garden.keeper = Keeper(
        garden.ledger, {"plant": make}, say=garden.words.append, clock=garden.clock
    )
    garden.sow("weed")
    garden.sow("rose")
    await garden.round()
    assert garden.plants["rose"].looks == 1
    assert "no seed" in garden.keeper.as_json()["weed"]["problem"]
    said = list(garden.words)
    await garden.round(2.0)
    assert garden.words == said  # once, not in each round
