"""What the generator is told to do, and what it tells back; both travel as JSON."""

from typing import Final

import msgspec

from bench.scenario import Place

PEERS: Final = ("same", "bare")
"""The rooms that there are: one tells its players the same fields as ours does, one less."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A crowd: where it connects, who it is, how it walks."""

    kind: str  # "ours", or which of PEERS
    host: str
    port: int
    name: str  # for the Host header and the certificate
    hz: int
    rights: list[str]  # of each player: a resume token; of Colyseus: the path of a reserved seat
    ca_file: str = ""  # empty: no TLS
    seed: int = 1
    low: int = 0  # the field, in tiles: bodies turn back before they leave it
    high: int = 0
    nodes: list[Place] = []  # the tiles of nodes, by nid from 1
    bodies: list[Place] = []  # where players begin, if nobody tells them
    rules_hash: str = ""


class Truth(msgspec.Struct, kw_only=True):
    """Frames that were held against what the others' frames say of the same tick."""

    frames: int = 0
    movers: int = 0
    missing: int = 0
    extra: int = 0
    wrong: int = 0
    first_fault: str = ""

    @property
    def is_good(self) -> bool:
        """Whether enough was looked at, and nothing found."""
        return self.frames > 0 and not (self.missing or self.extra or self.wrong)


class Count(msgspec.Struct, kw_only=True):
    """What a crowd heard in a window of time."""

    seconds: float
    players: int
    lost: int
    snapshots: int
    snapshot_bytes: int
    all_bytes: int
    missed: int  # ticks of which no snapshot came
    inputs: int
    visible: float  # others in a snapshot, on average
    ticks: int  # that the server made
    input_ms: list[float]
    """Percentiles 50 and 99, from a command to the first snapshot with it; 0: not told."""
    cpu_share: float  # of a core, by the generator
    truth: Truth | None
    fault: str = ""
