"""The keeper's own pages, for this computer alone: /metrics and /healthz."""

import time
from collections.abc import Callable

from aiohttp import web

from deploy.keeper import metrics
from deploy.keeper.keeper import Keeper
from deploy.keeper.metrics import Metrics

HOST = "127.0.0.1"
STUCK_S = 60.0  # a round takes seconds even where nobody answers


class Pages:
    """Answers GET /metrics and GET /healthz."""

    def __init__(
        self, keeper: Keeper, shown: Metrics, wall: Callable[[], float] = time.time
    ) -> None:
        self._keeper = keeper
        self._metrics = shown
        self._wall = wall

    async def open(self, port: int) -> tuple[web.AppRunner, int]:
        """Listen on loopback; gives what is to be cleaned up, and the port.

        Raises:
            OSError: the port is taken.
        """
        app = web.Application()
        app.add_routes(
            [web.get("/metrics", self._show_metrics), web.get("/healthz", self._show_health)]
        )
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, HOST, port)
        try:
            await site.start()
        except OSError:
            await runner.cleanup()
            raise
        return runner, int(runner.addresses[0][1])

    async def _show_metrics(self, _: web.Request) -> web.Response:
        self._metrics.last_round.set(self._keeper.last_round_at)
        self._metrics.entries.set(self._keeper.count)
        return web.Response(
            body=self._metrics.page(), headers={"Content-Type": metrics.CONTENT_TYPE}
        )

    async def _show_health(self, _: web.Request) -> web.Response:
        """Whether the keeper works: not whether the router does, which a restart cannot mend."""
        is_alive = self._wall() - self._keeper.last_round_at < STUCK_S
        body = {"ok": is_alive, "kept": self._keeper.as_json()}
        return web.json_response(body, status=200 if is_alive else 503)
