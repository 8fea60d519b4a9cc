"""The project's own compose stack under a name of its own, and nothing of it left behind."""

import json
import os
import re
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path

from support.source import ROOT

PREFIX = "lanternhold-test-"
_PROJECT_OF_AN_IMAGE = '{{index .Config.Labels "com.docker.compose.project"}}'


def free_port():
    """A TCP port that nobody listens on just now, on any address."""
    with socket.socket() as taken:
        taken.bind(("", 0))
        return taken.getsockname()[1]


def clean_environment(**settings):
    """This process's environment without what a developer may have set for their own server."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LANTERNHOLD_", "COMPOSE_"))}
    kept["COMPOSE_BAKE"] = "false"  # with it, an old buildx on the machine would refuse to build
    return kept | {key: str(value) for key, value in settings.items()}


class Compose:
    """`docker compose` for one project. No .env of the clone is read, only the one named."""

    def __init__(
        self,
        project,
        *,
        files=(ROOT / "compose.yaml",),
        env_file="/dev/null",
        environment=None,
    ):
        self.project = project
        self.files = [str(file) for file in files]
        self.environment = environment if environment is not None else clean_environment()
        self._start = ["docker", "compose", "--env-file", str(env_file), "--progress", "plain"]
        for file in self.files:
            self._start += ["--file", file]
        self._start += ["--project-name", project, "--project-directory", str(ROOT)]

    def __call__(self, *words, timeout_s=100, check=True):
        """What `docker compose WORDS` prints; a failure carries what it said."""
        done = subprocess.run(
            [*self._start, *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        if check and done.returncode:
            raise ComposeError(f"docker compose {' '.join(words)}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def config(self, *profiles):
        """The file as Compose understands it."""
        asked = [word for profile in profiles for word in ("--profile", profile)]
        return json.loads(self(*asked, "config", "--format", "json"))

    def facts(self, service):
        """What the engine knows of the container of a service."""
        container = self("ps", "--all", "--quiet", service).strip()
        return json.loads(docker("inspect", container))[0]

    def published(self, service, port):
        """`address:port` pairs under which a port of a container is reachable from outside it."""
        ports = self.facts(service)["NetworkSettings"]["Ports"].get(f"{port}/tcp") or []
        return [f"{binding['HostIp']}:{binding['HostPort']}" for binding in ports]

    def in_server(self, code):
        """What Python code prints when it runs in the server's container."""
        return self("exec", "-T", "server", "python", "-c", code)

    def down(self):
        """Everything of the project, its volumes among it, is gone after this."""
        self("--profile", "*", "down", "--volumes", "--remove-orphans", "--timeout", "6")


@contextmanager
def nothing_left(compose):
    """Whatever happens in the block: afterwards nothing of the project runs, or is even there."""
    try:
        yield
    finally:
        if compose("--profile", "*", "ps", "--all", "--quiet").strip():
            print(compose("logs", "--no-color", "--tail", "50", check=False))  # noqa: T201
            compose.down()


class ComposeError(AssertionError):
    """A compose command failed; the text holds what it said."""


def docker(*words):
    """What `docker WORDS` prints."""
    return subprocess.run(
        ["docker", *words], capture_output=True, text=True, timeout=60, check=True
    ).stdout


def remove_the_orphans():
    """Stacks of test runs that were killed: their project is named for a process that is gone."""
    listed = docker("ps", "--all", "--format", '{{.Label "com.docker.compose.project"}}')
    for project in set(listed.split()):
        found = re.fullmatch(rf"{PREFIX}(\d+)(-\w+)?", project)
        if found and not Path(f"/proc/{found[1]}").exists():
            Compose(project).down()
    for image in docker("images", "--quiet", "--filter", "dangling=true").split():
        project = docker("inspect", "--format", _PROJECT_OF_AN_IMAGE, image).strip()
        if project.startswith(PREFIX):  # built by an earlier run, replaced by a later one
            subprocess.run(["docker", "rmi", image], capture_output=True, check=False)
