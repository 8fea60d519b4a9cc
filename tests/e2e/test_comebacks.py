"""What befalls Caddy and the server while bots play; `scripts/prove resume` does it with 64."""

import asyncio
import signal
from functools import partial

import pytest

from protocol.invite import Invite
from protocol.version import STEP_MINOR
from support.home import at_home
from support.narrow import NarrowLine
from support.onlooker import Onlooker, by_port
from support.party import SETTINGS, Party, end, reload_caddy, until
from support.standing import standing

pytestmark = pytest.mark.slow

BOTS = 4
CROWD = 24
VILLAGE = {"LANTERNHOLD_SERVER_MODE": "village"}
NARROW = 4_000  # bytes a second: half of what a crowd takes that is told whole each tick


@pytest.fixture(scope="module")
def at(tmp_path_factory):
    with at_home(tmp_path_factory.mktemp("home") / "clone", **SETTINGS, **VILLAGE) as at:
        yield at


@pytest.fixture(scope="module")
def party(at):
    """Bots that play through all the tests of this file."""
    with Party(*at, count=BOTS, seconds=300) as party:
        party.all_in()
        yield party


def lines_lost(party):
    """Lines that ended or were resumed, as far as the running server knows."""
    closed = party.count_of("lanternhold_resumes_total")
    return closed + sum(one["away"] for one in party.players().values())


def test_a_reload_of_caddy_costs_nobody_a_line(at, party):
    before = party.all_in()
    told = party.count_of("lanternhold_snapshots_sent_total")
    reload_caddy(at[0])
    # Caddy gives requests 3 s; a websocket that it meant to end would be gone by then.
    until(lambda: party.count_of("lanternhold_snapshots_sent_total") > told + 4 * BOTS * 30, 60)
    assert lines_lost(party) == 0
    assert party.players().keys() == before.keys()


@pytest.mark.parametrize(
    ("program", "number"),
    [
        ("caddy", signal.SIGKILL),
        ("caddy", signal.SIGTERM),
        ("server", signal.SIGTERM),
        ("server", signal.SIGKILL),
    ],
)
def test_all_come_back_as_who_they_were(at, party, program, number):
    before = party.all_in()
    fault = partial(end, at[0], program, number)
    party.all_back_s(fault, is_new_server=program == "server")
    after = party.players()
    assert after.keys() == before.keys()
    for eid, one in before.items():
        assert after[eid]["name"] == one["name"]
        assert after[eid]["team"] == one["team"]
        assert after[eid]["score"] >= one["score"]


async def test_a_narrow_line_in_a_crowd_is_told_less_and_the_others_all(at):
    home, up = at
    invite = Invite.parse(up["invite"])
    fast = Onlooker(by_port(invite, invite.port), "Fast")
    with standing(home, up, CROWD):
        async with (
            NarrowLine(invite.port, NARROW).open() as narrow,
            fast.watching(),
            Onlooker(by_port(invite, narrow.port), "Slow", STEP_MINOR - 1).watching() as slow,
        ):
            fast.session.figures.skipped = slow.session.figures.skipped = 0
            async with asyncio.timeout(60):
                while "line-narrow" not in slow.notices:
                    await slow.next_snap()
    assert slow.session.figures.skipped > 50
    assert fast.session.figures.skipped < slow.session.figures.skipped / 5
    assert "line-narrow" not in fast.notices
    assert slow.session.figures.disconnects == fast.session.figures.disconnects == 0


def test_the_bots_lost_a_line_for_each_fault_and_none_for_the_reload(party):
    report = party.report()
    assert report["disconnects"] == report["resumes"] == 4 * BOTS
    assert report["refused"] == {}
