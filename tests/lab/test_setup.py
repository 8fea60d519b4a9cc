"""`setup`, the keeper and `undo` in the real world of the lab: one command until a friend plays."""

import json
import time
import urllib.request

import pytest

from lab import setting_up
from lab.setting_up import DNS, OF_THE_HOST, until
from protocol.invite import Invite
from support.lab import Lab, plan
from support.lab.living import Bots

METRICS = "http://127.0.0.1:9101/metrics"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A house with a server that was never set up, and what it was like before."""
    with Lab() as lab, setting_up.house(lab, tmp_path_factory.mktemp("house")) as home:
        yield home


def metrics(lab):
    """What the keeper shows to Prometheus."""
    with lab.inside("home"), urllib.request.urlopen(METRICS, timeout=3) as page:
        return page.read().decode()


def test_one_command_until_a_friend_plays(house, tmp_path):
    lab = house.lab
    _, said, shown = setting_up.set_up(house)
    assert said, shown
    assert said["ok"]
    assert said["probe"]["ok"]
    assert lab.mappings() == {443: f"{plan.HOME}:8443", 80: f"{plan.HOME}:8080"}
    assert lab.ask_dns() == [lab.public]
    bots = Bots(lab, Invite.parse(said["invite"]), tmp_path / "bots", seconds=2)
    assert bots.report()["joined"] == 1
    assert not (house.folder / ".lanternhold" / "setup.json").exists()
    assert plan.DDNS_KEY not in house.logs()


def test_a_second_time_changes_nothing(house):
    kept = (house.folder / ".lanternhold" / "ledger" / "ledger.json").read_bytes()
    running = house.run("status", "--json")
    said = json.loads(house.run("setup", *DNS, "--yes", "--json"))
    assert all(not step["diff"] for step in said["changes"]["plan"])
    assert (house.folder / ".lanternhold" / "ledger" / "ledger.json").read_bytes() == kept
    assert house.run("status", "--json") == running


def test_the_keeper_stands_by(house):
    """It follows the address, and opens again what the router has forgotten."""
    lab = house.lab
    states = {
        part["name"]: part["state"] for part in json.loads(house.run("status", "--json"))["parts"]
    }
    assert states["keeper"] == "running"
    lab.change_address("B")
    until(lambda: lab.ask_dns() == [plan.PUBLIC["B"]], 10)
    lab.reboot_router()
    until(lambda: set(lab.mappings()) == {80, 443}, 5)  # a look without it comes each 10 s
    until(lambda: 'mapping_remaps_total{mapping="tcp:443"} 1.0' in metrics(lab), 3)
    assert 'lanternhold_keeper_ddns_mismatch{record="A"} 0.0' in metrics(lab)


def test_a_reboot_that_the_router_does_not_tell_is_seen_too(house):
    lab = house.lab
    # The test before has just restarted it, and no router starts twice within the 3 s by which
    # clocks may differ (RFC 6886, 3.6): a second start would look like the first.
    time.sleep(6)
    lab.reboot_router(announce=False)
    until(lambda: set(lab.mappings()) == {80, 443}, 30)
    until(lambda: 'mapping_remaps_total{mapping="tcp:443"} 2.0' in metrics(lab), 3)


def test_undo_leaves_everything_as_it_was(house):
    lab = house.lab
    house.run("undo", "--yes")
    assert (house.folder / ".env").read_text() == OF_THE_HOST
    assert lab.mappings() == {}
    assert lab.ask_dns() == []
    assert not (house.folder / ".lanternhold" / "ledger" / "ledger.json").exists()
    lab.reboot_router()  # which makes the keeper look at everything
    time.sleep(1.5)
    assert lab.mappings() == {}
    assert lab.ask_dns() == []
