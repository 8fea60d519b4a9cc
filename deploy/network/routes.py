"""What each system's own module reads: default routes, hardware addresses, IPv6 addresses."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Route:
    """A way to the whole internet, or to half of it. `gateway` is "" for a tunnel."""

    interface: str
    gateway: str
    metric: int = 0
    is_half: bool = False


@dataclass(frozen=True)
class Address6:
    """An IPv6 address of ours; a fleeting one will change within hours or is not ready."""

    interface: str
    address: str
    prefix: int
    is_fleeting: bool


@dataclass(frozen=True)
class Tables:
    """All of it, read at one moment."""

    routes: tuple[Route, ...] = ()
    addresses6: tuple[Address6, ...] = ()
    macs: Mapping[str, str] = field(default_factory=dict)
