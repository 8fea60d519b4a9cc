"""The private port: health, metrics, and what the host may order."""

import socket
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Final

import msgspec
from aiohttp import web

from server import metrics as metrics_module
from server.admin import Admin, AdminError
from server.health import Health
from server.metrics import Metrics

BODY_MAX: Final = 4_096

Handler = Callable[[web.Request], Awaitable[web.Response]]


class PrivateHttp:
    """A small HTTP server in the match's own loop: when that hangs, nothing here says "healthy"."""

    def __init__(self, health: Health, metrics: Metrics, admin: Admin) -> None:
        self._health = health
        self._metrics = metrics
        self._admin = admin
        self._runner: web.AppRunner | None = None

    async def open(self, sock: socket.socket) -> None:
        """Answer on a socket that listens."""
        application = web.Application(client_max_size=BODY_MAX)
        application.add_routes(
            [
                web.get("/healthz", self._healthz),
                web.get("/readyz", self._readyz),
                web.get("/metrics", self._render),
                web.post("/admin/{order}", self._order),
            ]
        )
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.SockSite(self._runner, sock).start()

    async def close(self) -> None:
        """Answer no more."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _healthz(self, _request: web.Request) -> web.Response:
        return self._state("ok" if self._health.is_alive else "stuck", self._health.is_alive)

    async def _readyz(self, _request: web.Request) -> web.Response:
        word = "stopping" if self._health.is_stopping else "starting or stuck"
        return self._state("ready" if self._health.is_ready else word, self._health.is_ready)

    def _state(self, word: str, is_good: bool) -> web.Response:
        age = self._health.tick_age_s
        facts = {"state": word, "tick_age_seconds": None if age is None else round(age, 3)}
        return _json(facts, 200 if is_good else 503)

    async def _render(self, _request: web.Request) -> web.Response:
        headers = {"Content-Type": metrics_module.CONTENT_TYPE}
        return web.Response(body=self._metrics.render(), headers=headers)

    async def _order(self, request: web.Request) -> web.Response:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not self._admin.is_right(token.strip()):
            return _json(
                {"error": "This needs the header `Authorization: Bearer TOKEN`, with the token "
                 "from admin.token in the server's data folder."}, 401
            )  # fmt: skip
        try:
            answer = self._admin.order(request.match_info["order"], await request.read())
            if isawaitable(answer):
                answer = await answer
        except AdminError as error:
            return _json({"error": str(error)}, 400)
        return _json(answer, 200)


def _json(value: object, status: int) -> web.Response:
    body = msgspec.json.encode(value)
    return web.Response(body=body, status=status, content_type="application/json")
