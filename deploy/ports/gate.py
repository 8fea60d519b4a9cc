"""HTTP to the router and to nobody else: bounded in time and size, no redirects, no proxies.

The rule about addresses: whatever host a router names in LOCATION, URLBase or a control URL, the
request goes to the router's own address, with the port and path that it named. Routers do name
others, in good faith (a second address, an old one), and so would somebody who wants us to call
a third party for him.
"""

import re
from urllib.parse import urlsplit

import aiohttp
from async_upnp_client.client import UpnpRequester
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.exceptions import UpnpCommunicationError, UpnpConnectionError

MAX_BYTES = 65536
PATIENCE_S = 3.0
_ADDRESSED = re.compile(
    r"(<(?:\w+:)?(?:SCPDURL|controlURL|eventSubURL)>\s*https?://)[^/:<\s]*", re.IGNORECASE
)


class Gate(UpnpRequester):
    """Asks the router by HTTP.

    Args:
        own: our address, from which is asked: a router maps only to the one who asks.
        router: the router's address.
        description: where its description lies, at its own address.
        actions: what stands in for each service's own list of its actions.
    """

    def __init__(self, own: str, router: str, description: str, actions: str) -> None:
        self._own = own
        self._router = router
        self._description = description
        self._actions = actions

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        """Ask, within the bounds.

        Raises:
            UpnpCommunicationError: no answer, or one beyond the bounds.
        """
        is_description = http_request.url == self._description
        if http_request.method == "GET" and not is_description:
            # What a gateway can do is standard; its own list is often broken, and costs a request.
            return HttpResponse(200, {}, self._actions)
        try:
            status, body = await self._fetch(http_request)
        except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as problem:
            raise UpnpConnectionError(repr(problem)) from problem
        text = body.decode("utf-8", "replace").lstrip("\ufeff \r\n\t").rstrip("\0 \r\n\t")
        if is_description:
            text = _ADDRESSED.sub(rf"\g<1>{self._router}", text)
        return HttpResponse(status, {}, text)

    async def _fetch(self, asked: HttpRequest) -> tuple[int, bytes]:
        connector = aiohttp.TCPConnector(local_addr=(self._own, 0), force_close=True)
        limit = aiohttp.ClientTimeout(total=PATIENCE_S)
        async with (
            aiohttp.ClientSession(connector=connector, timeout=limit, trust_env=False) as session,
            session.request(
                asked.method,
                at_router(asked.url, self._router),
                headers={**asked.headers, "Accept-Encoding": "identity"},
                data=asked.body.encode() if isinstance(asked.body, str) else asked.body,
                allow_redirects=False,
            ) as answer,
        ):
            body = bytearray()
            async for piece in answer.content.iter_any():
                body += piece
                if len(body) > MAX_BYTES:
                    raise UpnpCommunicationError(f"more than {MAX_BYTES} bytes")
            return answer.status, bytes(body)


def at_router(url: str, router: str) -> str:
    """The same port and path, at the router's own address.

    Raises:
        ValueError: not http, or a broken port.
    """
    parts = urlsplit(url)
    if parts.scheme != "http":
        raise ValueError(f"{url[:80]!r} is not http")
    host = f"[{router}]" if ":" in router else router
    port = f":{parts.port}" if parts.port else ""
    return parts._replace(netloc=f"{host}{port}", fragment="").geturl()
