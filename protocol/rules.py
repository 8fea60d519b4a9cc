"""The rules of a world on their way to the client, and the check that both mean the same."""

from typing import Final

import msgspec

from game.rules import TICK_RATES, Rules
from protocol.cells import CELL_TILES
from protocol.errors import Refused
from protocol.messages import Welcome
from protocol.reasons import Reason

MAX_TILES: Final = 256 * CELL_TILES
_MAX: Final = 0x7FFF_FFFF


def to_wire(rules: Rules) -> dict[str, int | str]:
    """`rules` as the map that WELCOME carries."""
    wire: dict[str, int | str] = msgspec.to_builtins(rules)
    return wire


def from_welcome(welcome: Welcome) -> Rules:
    """The rules to predict with; Refused (VERSION) if this build would predict otherwise.

    The numbers come from a stranger: those that could hang or crash a prediction are refused.
    """
    try:
        rules = msgspec.convert(welcome.rules, Rules)
    except msgspec.ValidationError as error:
        raise Refused(Reason.VERSION, f"rules: {error}") from error
    if rules.hash() != welcome.rules_hash:
        raise Refused(Reason.VERSION, "the rules differ from those of the server")
    if not is_sound(rules) or rules.tick_hz != welcome.tick_hz:
        raise Refused(Reason.VERSION, "no world can have such rules")
    return rules


def is_sound(rules: Rules) -> bool:
    """Whether a world of these rules can be stepped: no number of them hangs or crashes it."""
    numbers = (value for value in msgspec.structs.asdict(rules).values() if isinstance(value, int))
    return (
        all(0 <= number <= _MAX for number in numbers)
        and rules.tick_hz in TICK_RATES
        and rules.cell_tiles == CELL_TILES
        and CELL_TILES <= rules.map_tiles <= MAX_TILES
        and 1 <= rules.teams <= 8
        and rules.load_steps >= 1
    )
