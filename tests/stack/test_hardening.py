"""What the running containers may do, asked from inside and of the engine."""

import pytest

pytestmark = pytest.mark.stack

FACTS = (
    "id -u; grep -E '^(CapEff|NoNewPrivs):' /proc/1/status; touch /x 2>&1; touch /tmp/x && echo t"
)
NET_BIND_SERVICE = "0000000000000400"
NOTHING = "0000000000000000"


@pytest.mark.parametrize("service", ["server", "caddy"])
def test_a_container_is_nobody_and_may_do_nothing(docker_services, compose, service):
    said = compose("exec", "-T", service, "sh", "-c", FACTS)
    assert said.splitlines()[0] == "10001"
    capabilities = [line.split()[1] for line in said.splitlines() if line.startswith("CapEff")]
    assert set(capabilities) <= {NOTHING, NET_BIND_SERVICE if service == "caddy" else NOTHING}
    assert "NoNewPrivs:\t1" in said
    assert "Read-only file system" in said
    assert said.splitlines()[-1] == "t"


@pytest.mark.parametrize("service", ["server", "caddy", "prometheus"])
def test_the_engine_holds_each_container_to_its_limits(docker_services, compose, service):
    limits = compose.facts(service)["HostConfig"]
    assert limits["ReadonlyRootfs"] is True
    assert limits["CapDrop"] == ["ALL"]
    assert limits["SecurityOpt"] == ["no-new-privileges:true"]
    assert 0 < limits["Memory"] <= 512 * 2**20
    assert 0 < limits["PidsLimit"] <= 128
    assert limits["Privileged"] is False


def test_the_server_cannot_reach_the_world_outside(docker_services, compose):
    """An internal network has no route out, and the other one is not masqueraded."""
    networks = compose.facts("server")["NetworkSettings"]["Networks"]
    assert {name.rpartition("_")[2] for name in networks} == {"proxy", "private"}


def test_the_server_image_holds_the_server_alone(docker_services, compose):
    code = "import pathlib; print(sorted(p.name for p in pathlib.Path('/app').glob('[a-z]*')))"
    assert compose.in_server(code).strip() == "['game', 'healthy.py', 'protocol', 'server']"
    found = "import importlib.util as u; print([m for m in %r if u.find_spec(m)])"
    absent = ["pip", "pygame", "client", "deploy", "typer", "pytest"]
    assert compose.in_server(found % absent).strip() == "[]"


def test_secrets_are_readable_by_the_server_only(door, compose):
    code = """
import pathlib, stat
for p in sorted(pathlib.Path('/data').glob('*')):
    if p.suffix in {'.json', '.token'} and p.name != 'ports.json':
        print(p.name, oct(stat.S_IMODE(p.stat().st_mode)))
"""
    modes = dict(line.split() for line in compose.in_server(code).splitlines())
    assert modes["invites.json"] == "0o600"
    assert modes["admin.token"] == "0o600"
    assert set(modes.values()) == {"0o600"}


def test_no_secret_is_logged(door, compose):
    assert door.secret not in compose("logs", "--no-color")
