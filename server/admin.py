"""What the host may order a running server to do."""

import asyncio
import hmac
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta
from msgspec.structs import asdict

from server.folder import write_private
from server.history import HistoryError
from server.match import Match
from server.peer import Peer
from server.recordings import ASKED, Recordings
from server.sessions import Session

FILE: Final = "admin.token"
FLUSH_S: Final = 1.0
"""How long a recording waits for the newest ticks to be on disk."""


class AdminError(Exception):
    """An order that cannot be carried out; the text says why."""


class _Say(msgspec.Struct, forbid_unknown_fields=True):
    text: Annotated[str, Meta(min_length=1, max_length=200)]


class _Kick(msgspec.Struct, forbid_unknown_fields=True):
    eid: Annotated[int, Meta(ge=1, le=65_535)]


Answer = dict[str, object]


def admin_token(folder: Path) -> str:
    """The token of this data folder; made at the first start, readable by its owner alone."""
    path = folder / FILE
    if not path.exists():
        write_private(path, secrets.token_urlsafe(32).encode() + b"\n")
    return path.read_text(encoding="ascii").strip()


class Admin:
    """Orders by name, each with a JSON object as its arguments."""

    def __init__(self, match: Match, token: str, recordings: Recordings) -> None:
        self._match = match
        self._token = token
        self._recordings = recordings
        self._orders: dict[str, Callable[[bytes], Answer | Awaitable[Answer]]] = {
            "say": self._say,
            "kick": self._kick,
            "close-phase": self._close_phase,
            "players": self._players,
            "save": self._save,
            "record": self._record,
        }

    def is_right(self, token: str) -> bool:
        """Whether this is the host's token. Takes the same time for every guess."""
        given = token.encode("utf-8", "surrogateescape")  # as a header has bytes that are no text
        return hmac.compare_digest(given, self._token.encode())

    def order(self, name: str, arguments: bytes) -> Answer | Awaitable[Answer]:
        """Carry an order out; one that takes longer than a tick may is to be waited for.

        Raises:
            AdminError: when there is no such order, or its arguments are wrong.
        """
        if name not in self._orders:
            raise AdminError(f"There is no order {name!r}. There are: {', '.join(self._orders)}.")
        try:
            return self._orders[name](arguments)
        except msgspec.DecodeError as error:
            raise AdminError(f"The order {name} was not understood: {error}.") from error

    def _say(self, arguments: bytes) -> Answer:
        self._match.say(msgspec.json.decode(arguments, type=_Say).text)
        return {"said": True}

    def _kick(self, arguments: bytes) -> Answer:
        eid = msgspec.json.decode(arguments, type=_Kick).eid
        if not self._match.kick(eid):
            raise AdminError(f"There is no player with eid {eid}; `players` lists them.")
        return {"kicked": eid}

    def _close_phase(self, _arguments: bytes) -> Answer:
        self._match.close_phase()
        return {"phase": self._match.world.phase.value}

    def _players(self, _arguments: bytes) -> Answer:
        return {"players": [self._player(session) for session in self._match.sessions]}

    def _player(self, session: Session) -> Answer:
        player = self._match.world.players.get(session.eid)
        return {
            "eid": session.eid,
            "name": session.name,
            "team": player.team if player else None,
            "score": player.score if player else 0,
            "bot": player.is_bot if player else False,
            "away": session.away_since is not None,
            "resumes": session.resumes,
            "rtt_ms": session.rtt_ms,
            "line": line_of(session.peer, session.inbox.wait) if session.peer else None,
        }

    def _save(self, _arguments: bytes) -> Answer:
        self._match.save()
        return {"tick": self._match.world.tick}

    async def _record(self, _arguments: bytes) -> Answer:
        """Keep the last minute as a file; made on another thread, since it takes a tick's time."""
        is_saved = asyncio.Event()
        self._match.journal.promise(lambda _refused: is_saved.set())
        with suppress(TimeoutError):  # a disk that refuses: then what it holds has to do
            async with asyncio.timeout(FLUSH_S):
                await is_saved.wait()
        try:
            path = await asyncio.to_thread(self._recordings.write, ASKED)
        except (HistoryError, OSError) as error:
            raise AdminError(f"The last minute could not be recorded: {error}") from error
        return {"file": path.name, "bytes": path.stat().st_size}


def line_of(peer: Peer, wait: int) -> Answer:
    """How a player's line was in the last seconds; `told` is what only their client can know."""
    window, reading = peer.window, peer.meter.reading
    return {
        "best_rtt_ms": round(1000 * window.min_rtt_s) if window else 0,
        "jitter_ms": round(1000 * window.jitter_s, 1) if window else 0.0,
        "silence_ms": round(1000 * reading.silence_s),
        "skipped": round(reading.skipped_share, 3),
        "skipping_seconds": reading.skipping_s,
        "snapshots_per_second": round(reading.snapshots, 1),
        "sent_bytes_per_second": round(reading.sent_bytes),
        "received_bytes_per_second": round(reading.received_bytes),
        "input_wait": wait,
        "late_inputs_per_second": round(reading.late_inputs, 1),
        "told": None if peer.meter.told is None else asdict(peer.meter.told),
    }
