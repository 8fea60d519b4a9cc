"""One HTTPS request to our own door: this computer, the door's name, the private root alone."""

import json
import socket
import ssl
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from deploy.stack import Door
from protocol.invite import INTERNAL

KNOCK_S = 3.0
OK = 200
FAILURES = (aiohttp.ClientError, TimeoutError, ValueError, OSError)
"""What `status` may raise while the door is not ready."""


class _Here(AbstractResolver):
    """Every name is this computer."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        del family
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        """Nothing is held."""


async def status(door: Door) -> dict[str, Any] | None:
    """What /status says, or None for another answer than 200."""
    trust = ssl.create_default_context(cadata=door.root_pem)
    connector = aiohttp.TCPConnector(ssl=trust, resolver=_Here(), force_close=True)
    limit = aiohttp.ClientTimeout(total=KNOCK_S)
    session = aiohttp.ClientSession(connector=connector, timeout=limit)
    address = f"https://{INTERNAL}:{door.https_port}/status"
    async with session, session.get(address) as answer:
        if answer.status != OK:
            return None
        said = json.loads(await answer.read())
    return said if isinstance(said, dict) else None
