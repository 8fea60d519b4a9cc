"""One HTTP request to a provider: bounded in time and size, straight there, and silent.

Some providers take the token in the address of the page. So no address, no header and no exception
of the HTTP library leaves this module.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from deploy.address.names import BoundedResolver
from deploy.address.sources import read_within
from deploy.ddns.words import Meaning, of_status, unreachable

CALL_S = 10.0
MOST_BYTES = 256 * 1024
AGENT = "Lanternhold lanternhold/0.1 hosts@lanternhold.invalid"
"""Providers block programs that do not say who they are: company, program/version, contact."""


class TroubleError(Exception):
    """A request that brought no answer to read; `meaning` says what that means."""

    def __init__(self, meaning: Meaning) -> None:
        super().__init__(meaning.sentence)
        self.meaning = meaning


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    text: str
    retry_after: str = ""

    @property
    def by_status(self) -> Meaning | None:
        """What the status alone says; None when the text decides."""
        return of_status(self.status, self.retry_after)

    def json(self) -> dict[str, Any]:
        """The object in it; empty for anything else."""
        try:
            said = json.loads(self.text)
        except ValueError:
            return {}
        return said if isinstance(said, dict) else {}

    def json_list(self) -> list[dict[str, Any]]:
        """The objects of a list in it; empty for anything else."""
        try:
            said = json.loads(self.text)
        except ValueError:
            return []
        return [item for item in said if isinstance(item, dict)] if isinstance(said, list) else []


@dataclass(frozen=True)
class Caller:
    """Makes requests. `limit_s` bounds each from the name's look-up to the last byte."""

    limit_s: float = CALL_S

    async def get(self, url: str, **how: Any) -> Answer:
        """A GET; see `send`."""
        return await self.send(Request("GET", url, **how))

    async def send(self, request: "Request") -> Answer:
        """Send a request; neither proxies of the environment nor redirects are followed.

        Raises:
            TroubleError: nobody answered in time, or the line broke.
        """
        connector = aiohttp.TCPConnector(resolver=BoundedResolver(), force_close=True)
        limit = aiohttp.ClientTimeout(total=self.limit_s)
        try:
            async with (
                aiohttp.ClientSession(connector=connector, timeout=limit, trust_env=False) as line,
                line.request(
                    request.method,
                    request.url,
                    params=request.params,
                    headers={"User-Agent": AGENT, **request.headers},
                    json=request.body,
                    allow_redirects=False,
                ) as answer,
            ):
                text = (await read_within(answer.content, MOST_BYTES)).decode("utf-8", "replace")
                return Answer(answer.status, text, answer.headers.get("Retry-After", ""))
        except TimeoutError:
            trouble = unreachable(f"no answer within {self.limit_s:g} s")
        except (aiohttp.ClientError, OSError, ValueError) as problem:
            trouble = unreachable(_why(problem))
        # Raised out here: the library's exception, which may hold the address, is not chained.
        raise TroubleError(trouble)


@dataclass(frozen=True)
class Request:
    """What is sent. Its repr shows no part that may hold a secret."""

    method: str
    url: str = field(repr=False)
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Any = field(default=None, repr=False)


def _why(problem: Exception) -> str:
    """What broke, by its class alone."""
    if isinstance(problem, aiohttp.ClientConnectorCertificateError):
        return "its certificate is not trusted here; a wrong clock does that too"
    if isinstance(problem, aiohttp.ClientSSLError):
        return "no encrypted connection"
    if isinstance(problem, aiohttp.ClientConnectorDNSError):
        return "its name was not found"
    if isinstance(problem, aiohttp.ClientConnectorError):
        return "no connection"
    return type(problem).__name__
