"""The tick that was not survived, as a recording keeps it."""

import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from game.inputs import Input
from server.store.rows import encode_inputs


@dataclass(frozen=True)
class Crash:
    """The tick that never ended: its inputs, and in one line the fault that ended the server.

    Without inputs the fault lay elsewhere than in the rules, and no replay shows it.
    """

    tick: int
    inputs: bytes | None
    fault: str


def crash_in(tick: int, inputs: Sequence[Input] | None, error: BaseException) -> Crash:
    """What is kept of `error`: no path, since a path names the user whose folder it is."""
    kept = None if inputs is None else encode_inputs(tuple(inputs))
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return Crash(tick, kept, f"{type(error).__name__}: {error}{place}")
