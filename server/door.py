"""The public door: websockets for players, and one page of facts for everybody."""

import asyncio
import socket
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from protocol.reasons import Reason
from protocol.table import TABLE, Direction
from protocol.version import BUILD, SUBPROTOCOL, world_path
from server import log
from server.addresses import Origin, origin_of
from server.clock import Clock
from server.connection import GameConnection
from server.doorstep import Doorstep
from server.intake import Intake
from server.match import Match
from server.metrics import Metrics
from server.peer import Peer
from server.settings import PREFIX, Settings
from server.status import StatusPage

OPEN_TIMEOUT_S: Final = 5.0
CLOSE_TIMEOUT_S: Final = 1.0
MAX_SIZE: Final = max(entry.max_bytes for entry in TABLE if entry.direction is Direction.TO_SERVER)
BACKLOG: Final = 128
BUSY_S: Final = 5
"""When to come again where too many connections wait: by then those that said nothing are gone."""

# Small buffers: a flood is read in small bites between which everybody else has a turn, and a
# player who does not read is noticed early.
RECEIVE_BUFFER: Final = 16 * 1024
SEND_BUFFER: Final = 64 * 1024
USER_TIMEOUT_MS: Final = 10_000


class DoorError(Exception):
    """The door cannot be opened; the text says why and what to do."""


def listen(host: str, port: int, key: str) -> socket.socket:
    """A listening socket; port 0 takes a free one.

    Raises:
        DoorError: naming the setting, when the address cannot be had.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        both = address[0] == "::" and socket.has_dualstack_ipv6()
        sock = socket.create_server(
            address[:2], family=family, backlog=BACKLOG, dualstack_ipv6=both
        )
    except OSError as error:
        raise DoorError(
            f"Cannot listen on {host} port {port} ({error.strerror or error}). If another program "
            f"has the port, stop it or set {PREFIX}{key}PORT to another one; if this machine does "
            f"not have the address, correct {PREFIX}{key}HOST."
        ) from error
    sock.setblocking(False)
    return sock


def tune(sock: socket.socket) -> None:
    """Buffers and timeouts; connections inherit them from the socket that listens."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT_MS)


