"""Knocking at our own door: TLS with the private root as the only trust, then /status."""

import asyncio
from typing import Any

from deploy.stack import Door


def status(door: Door) -> dict[str, Any] | None:
    """What the server says of itself through Caddy, or None while it does not answer."""
    if not door.root_pem:
        return None
    # Importing an HTTP client takes a sixth of a second, which most commands can do without.
    from deploy import knock  # noqa: PLC0415

    try:
        return asyncio.run(knock.status(door))
    except knock.FAILURES:
        return None
