"""The server put together: what starts in which order, and how it stops."""

import asyncio
import gc
import secrets
import signal
import socket
import time
from pathlib import Path
from typing import Final

import msgspec

from game.rules import Rules
from protocol.reasons import Reason
from server import log
from server.admin import Admin, admin_token
from server.clock import Clock
from server.crash import crash_in
from server.door import Door, listen
from server.doorstep import Doorstep
from server.folder import prepare_folder, write_private
from server.health import Health
from server.history import HistoryError
from server.intake import Intake
from server.invites import InviteBook, InviteFileError
from server.match import Match
from server.metrics import Metrics
from server.private_http import PrivateHttp
from server.recordings import CRASH, Recordings
from server.settings import Settings
from server.store import database
from server.store.database import Database
from server.store.journal import Journal
from server.store.lock import FolderLock
from server.store.recovery import Recovered, recover
from server.store.writer import Writer
from server.ticker import Ticker

PORTS_FILE: Final = "ports.json"
INVITES_EVERY_S: Final = 1.0
YOUNG_OBJECTS: Final = 20_000
SAVE_TIMEOUT_S: Final = 2.5
RESTART_S: Final = 2
"""When to come again after a stop: a restart takes about so long, and knocking earlier is vain."""


class App:
    """One server, from an empty folder or a saved world to its clean stop."""

    def __init__(self, settings: Settings, intake: Intake) -> None:
        self._settings = settings
        self._intake = intake
        self._log = log.get("app")
        self._stop = asyncio.Event()
        self._clock = Clock()
        self._health = Health(time.monotonic)
        self._metrics = Metrics(settings.tick_hz)
        self._invites = InviteBook(settings.data_dir)
        self._recordings = Recordings(settings.data_dir)

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT.

        Raises:
            StartError, StoreError, DoorError, InviteFileError: when it cannot start.
        """
        settings = self._settings
        folder = prepare_folder(settings.data_dir)
        lock = FolderLock(folder)
        try:
            rules = settings.rules()
            store = Database(folder / database.FILE)
            recovered = open_store(store, rules, settings.seed)
            for note in recovered.notes:
                self._log.warning("recovery", note=note)
            self._first_invite()
            writer = Writer(store)
            try:
                await self._serve(recovered, writer, folder)
            finally:
                writer.close()
        finally:
            lock.release()

    async def _serve(self, recovered: Recovered, writer: Writer, folder: Path) -> None:
        settings = self._settings
        with (
            listen(settings.host, settings.port, "") as public,
            listen(settings.private_host, settings.private_port, "PRIVATE_") as private,
        ):
            journal = Journal(writer.submit, self._clock.now())
            match = Match(
                settings=settings,
                recovered=recovered,
                journal=journal,
                invites=self._invites,
                metrics=self._metrics,
                health=self._health,
                clock=self._clock,
            )
            door = Door(
                settings,
                match,
                self._metrics,
                self._clock,
                doorstep=Doorstep(),
                intake=self._intake,
            )
            admin = Admin(match, admin_token(folder), self._recordings)
            http = PrivateHttp(self._health, self._metrics, admin)
            _calm_collector()
            self._listen_to_signals()  # before anybody can know that there is something to stop
            match.tick(self._clock.now())  # before anybody may come the world has ticked once
            await http.open(private)
            await door.open(public)
            _write_ports(folder, public, private)
            self._tell_start(recovered, public, private)
            await self._play(match, door, http, journal)

    async def _play(self, match: Match, door: Door, http: PrivateHttp, journal: Journal) -> None:
        """Tick until told to stop; then say so, save, and close, in this order."""

        def lost(seconds: float) -> None:
            self._lost(seconds)
            match.lost(seconds)

        ticker = Ticker(self._settings.tick_hz, self._clock, match.tick, lost)
        tasks = [asyncio.create_task(ticker.run()), asyncio.create_task(self._watch_invites(match))]
        stop = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait([*tasks, stop], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._health.is_stopping = True
            is_asked = self._stop.is_set()
            for task in (*tasks, stop):
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            match.notify("restart", Reason.RESTART.sentence)
            if is_asked:
                match.save()  # not after a fault of ours: its world may be half a tick old
            await self._save(journal)
            match.dismiss_all(Reason.RESTART, "the server stops", RESTART_S)
            await door.close()
            await http.close()
        for result in results:
            if isinstance(result, Exception):
                self._record(match, result)
                raise result
        self._log.info("stopped")

    def _record(self, match: Match, error: Exception) -> None:
        """Keep what led to a fault of ours: the next server goes on from the log without it."""
        crash = match.crash or crash_in(match.world.tick, None, error)
        try:
            path = self._recordings.write(CRASH, crash)
        except (HistoryError, OSError) as problem:
            self._log.error("the last minute was not recorded", why=str(problem))
        else:
            self._log.error(
                "the last minute is recorded", file=path.name, see="./lanternhold record"
            )

    async def _save(self, journal: Journal) -> None:
        """Write all that waits, unless the disk does not answer."""
        deadline = time.monotonic() + SAVE_TIMEOUT_S
        while time.monotonic() < deadline:
            journal.poll(self._clock.now())
            future = journal.hand_over(self._clock.now())
            if future is None and not journal.is_busy:
                return
            await asyncio.sleep(0.005)
        self._log.error("not all could be saved", why="the disk did not answer in time")

    def _lost(self, seconds: float) -> None:
        self._metrics.tick_lost.inc(seconds)
        self._log.warning(
            "time was lost",
            seconds=round(seconds, 3),
            why="the machine was suspended, or is too busy; the game goes on from here",
        )

    def _first_invite(self) -> None:
        had = bool(self._invites.reread() and self._invites.entries)
        if not had:
            self._invites.first()
            self._log.info("first invite made", see="./lanternhold invite")
        self._invites.reread()

    async def _watch_invites(self, match: Match) -> None:
        """Take in what the host's command changed."""
        while True:
            await asyncio.sleep(INVITES_EVERY_S)
            try:
                if self._invites.reread():
                    self._log.info("invites changed", count=len(self._invites.entries))
                    match.invites_changed()
            except InviteFileError as error:
                self._log.error("invites not read", why=str(error))

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        names = ("SIGTERM", "SIGINT", "SIGBREAK")  # the last one is Windows' own way to ask
        for number in [getattr(signal, name) for name in names if hasattr(signal, name)]:
            try:
                loop.add_signal_handler(number, self._stop.set)
            except NotImplementedError:  # Windows
                signal.signal(number, lambda *_: loop.call_soon_threadsafe(self._stop.set))

    def _tell_start(
        self, recovered: Recovered, public: socket.socket, private: socket.socket
    ) -> None:
        self._log.info("settings", **self._settings.masked())
        self._log.info(
            "serving",
            port=public.getsockname()[1],
            private_port=private.getsockname()[1],
            world="new" if recovered.is_new else "restored",
            tick=recovered.world.tick + recovered.tick_base,
            epoch=recovered.epoch,
            waiting=len(recovered.sessions),
        )


def open_store(store: Database, rules: Rules, seed: int | None) -> Recovered:
    """The saved world, or a new one; on disk as a new epoch when this returns.

    Raises:
        StoreError: when the store cannot be used.
    """
    store.prepare()
    recovered = recover(store, rules, secrets.randbits(63) if seed is None else seed)
    store.begin(recovered.epoch, recovered.line, recovered.world.tick)
    return recovered


def _calm_collector() -> None:
    """Keep Python's search for circles of garbage out of the ticks.

    What is here by now never goes away: to look through it would cost a tick 25 ms. And a tick of
    hundreds of players has thousands of small objects in hand: with Python's own threshold of 700
    it looked through them several times, a twentieth of all work, and never found one.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)


def _write_ports(folder: Path, public: socket.socket, private: socket.socket) -> None:
    ports = {"game": public.getsockname()[1], "private": private.getsockname()[1]}
    write_private(folder / PORTS_FILE, msgspec.json.encode(ports))
