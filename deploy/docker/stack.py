"""Docker mode as the commands see it: compose.yaml, driven by `docker compose`."""

import contextlib
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from deploy import door as front
from deploy import log_words, occupied, run
from deploy.clone import Clone
from deploy.docker import engine, keeper_files
from deploy.ledger import Ledger
from deploy.log_words import Form
from deploy.modes import Mode
from deploy.problem import Problem
from deploy.run import Result, Runner
from deploy.settings import Settings
from deploy.stack import Door, Part, Say

READY_S = 60.0
ANSWER_S = 30.0
STOP_S = 60.0
COPY_S = 600.0
KEEPER_PORT = "LANTERNHOLD_DEPLOY_KEEPER_PORT"
STEP_S = 0.1
STATES = {"running": "running", "restarting": "restarting"}  # all others: stopped
ROOT = "/state/caddy/pki/authorities/local/root.crt"
TOKEN = "/data/admin.token"  # noqa: S105  # its place
# Bake, the other way to build, wants a newer plugin than Debian has; this one is everywhere.
ENVIRONMENT = {"COMPOSE_BAKE": "false"}


@dataclass(frozen=True)
class Place:
    """Where a store lies: a volume, its folder in the container, and the image that owns it."""

    volume: str
    folder: str
    image: str


PLACES = {
    "world": Place("server_data", "/data", "lanternhold-server"),
    "door": Place("caddy_state", "/state", "lanternhold-caddy"),
}


