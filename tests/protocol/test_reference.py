"""docs/reference/protocol.md says what the code does; its examples are the golden bytes."""

import pytest

from client import outbox, pacing
from client import session as client_session
from client.backoff import DELAYS_S
from client.outbox import Outbox
from game import names
from game.body import IDLE
from game.rules import TICK_RATES, UNIT
from protocol.codec import decode_client, decode_server
from protocol.hot import Input, Snap, Step
from protocol.invite import Invite
from protocol.limits import (
    HELLO_S,
    LATE_S,
    SILENT_S,
    STALL_INPUTS_PER_S,
    STALL_S,
    STATS_EVERY_S,
)
from protocol.messages import RosterEntry, Standing
from protocol.own_body import REST_BYTES
from protocol.reasons import SERVICE_RESTART, retry_text
from protocol.snap import GRID, MOVER_BYTES, MOVER_REACH, REST_AT
from protocol.table import TABLE
from protocol.version import MINOR, STEP_MINOR, SUBPROTOCOL, world_path
from server.peer import CONTROL_RATE
from server.reception import UNPROVEN_S
from tests.protocol import reference

PAGE = reference.PAGE.read_text()
COLD = [e.message for e in TABLE if e.message not in (Input, Snap, Step)]


@pytest.mark.parametrize("section", reference.SECTIONS, ids=lambda section: section.__name__)
def test_a_generated_section_is_up_to_date(section):
    begin, end = reference.markers(section)
    written = PAGE.split(begin)[1].split(end)[0].strip()
    assert written == section(), "renew it by: python -m tests.protocol.reference"


@pytest.mark.parametrize("message", [*COLD, RosterEntry, Standing], ids=lambda m: m.__name__)
def test_every_field_is_documented_with_its_bounds(message):
    array = message in (RosterEntry, Standing)
    title = message.__name__ if array else message.__name__.upper()
    assert reference.documented(PAGE, title) == reference.fields(message)


@pytest.mark.parametrize("title", reference.EXAMPLES)
def test_the_golden_bytes_are_read_as_the_example(title):
    written = PAGE.split(f"\n{title}:\n\n```\n")[1].split("\n```")[0]
    data = bytes.fromhex(written)
    message = reference.EXAMPLES[title]
    found = decode_client(data) if data[0] < 0x80 else decode_server(data)
    assert found == message


def test_every_message_has_an_example():
    shown = {type(message) for message in reference.EXAMPLES.values()}
    assert shown == {entry.message for entry in TABLE}


def test_the_link_on_the_page_is_an_invite():
    assert Invite.parse(PAGE) == reference.INVITE


@pytest.mark.parametrize(
    "said",
    [
        SUBPROTOCOL,
        world_path(),
        f"`minor` of this page is {MINOR}",
        str(SERVICE_RESTART),
        retry_text(5),
        f"within {HELLO_S:g} s, else 4012",
        f"no SNAP for {STALL_S:g} s",
        f"no news in `ack` for {SILENT_S:g} s",
        f"each {STATS_EVERY_S:g} s, with the figures of these",
        f"late (by {LATE_S * 1000:g} ms or more)",
        f"a square of {MOVER_REACH * GRID // UNIT} tiles",
        f"Each mover has {MOVER_BYTES} bytes",
        f"bytes {REST_AT} to {REST_AT + REST_BYTES - 1} of a SNAP",
        f"A client of `minor` {STEP_MINOR} or more gets it",
        f"1 to {names.LENGTH_MAX} Unicode code points",
        f"({UNPROVEN_S:g} s if you had said nothing",
        f"no message for {client_session.SILENT_S:g} s after WELCOME",
        f"for {client_session.HELLO_SILENT_S:g} s between HELLO and WELCOME",
        "together {:g} a second, {:g} at once".format(*CONTROL_RATE),
        f"within {1 - pacing.NUDGE_MAX} and {1 + pacing.NUDGE_MAX}",
        f"last {pacing.STEADY} waits",
        f"for {outbox.QUIET_S} s after",
        "waiting " + ", ".join(f"{delay:g}" for delay in DELAYS_S),
    ],
)
def test_what_the_page_must_say(said):
    assert said in PAGE


@pytest.mark.parametrize("tick_hz", TICK_RATES)
def test_an_idle_client_sends_what_the_page_says(tick_hz):
    """The commands of 0.1 s in one INPUT: at every rate ten INPUT a second."""
    idle = Outbox(tick_hz)
    sizes = []
    for tick in range(tick_hz):
        idle.add(IDLE, tick / tick_hz)
        sizes += filter(None, [len(idle.take_due(tick / tick_hz))])
    assert len(sizes) == STALL_INPUTS_PER_S
    assert len(set(sizes)) == 1
    assert f"{sizes[0]} at {tick_hz}" in PAGE
