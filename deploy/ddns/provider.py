"""What every provider can do, whatever protocol it speaks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from deploy.address.kinds import Family
from deploy.ddns.words import Meaning


@dataclass(frozen=True)
class Records:
    """The addresses that a name has in one family.

    Attributes:
        addresses: sorted; empty when the name has none.
        ttl: in seconds, None when it is not known.
        is_hidden: the world sees other addresses, those of a proxy in front.
    """

    addresses: tuple[str, ...] = ()
    ttl: int | None = None
    is_hidden: bool = False


class Provider(Protocol):
    """Who serves the name. No method raises for what a provider may answer, but TroubleError."""

    refresh_s: float
    """After this time without an update one is sent though nothing changed; 0: never."""

    async def read(self, family: Family) -> Records | None:
        """What the provider itself holds; None when it cannot be asked.

        Raises:
            TroubleError: it can, but did not tell; `meaning` says why.
        """
        ...

    async def update(self, family: Family, address: str, keep: Mapping[Family, str]) -> Meaning:
        """Set the one address of a family. `keep` is what the other family must go on having."""
        ...

    async def restore(
        self, family: Family, before: Records, keep: Mapping[Family, str]
    ) -> Meaning | None:
        """Go back to what was there, nothing included; None when the provider has no way to."""
        ...