class DockerStack:
    """The services of compose.yaml."""

    mode = Mode.DOCKER

    def __init__(
        self,
        clone: Clone,
        settings: Settings,
        *,
        monitoring: bool = False,
        runner: Runner = run.run,
    ) -> None:
        self._clone = clone
        self._settings = settings
        self._monitoring = monitoring
        self._run = runner

    def is_running(self) -> bool:
        """Whether the server's container runs."""
        return any(part.state != "stopped" for part in self.parts())

    def start(self, say: Say) -> None:
        """Build what has changed, start, and wait until the door answers.

        Raises:
            Problem: a port is taken, or a service does not become healthy.
        """
        was_running = self.is_running()
        if not was_running:
            self._check_ports()
        if self._keeps:
            keeper_files.prepare(self._clone)
        say("Building and starting the containers ...")
        wait = ("--wait", "--wait-timeout", str(int(READY_S)))
        done = run.follow(
            self._compose("up", "--build", "--detach", "--remove-orphans", *wait),
            lambda line: say(line.strip()),
            env=self._environment(),
            cwd=self._clone.root,
        )
        if not done.is_good:
            if not was_running:  # a setting that cannot work must not be tried for ever
                self._do("stop", timeout_s=STOP_S)
            raise Problem(f"Docker could not start it: {done.last_words}", "./lanternhold logs")
        began = time.monotonic()
        while front.status(self.door()) is None:
            if time.monotonic() - began > ANSWER_S:
                raise Problem(
                    "The containers run, but the door does not answer.", "./lanternhold logs"
                )
            time.sleep(STEP_S)

    def stop(self, say: Say) -> None:
        """Stop the containers, the server before its door; the volumes stay."""
        say("Telling the players, saving the world ...")
        everything = ("--profile", "monitoring", "--profile", "keeper")
        done = self._do(*everything, "down", "--remove-orphans", timeout_s=STOP_S)
        if not done.is_good:
            raise Problem(f"Docker could not stop it: {done.last_words}", "docker compose ps")

    def parts(self) -> list[Part]:
        """The services and how they are."""
        listed = self._do("ps", "--all", "--format", "json", timeout_s=ANSWER_S)
        if not listed.is_good:
            raise self._silence(listed)
        found = {part.name: part for part in map(_part, _objects(listed.out))}
        for name in ("server", "caddy"):
            found.setdefault(name, Part(name, "stopped"))
        return list(found.values())

    def _silence(self, listed: Result) -> Problem:
        """Why the services are not told; without its plugin Docker only shows its help."""
        known = engine.check(self._run)
        if known:
            return Problem(f"{known.why}.", known.remedy)
        return Problem(f"Docker does not tell what runs: {listed.last_words}", "docker info")

    def door(self) -> Door:
        """Where it can be reached.

        Raises:
            Problem: it does not run.
        """
        return Door(
            self._published("caddy", 8443),
            self._published("caddy", 8080),
            self._published("server", 9100),
            self._do("exec", "-T", "caddy", "cat", ROOT, timeout_s=ANSWER_S).out,
        )

    def ask_server(self, arguments: Sequence[str]) -> Result:
        """Run a command of the server's in its container."""
        line = ("exec", "-T", "server", "python", "-m", "server", *arguments)
        return self._do(*line, timeout_s=ANSWER_S)

    def admin_token(self) -> str:
        """The token that the server has made in its volume."""
        said = self._do("exec", "-T", "server", "cat", TOKEN, timeout_s=ANSWER_S)
        return said.out.strip() if said.is_good else ""

    def logs(self, name: str, *, follow: bool, lines: int, form: Form = Form.WORDS) -> int:
        """Show the logs of one service or of all."""
        more = ["--follow"] if follow else []
        more += [name] if name else []
        argv = self._compose("logs", "--no-color", "--tail", str(lines), *more)
        if form is Form.RAW:
            return run.attach(argv, env=self._environment(), cwd=self._clone.root)
        with contextlib.suppress(KeyboardInterrupt):
            show = _show_in_words if form is Form.WORDS else _show_json
            return run.follow(argv, show, env=self._environment(), cwd=self._clone.root).code
        return 0

    def pack_recordings(self, target: BinaryIO) -> None:
        """Archive the folder of recordings in the server's volume."""
        folder = f"{PLACES['world'].folder}/recordings"
        # Fixed words for the container's own shell: before the first recording there is no folder.
        words = f"mkdir -p {folder} && tar -C {folder} -cf - ."
        self._in_volume(PLACES["world"], ["sh", "-c", words], target=target)

    def pack(self, store: str, target: BinaryIO) -> None:
        """Archive a volume, by the image that owns its files."""
        place = PLACES[store]
        self._in_volume(place, ["tar", "-C", place.folder, "-cf", "-", "."], target=target)

    def unpack(self, store: str, source: BinaryIO) -> None:
        """Replace what is in a volume."""
        place = PLACES[store]
        made = self._do("up", "--no-start", "--build", timeout_s=COPY_S)
        if not made.is_good:
            raise Problem(f"Docker could not make the volumes: {made.last_words}", "docker info")
        # Fixed words for the container's own shell: find -delete is not in every busybox.
        empty = f"cd {place.folder} && rm -rf -- * .[!.]* ..?*"
        self._in_volume(place, ["sh", "-c", empty])
        self._in_volume(place, ["tar", "-C", place.folder, "-xf", "-"], source=source)

    def _in_volume(
        self,
        place: Place,
        command: Sequence[str],
        source: BinaryIO | None = None,
        target: BinaryIO | None = None,
    ) -> None:
        """Run a program of an image on a volume, with no network and no rights.

        Not by `docker compose run`: it builds first and says so on stdout, into the archive.
        """
        program, *arguments = command
        options = ("--rm", "--interactive", "--network", "none", "--cap-drop", "ALL")
        where = ("--volume", f"{self._volume(place)}:{place.folder}", "--entrypoint", program)
        argv = ["docker", "run", *options, *where, place.image, *arguments]
        done = run.pipe(argv, timeout_s=COPY_S, source=source, target=target)
        if not done.is_good:
            raise Problem(
                f"The volume {place.volume} could not be copied: {done.last_words}",
                "the same command again: nothing was changed but the copy",
            )

    def _volume(self, place: Place) -> str:
        """A volume's name in the engine, which Compose leads with the project's."""
        config = self._do("config", "--format", "json", timeout_s=ANSWER_S)
        if not config.is_good:
            raise Problem(f"Compose does not read compose.yaml: {config.last_words}", "git status")
        return str(json.loads(config.out)["volumes"][place.volume]["name"])

    def _published(self, service: str, port: int) -> int:
        asked = self._do("port", service, str(port), timeout_s=ANSWER_S)
        text = asked.out.strip().rpartition(":")[2]
        if not asked.is_good or not text.isdecimal() or text == "0":
            raise Problem("Lanternhold is not running here (Docker mode).", "./lanternhold up")
        return int(text)

    def _check_ports(self) -> None:
        chosen = self._settings
        occupied.check_free(
            {
                "LANTERNHOLD_HTTPS_PORT": ("", chosen.https_port),
                "LANTERNHOLD_HTTP_PORT": ("", chosen.http_port),
                "LANTERNHOLD_SERVER_PRIVATE_PORT": ("127.0.0.1", chosen.private_port),
                **({KEEPER_PORT: ("127.0.0.1", chosen.keeper_port)} if self._keeps else {}),
            },
            chosen.ports,
        )

    def _compose(self, *arguments: str) -> list[str]:
        profiles = ["--profile", "monitoring"] if self._monitoring else []
        profiles += ["--profile", "keeper"] if self._keeps else []
        root = str(self._clone.root)
        return ["docker", "compose", "--project-directory", root, *profiles, *arguments]

    @property
    def _keeps(self) -> bool:
        """Whether there is something for a keeper to keep."""
        return bool(Ledger.of(self._clone).entries())

    def _environment(self) -> dict[str, str]:
        return {**ENVIRONMENT, "LANTERNHOLD_KEEPER_USER": keeper_files.user()}

    def _do(self, *arguments: str, timeout_s: float) -> Result:
        argv = self._compose(*arguments)
        return self._run(argv, timeout_s=timeout_s, env=self._environment(), cwd=self._clone.root)


def _show_in_words(line: str) -> None:
    name, rest = log_words.from_compose(line)
    said = log_words.read(rest)
    if said.words:
        shown = said.shown(name)
        sys.stdout.write("".join(sign if sign.isprintable() else "?" for sign in shown) + "\n")
        sys.stdout.flush()


def _show_json(line: str) -> None:
    sys.stdout.write(log_words.as_json(*log_words.from_compose(line)) + "\n")
    sys.stdout.flush()


def _objects(said: str) -> list[dict[str, object]]:
    """What `ps --format json` says: an object a line, or in older versions one list."""
    text = said.strip()
    if text.startswith("["):
        return list(json.loads(text))
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def _part(service: dict[str, object]) -> Part:
    state = STATES.get(str(service.get("State", "")), "stopped")
    if state == "running" and service.get("Health") == "starting":
        state = "starting"
    return Part(str(service.get("Service", "")), state)
