"""The table and what hangs on it: every message has one line, and bounds that hold."""

import tomllib
from pathlib import Path
from typing import get_args

from game.inputs import ActKind
from protocol import codec, messages, table, version
from protocol.cells import NODE_KINDS, TILE_KINDS
from protocol.codec import encode
from protocol.messages import Hello, Welcome
from protocol.table import BY_MESSAGE, BY_TYPE, TABLE, Direction


def test_every_message_has_one_line_and_every_number_one_message():
    assert len(BY_TYPE) == len(BY_MESSAGE) == len(TABLE)
    assert set(BY_MESSAGE) == set(get_args(codec.Message))
    for entry in TABLE:
        assert (entry.id >= 0x80) is (entry.direction is Direction.TO_CLIENT)
        assert entry.name == entry.message.__name__.upper()
        assert (entry.burst > 0) is (entry.direction is Direction.TO_SERVER)
        assert entry.phases


def test_the_numbers_of_types_are_stable():
    assert {entry.name: entry.id for entry in TABLE} == {
        "HELLO": 0x01,
        "INPUT": 0x02,
        "ACT": 0x03,
        "SAY": 0x04,
        "BYE": 0x05,
        "STATS": 0x07,
        "WELCOME": 0x81,
        "SNAP": 0x82,
        "ROSTER": 0x83,
        "ROUND": 0x84,
        "CHAT": 0x85,
        "NOTICE": 0x86,
        "REJECT": 0x87,
        "SAVED": 0x88,
        "TRAVEL": 0x89,
        "LATE": 0x8A,
        "STEP": 0x8B,
    }


def test_a_client_says_little():
    sizes = {e.name: e.max_bytes for e in TABLE if e.direction is Direction.TO_SERVER}
    assert sizes.pop("HELLO") == 1024
    assert set(sizes.values()) == {512}
    assert table.MAX_SERVER_BYTES == 65_536


def test_the_wire_knows_all_that_the_game_has():
    assert (TILE_KINDS, NODE_KINDS) == (9, 6)
    assert [int(kind) for kind in ActKind] == [1, 2, 3, 4, 5]


def test_the_build_is_the_one_of_the_package():
    project = Path(__file__).parents[2] / "pyproject.toml"
    assert tomllib.loads(project.read_text())["project"]["version"] == version.BUILD
    assert version.world_path() == "/w/home"
    assert version.SUBPROTOCOL == "lanternhold.1"


def test_secrets_stay_out_of_logs():
    hello = Hello(minor=0, name="Ann", resume="a-secret-nobody-sees")
    assert "a-secret" not in repr(hello)
    assert "Ann" in repr(hello)
    assert "invite=None" in repr(hello)
    secrets = {"invite", "resume", "token", "ticket"}
    for message in (messages.Hello, Welcome, messages.Travel):
        assert secrets & set(message.__struct_fields__) <= messages._SECRET_FIELDS
    assert encode(hello)[0] == 1
