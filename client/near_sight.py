"""SNAPs for who does not look at people: bots. Decoding seventy movers costs more than playing.

A bot asks for no STEP: to follow one it would have to know everybody.
"""

from protocol.hot import KIND_MOTH
from protocol.snap import HEAD, MOVER_BYTES, TYPE

_COUNT_AT = HEAD.size - 1
_IS_MOTH = bytes((state & 3) == KIND_MOTH for state in range(256))


def without_people(data: bytes) -> bytes:
    """The same SNAP with moths as its only movers; other frames as they are, damaged ones too."""
    if len(data) < HEAD.size or data[0] != TYPE:
        return data
    end = HEAD.size + data[_COUNT_AT] * MOVER_BYTES
    states = data[HEAD.size + 2 : end : MOVER_BYTES]  # the id is two bytes, then comes the state
    moths = states.translate(_IS_MOTH)
    kept, at = [], moths.find(1)
    while at >= 0:
        begin = HEAD.size + at * MOVER_BYTES
        kept.append(data[begin : begin + MOVER_BYTES])
        at = moths.find(1, at + 1)
    return b"".join((data[:_COUNT_AT], bytes((len(kept),)), *kept, data[end:]))
