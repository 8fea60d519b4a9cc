"""The ports of embedded mode: chosen once for each `up`, free before anything is started."""

from collections.abc import Callable

from deploy import system
from deploy.embedded.record import Ports
from deploy.settings import Settings


def choose_ports(settings: Settings, free_port: Callable[[], int] = system.free_port) -> Ports:
    """The ports of the settings; each that is 0 becomes one that is free now."""
    return Ports(
        https=settings.https_port or free_port(),
        http=settings.http_port or free_port(),
        game=settings.game_port or free_port(),
        private=settings.private_port or free_port(),
    )
