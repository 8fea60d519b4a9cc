"""`setup` killed with -9 at real points of its way: the next run completes, undo takes all back."""

import pytest

from deploy.clone import Clone
from deploy.embedded import record
from lab.setting_up import DNS, house, ledger, set_up, until, world
from support.lab import Lab, plan

DOMAIN = f"LANTERNHOLD_DOMAIN={plan.NAME}"
POINTS = {
    "the first port is open": lambda home: 443 in home.lab.mappings(),
    "the record is there": lambda home: home.lab.ask_dns() == [home.lab.public],
    "the name is in .env": lambda home: DOMAIN in (home.folder / ".env").read_text(),
    "the door starts": lambda home: record.read(Clone(home.folder)) is not None,
}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with Lab() as lab, house(lab, tmp_path_factory.mktemp("house")) as home:
        home.before = world(home)
        yield home


@pytest.fixture(params=POINTS)
def killed(request, home):
    """A house whose setup was killed at that point; afterwards it is as nobody had been there."""
    words = ("-P", "-m", "deploy", "setup", *DNS, "--token-file", str(home.token), "--yes")
    setup = home.start(*words)
    home._was_started = True
    until(lambda: POINTS[request.param](home) or setup.poll() is not None, 20)
    setup.kill()
    said = setup.communicate()
    assert setup.returncode == -9, said
    assert world(home) != home.before
    yield home
    home.run("down")
    assert record.read(Clone(home.folder)) is None
    home.lab.exec("home", ["sh", "-c", "! curl -s http://127.0.0.1:8765/status"])


def test_it_can_be_taken_back(killed):
    killed.run("undo", "--yes")
    assert world(killed) == killed.before


def test_the_same_command_goes_on(killed):
    code, said, shown = set_up(killed)
    assert code == 0, shown
    assert said["probe"]["ok"]
    now = world(killed)
    assert now["router"] == {443: f"{plan.HOME}:8443", 80: f"{plan.HOME}:8080"}
    assert now["dns"] == [killed.lab.public]
    assert now["env"] == f"{killed.before['env']}\n{DOMAIN}\n"
    assert "applying" not in ledger(killed).read_text()
    killed.run("undo", "--yes")
    assert world(killed) == killed.before
