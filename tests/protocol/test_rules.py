"""The rules on the wire: equal on both sides, or the player is told to update."""

import msgspec
import pytest

from game.rules import Rules
from protocol.codec import decode_server, encode
from protocol.errors import Refused
from protocol.reasons import Reason
from protocol.rules import from_welcome, to_wire
from tests.protocol.test_client_conversation import welcome


def with_rules(ours, **changes):
    fields = {"rules": to_wire(ours), "rules_hash": ours.hash(), "tick_hz": ours.tick_hz}
    return msgspec.structs.replace(welcome(), **(fields | changes))


@pytest.mark.parametrize("hz", [20, 30, 60])
def test_rules_arrive_as_they_are(hz):
    rules = Rules(tick_hz=hz, map_tiles=96)
    message = decode_server(encode(with_rules(rules)))
    assert from_welcome(message) == rules


@pytest.mark.parametrize(
    "wrong",
    [
        {"tick_hz": 25},
        {"map_tiles": 8},
        {"map_tiles": 1 << 20},
        {"cell_tiles": 8},
        {"teams": 0},
        {"teams": 9},
        {"load_steps": 0},
        {"speed": -60},
        {"speed": 1 << 40},
    ],
)
def test_rules_that_would_break_a_prediction_are_refused(wrong):
    with pytest.raises(Refused) as caught:
        from_welcome(with_rules(Rules(**wrong)))
    assert caught.value.reason is Reason.VERSION


@pytest.mark.parametrize(
    "changes",
    [
        {"rules_hash": "other"},
        {"tick_hz": 20},
        {"rules": {"tick_hz": "fast"}},
        {"rules": {"mode": "x"}},
    ],
)
def test_rules_that_this_build_does_not_know_are_refused(changes):
    with pytest.raises(Refused) as caught:
        from_welcome(with_rules(Rules(), **changes))
    assert caught.value.reason is Reason.VERSION
