"""The keeper of compose.yaml itself, in an engine that runs in the lab's home."""

import json
import subprocess
import time
import urllib.request

import pytest

from deploy.clone import Clone
from deploy.ddns import secret
from deploy.ddns.secret import Secret
from deploy.ddns.target import Target
from deploy.docker import keeper_files
from support.compose import clean_environment
from support.lab import Lab, plan
from support.lab.engine import engine
from support.lab.living import LabHome
from support.source import ROOT

pytestmark = pytest.mark.stack  # Docker builds the image

IMAGE = "lanternhold-keeper"
HEALTH = "http://127.0.0.1:9101/healthz"
KEEPER = ("compose", "--env-file", "/dev/null", "--profile", "keeper")
SOURCES = f"http://{plan.ECHO}/,http://{plan.ECHO_2}/"
DNS = (
    *("--hostname", plan.NAME, "--provider", "rfc2136", "--user", plan.DDNS_KEY_NAME),
    *("--server", plan.DNS, "--zone", plan.ZONE),
)


def until(is_so, timeout_s):
    """Wait for another program's deed; gives how long it took."""
    began_s = time.monotonic()
    while not is_so():
        assert time.monotonic() - began_s < timeout_s
        time.sleep(0.02)
    return time.monotonic() - began_s


@pytest.fixture
def docker(tmp_path):
    """An engine in a lab's home, with the image that compose.yaml builds."""
    build = ["docker", *KEEPER, "build", "keeper"]
    subprocess.run(
        build, cwd=ROOT, env=clean_environment(), check=True, capture_output=True, timeout=110
    )
    with Lab(acme=False, ipv6=False) as lab, engine(lab, "home") as docker:
        docker.take([IMAGE])
        docker.lab = lab
        yield docker


class Keeping:
    """The container, from the clone of a host who opened ports and has a name."""

    def __init__(self, docker, folder):
        self.docker, self.lab = docker, docker.lab
        self.home = LabHome(docker.lab, folder, LANTERNHOLD_DEPLOY_ADDRESS_SOURCES=SOURCES)
        clone = Clone(self.home.folder)
        keeper_files.prepare(clone)
        secret.keep(secret.path_for(clone, Target("rfc2136", plan.NAME)), Secret(plan.DDNS_KEY))
        self.home.run("ports", "open", "--yes")
        self.home.run("ddns", "update", "--yes", *DNS)

    def compose(self, *words):
        return self.docker.run(
            *KEEPER,
            *("--project-directory", self.home.folder, *words),
            LANTERNHOLD_KEEPER_USER=keeper_files.user(),
            LANTERNHOLD_DEPLOY_ADDRESS_SOURCES=SOURCES,
            LANTERNHOLD_HTTPS_PORT="443",  # the engine's to bind; the keeper is not root
        )

    def are_well(self):
        """What it keeps and is well; nothing while it does not answer."""
        try:
            with self.lab.inside("home"), urllib.request.urlopen(HEALTH, timeout=2) as page:
                kept = json.loads(page.read())["kept"]
        except OSError:
            return set()
        return {id_ for id_, condition in kept.items() if condition["ok"]}


def test_the_container_keeps_what_the_ledger_holds_and_no_longer(docker, tmp_path):
    keeping = Keeping(docker, tmp_path / "clone")
    lab = docker.lab
    keeping.compose("up", "--detach", "--no-build", "--wait", "keeper")
    try:
        all_of_it = {"port-mapping:tcp:443", "port-mapping:tcp:80", f"dns-record:{plan.NAME}:A"}
        until(lambda: keeping.are_well() == all_of_it, 10)
        lab.change_address("B")
        assert until(lambda: lab.ask_dns() == [plan.PUBLIC["B"]], 10) <= 2
        lab.reboot_router()
        assert until(lambda: set(lab.mappings()) == {80, 443}, 10) <= 2
        keeping.home.run("undo", "--yes")
        until(lambda: keeping.are_well() == set(), 5)
        lab.reboot_router()  # which makes it look at everything
        time.sleep(1.5)
        assert lab.mappings() == {}
        assert lab.ask_dns() == []
    except AssertionError:
        print(keeping.compose("logs", "keeper"))  # noqa: T201  # for the one who looks into it
        raise
    finally:
        keeping.compose("down", "--timeout", "4")
