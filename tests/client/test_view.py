import pytest

from client.view import CHAT_KEPT, HAPPENINGS_KEPT, NOTICES_KEPT, View, plain
from game.body import Body
from game.rules import Rules
from game.terrain import Tile
from protocol.errors import Refused
from protocol.hot import Cell, Happening, Snap
from protocol.messages import Chat, Notice, Roster, RosterEntry, Round, Standing, Welcome
from protocol.rules import to_wire

RULES = Rules()


def welcome(**changes):
    given = {
        "minor": 0, "server": "A\x00 test", "world": "home", "epoch": 1, "player": "0" * 32,
        "eid": 1, "token": "T" * 24, "resumed": False, "tick": 1, "tick_hz": 30,
        "rules": to_wire(RULES), "rules_hash": RULES.hash(), "last_act_id": 0, "last_seq": 0,
        "resume_s": 60,
    } | changes  # fmt: skip
    return Welcome(**given)


def entry(eid, team=0):
    return RosterEntry(eid, f"P{eid}", team, 0, False, False, False)


def round_(phase="play", number=1, ends=0):
    standings = (Standing(0, (0, 0, 0), 1, 64, 8, 9), Standing(0, (0, 0, 0), 1, 64, 50, 51))
    return Round(phase=phase, number=number, ends=ends, standings=standings)


def snap(tick, happenings=()):
    cells = (Cell(0, 0, 1, bytes([Tile.GRASS] * 256), ()),)
    return Snap(tick, 0, 0, Body(0, 0), (), cells, happenings)


@pytest.fixture
def view():
    return View(welcome())


def test_the_roster_follows_changes_and_whole_replaces_it(view):
    view.take(Roster(entries=(entry(1), entry(2)), whole=True))
    view.take(Roster(entries=(entry(2, team=1), entry(3)), gone=(1, 99)))
    assert {eid: known.team for eid, known in view.roster.items()} == {2: 1, 3: 0}
    view.take(Roster(entries=(entry(5),), whole=True))
    assert view.roster.keys() == {5}


def test_the_own_lantern_is_that_of_the_own_team(view):
    assert view.lantern is None
    view.take(round_())
    assert (view.team, view.lantern) == (-1, None)
    view.take(Roster(entries=(entry(1, team=1),)))
    assert (view.lantern.x, view.lantern.y) == (50, 51)
    view.take(Roster(entries=(entry(1, team=7),)))
    assert view.lantern is None, "a team without a lantern harms nobody"


def test_work_is_possible_up_to_the_tick_in_which_play_ends(view):
    assert not view.may_gather_at(5)
    view.take(round_(ends=100))
    assert view.may_gather_at(100)
    assert not view.may_gather_at(101)
    view.take(round_())
    assert view.may_gather_at(10**6)
    view.take(round_("results"))
    assert not view.may_gather_at(5)


def test_a_new_round_has_a_new_map(view):
    view.take(round_())
    view.take(snap(5))
    view.take(round_("results"))
    assert view.ground.terrain.at(0, 0) == Tile.GRASS
    view.take(round_("lobby", number=2))
    assert view.ground.terrain.at(0, 0) == Tile.UNKNOWN


def test_nothing_grows_without_end(view):
    for number in range(1000):
        view.take(Chat(eid=1, channel="all", text=str(number)))
        view.take(Notice(code="x", text=str(number)))
        view.take(snap(number, (Happening(1, 2, 3, 4),) * 5))
    assert [len(view.chat), len(view.notices), len(view.happenings)] == [
        CHAT_KEPT, NOTICES_KEPT, HAPPENINGS_KEPT,
    ]  # fmt: skip
    assert view.chat[-1].text == "999"


def test_what_the_server_calls_itself_is_one_visible_line(view):
    assert view.server == "A test"
    assert plain("a\u202e b\n\nc\u200b") == "a b c"
    assert len(plain("x" * 5000)) == 300


def test_other_rules_are_refused():
    with pytest.raises(Refused):
        View(welcome(rules_hash="0" * 16))


def test_a_resume_of_the_same_body_goes_on(view):
    assert view.goes_on(welcome(resumed=True))
    assert not view.goes_on(welcome(resumed=False))
    assert not view.goes_on(welcome(resumed=True, eid=2))
    assert not view.goes_on(welcome(resumed=True, rules_hash="f" * 16))
