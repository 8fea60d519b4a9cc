"""What the keeper knows of a thing that it keeps: how to look at it and how to mend it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Finding:
    """What a look has shown.

    Attributes:
        is_well: nothing is to be written.
        again_s: when to look again, where all is well.
        words: for the log, where something is to be written: "is gone from the router".
    """

    is_well: bool
    again_s: float
    words: str = ""


class Tender(Protocol):
    """Looks after one entry of the ledger. Both methods may raise Problem."""

    longest_retry_s: float
    """How far apart tries may get while it fails."""

    async def look(self) -> Finding:
        """Look at the world; change nothing."""
        ...

    async def mend(self) -> float:
        """Write to the world what the ledger holds; gives when to look again, in seconds.

        Called only while the ledger holds the entry, and no command can change that meanwhile.
        """
        ...

    def failed(self) -> None:
        """A look or a mend has ended in a problem: count it."""
        ...
