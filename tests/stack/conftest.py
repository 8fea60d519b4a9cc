"""The stack as a host starts it: compose.yaml unchanged, on ports and under a name of its own."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.compose import (
    PREFIX,
    Compose,
    clean_environment,
    free_port,
    nothing_left,
    remove_the_orphans,
)
from support.door import Door
from support.source import ROOT

SERVICES = "server caddy prometheus"
BOTS = 4
PLAY_SECONDS = 24


@pytest.fixture(scope="session")
def ports():
    """Chosen before, because a port that Docker chooses is another one after a restart."""
    return {name: free_port() for name in ("https", "http", "private", "prometheus")}


@pytest.fixture(scope="session")
def compose(ports, tmp_path_factory):
    """`docker compose` for the stack under test, short rounds and quick scrapes asked for."""
    folder = tmp_path_factory.mktemp("compose")
    return Compose(
        f"{PREFIX}{os.getpid()}",
        files=[ROOT / "compose.yaml", quick_scrapes(folder, ports["private"])],
        environment=clean_environment(
            LANTERNHOLD_HTTPS_PORT=ports["https"],
            LANTERNHOLD_HTTP_PORT=ports["http"],
            LANTERNHOLD_SERVER_PRIVATE_PORT=ports["private"],
            LANTERNHOLD_DEPLOY_PROMETHEUS_PORT=ports["prometheus"],
            LANTERNHOLD_SERVER_NAME="Stack test",
            LANTERNHOLD_SERVER_LOBBY_SECONDS=1,
            LANTERNHOLD_SERVER_ROUND_SECONDS=PLAY_SECONDS - 10,
            LANTERNHOLD_SERVER_SEED=7,
        ),
    )


def quick_scrapes(folder: Path, port):
    """The project's own prometheus.yml but for the port and for the patience of a test."""
    ours = (ROOT / "deploy/monitoring/prometheus.yml").read_text(encoding="utf-8")
    quick = re.sub(r"(scrape_interval|scrape_timeout|evaluation_interval): \w+", r"\1: 1s", ours)
    assert "127.0.0.1:9100" in quick, "where does Prometheus look for the server now?"
    (folder / "prometheus.yml").write_text(quick.replace("127.0.0.1:9100", f"127.0.0.1:{port}"))
    override = {
        "services": {
            "prometheus": {
                "volumes": [f"{folder}/prometheus.yml:/etc/prometheus/prometheus.yml:ro"]
            }
        }
    }
    (folder / "override.yaml").write_text(json.dumps(override))  # JSON is YAML
    return folder / "override.yaml"


@pytest.fixture(scope="session")
def docker_compose_command(compose):
    """Handed to pytest-docker, which runs it in a shell with this process's environment."""
    return "docker compose --env-file /dev/null --progress plain"


@pytest.fixture(scope="session")
def docker_compose_file(compose):
    return compose.files


@pytest.fixture(scope="session")
def docker_compose_project_name(compose):
    return compose.project


@pytest.fixture(scope="session")
def docker_setup(compose):
    """What pytest-docker runs. Its own clean-up does not come when this fails; ours does."""
    remove_the_orphans()
    with pytest.MonkeyPatch.context() as patch:
        for key, value in compose.environment.items():
            patch.setenv(key, value)
        with nothing_left(compose):
            yield f"--profile monitoring up --build --detach --wait --wait-timeout 90 {SERVICES}"


@pytest.fixture(scope="session")
def docker_cleanup():
    return "--profile monitoring down --volumes --timeout 8"


@pytest.fixture(scope="session")
def door(docker_services, compose, ports):
    """The front door of the stack that is up."""
    return Door.of(compose, ports["https"])


@pytest.fixture(scope="session")
def bots(door):
    """Bots that play a whole short round while other tests look at the stack."""
    command = [sys.executable, "-m", "client.bot", "--invite", door.invite.link(), "--json"]
    with subprocess.Popen(
        [*command, "--count", str(BOTS), "--seconds", str(PLAY_SECONDS)],
        cwd=ROOT,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


@pytest.fixture(scope="session")
def played(bots):
    """What the bots report after their round."""
    out, err = bots.communicate(timeout=PLAY_SECONDS + 30)
    assert bots.returncode == 0, err
    return json.loads(out)
