"""What a check says: how it stands, what was seen, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a check came out."""

    OK = "ok"
    INFO = "info"  # worth knowing, nothing to do
    WARN = "warn"  # players come in today; it may not stay so
    FAIL = "fail"  # keeps players out
    UNKNOWN = "unknown"  # could not be measured: nothing is claimed
    SKIPPED = "skipped"  # its cause is known already


@dataclass(frozen=True)
class Finding:
    """One answer.

    Attributes:
        status: how it stands.
        evidence: what was measured, as a sentence; never more than that.
        remedy: one sentence with the exact command; "" when there is nothing to do.
    """

    status: Status
    evidence: str
    remedy: str = ""


def ok(evidence: str) -> Finding:
    """As it should be."""
    return Finding(Status.OK, evidence)


def info(evidence: str, remedy: str = "") -> Finding:
    """Nothing is wrong; it explains something."""
    return Finding(Status.INFO, evidence, remedy)


def warn(evidence: str, remedy: str) -> Finding:
    """Players come in, and something is not as it should be."""
    return Finding(Status.WARN, evidence, remedy)


def fail(evidence: str, remedy: str) -> Finding:
    """Players are kept out."""
    return Finding(Status.FAIL, evidence, remedy)


def unknown(evidence: str, remedy: str = "") -> Finding:
    """It could not be measured."""
    return Finding(Status.UNKNOWN, evidence, remedy)
