"""What protocol raises: these, and nothing else."""

from protocol.reasons import Reason


class DecodeError(ValueError):
    """Bytes that are no message of this wire; the text says why, for a log."""


class EncodeError(ValueError):
    """A value that has no form on this wire: a fault of the program that made it."""


class Refused(Exception):  # noqa: N818 (the word that everybody uses for it)
    """The other side broke a rule: close with `reason`; `detail` is for the log, never shown."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason.name}: {detail}")
        self.reason = reason
        self.detail = detail
