"""docs/reference/protocol.md says what the code does; its examples are the golden bytes."""

import pytest

from protocol.codec import decode_client, decode_server
from protocol.hot import Input, Snap
from protocol.invite import Invite
from protocol.messages import RosterEntry, Standing
from protocol.reasons import SERVICE_RESTART, retry_text
from protocol.table import TABLE
from protocol.version import MINOR, SUBPROTOCOL, world_path
from tests.protocol import reference

PAGE = reference.PAGE.read_text()
COLD = [e.message for e in TABLE if e.message not in (Input, Snap)]


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
    ],
)
def test_what_the_page_must_say(said):
    assert said in PAGE