class Door:
    """Opens connections, hands them to the match, and closes them again."""

    def __init__(  # noqa: PLR0913 - the parts of a door
        self,
        settings: Settings,
        match: Match,
        metrics: Metrics,
        clock: Clock,
        *,
        doorstep: Doorstep,
        intake: Intake,
    ) -> None:
        self._settings = settings
        self._match = match
        self._metrics = metrics
        self._clock = clock
        self._doorstep = doorstep
        self._intake = intake
        self._status = StatusPage(self._facts)
        self._server: Server | None = None
        self._log = log.get("door")

    async def open(self, sock: socket.socket) -> None:
        """Let people in on a socket that listens."""
        tune(sock)
        self._intake.open(asyncio.get_running_loop(), self._clock)
        self._server = await serve(
            self._attend,
            sock=sock,
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            compression=None,
            process_request=self._process_request,
            server_header=None,
            open_timeout=OPEN_TIMEOUT_S,
            close_timeout=CLOSE_TIMEOUT_S,
            ping_interval=None,  # acknowledgements tell more, and cost no task
            max_size=MAX_SIZE,
            create_connection=GameConnection,
        )

    async def close(self) -> None:
        """Let nobody in any more and wait until everybody is out."""
        if self._server is not None:
            self._server.close(code=Reason.RESTART, reason=Reason.RESTART.name.lower())
            await self._server.wait_closed()
        self._intake.close()

    async def _attend(self, connection: ServerConnection) -> None:
        """One connection from its handshake to its end. Whoever vanishes costs no traceback."""
        assert isinstance(connection, GameConnection)  # noqa: S101 - what serve was told to make
        peer = Peer(connection, connection.origin, self._match, self._clock.now())
        connection.attend(peer, self._clock)
        connection.enter(self._intake)
        self._match.entered(peer)
        place = self._doorstep.enter(peer.origin)
        peer.on_admitted = place.admitted
        try:
            code, text = await connection.farewell
            await connection.close(code, text)
        except ConnectionClosed:
            pass
        finally:
            place.leave()
            self._match.left(peer)

    def _process_request(self, connection: ServerConnection, request: Request) -> Response | None:
        """Answer what is no player's handshake; None lets a player through."""
        path = request.path.partition("?")[0]
        if request.method != "GET":
            return self._refuse(connection, HTTPStatus.METHOD_NOT_ALLOWED, "path", "Use GET.")
        if path == "/status":
            return self._tell_status(connection, request)
        if path != world_path():
            return self._refuse(
                connection, HTTPStatus.NOT_FOUND, "path", f"There is only {world_path()} here."
            )
        return self._turn_away(connection, request)

    def _turn_away(self, connection: ServerConnection, request: Request) -> Response | None:
        """The checks that are made before anything is allocated for a player."""
        if not _is_same_origin(request.headers):
            return self._refuse(
                connection, HTTPStatus.FORBIDDEN, "origin", "Other sites' pages cannot play here."
            )
        if not _offers_subprotocol(request.headers):
            return self._refuse(
                connection,
                HTTPStatus.UPGRADE_REQUIRED,
                "version",
                f"This server speaks {SUBPROTOCOL}: update your game.",
            )
        origin = self._origin(connection, request)
        refusal = self._doorstep.refusal(origin, self._clock.now())
        if refusal is not None:
            return self._refuse(
                connection,
                HTTPStatus.TOO_MANY_REQUESTS,
                refusal,
                "Too many connections wait here: try again in a few seconds.",
                retry_after_s=BUSY_S,
            )
        assert isinstance(connection, GameConnection)  # noqa: S101 - what serve was told to make
        connection.origin = origin
        return None

    def _origin(self, connection: ServerConnection, request: Request) -> Origin:
        host = connection.remote_address[0] if connection.remote_address else ""
        forwarded = request.headers.get_all("X-Forwarded-For")
        return origin_of(host, forwarded, self._settings.trusted_proxies)

    def _refuse(
        self,
        connection: ServerConnection,
        status: HTTPStatus,
        label: str,
        text: str,
        *,
        retry_after_s: int = 0,
    ) -> Response:
        self._metrics.refused.labels(label).inc()
        self._log.debug("request refused", status=status.value, why=text)
        response = connection.respond(status, text + "\n")
        if retry_after_s:
            response.headers["Retry-After"] = str(retry_after_s)
        return response

    def _facts(self) -> dict[str, object]:
        return {
            "name": self._settings.name,
            **self._match.status(),
            "max_players": self._settings.max_players,
            "protocol": SUBPROTOCOL,
            "build": BUILD,
        }

    def _tell_status(self, connection: ServerConnection, request: Request) -> Response:
        body = self._status.answer(self._origin(connection, request), self._clock.now())
        if body is None:
            return self._refuse(
                connection,
                HTTPStatus.TOO_MANY_REQUESTS,
                "status",
                "The status was asked for too often: try again in a few seconds.",
                retry_after_s=BUSY_S,
            )
        headers = Headers(
            {
                "Content-Type": "application/json",
                "Content-Length": str(len(body)),
                "Cache-Control": "no-store",
                "Connection": "close",
            }
        )
        return Response(HTTPStatus.OK.value, HTTPStatus.OK.phrase, headers, body)


def _is_same_origin(headers: Headers) -> bool:
    """Programs send no Origin; of pages only our own host's may come."""
    origins = headers.get_all("Origin")
    if not origins:
        return True
    return len(origins) == 1 and urlsplit(origins[0]).netloc == headers.get("Host", " ")


def _offers_subprotocol(headers: Headers) -> bool:
    offered = ",".join(headers.get_all("Sec-WebSocket-Protocol"))
    return SUBPROTOCOL in [part.strip() for part in offered.split(",")]
