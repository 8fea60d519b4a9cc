"""`setup` that is refused half way: a sentence, and nothing of this run is left."""

import pytest

from deploy import modes
from deploy.clone import Clone
from deploy.ddns import secret
from deploy.ddns.target import Target
from lab.setting_up import DNS, house, ledger, set_up, world, write_token
from support.lab import Lab, plan

TAKEN = f"play.{plan.TAKEN_ZONE}"
THEIRS = (
    *("--name", TAKEN, "--provider", "rfc2136", "--user", plan.DDNS_KEY_NAME),
    *("--server", plan.DNS, "--zone", plan.TAKEN_ZONE),
)
WRONG = "d3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmcgd3I="


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with Lab() as lab, house(lab, tmp_path_factory.mktemp("house")) as home:
        yield home


@pytest.fixture(params=["fresh", "with a port from before"])
def before(request, home):
    """The world as it is before this run: untouched, or with what an earlier command made."""
    if request.param != "fresh":
        home.run("ports", "open", "--yes")
        home.run("undo", "port-mapping:tcp:443", "--yes")
    yield world(home)
    home.run("undo", "--yes")
    for path in (home.folder / ".lanternhold" / "ddns").glob("*"):
        path.unlink()
    write_token(home.token, plan.DDNS_KEY)


def refused(home, before, *words, dns=DNS):
    """What setup says; the world is as before, and no server was started."""
    code, said, shown = set_up(home, *words, dns=dns)
    assert (code, said) == (1, {}), shown
    assert world(home) == before
    assert modes.remembered(Clone(home.folder)) is None
    return " ".join(shown.split())


def test_a_wrong_token(home, before):
    write_token(home.token, WRONG)
    said = refused(home, before)
    assert "What this run had changed was taken back" in said
    kept = secret.path_for(Clone(home.folder), Target("rfc2136", plan.NAME))
    assert not kept.exists()
    assert WRONG not in said


def test_a_domain_that_is_somebody_elses(home, before):
    said = refused(home, before, dns=THEIRS)
    assert "What this run had changed was taken back" in said
    assert home.lab.ask_dns(TAKEN) == [plan.ECHO]


def test_a_name_that_leads_to_somebody_elses_house(home, before):
    said = refused(home, before, dns=("--name", TAKEN))
    assert f"{TAKEN} leads to {plan.ECHO}, and this house is {home.lab.public}" in said


def test_no_network_at_all(home, before):
    home.lab.unplug("home")
    try:
        said = refused(home, before)
    finally:
        home.lab.plug("home")
    assert "network" in said


def test_a_name_server_that_is_silent(home, before):
    home.lab.dns_state("silent")
    try:
        code, _, shown = set_up(home)
    finally:
        home.lab.dns_state("up")
    assert code == 1, shown
    assert world(home) == before


def test_the_right_token_after_a_wrong_one_goes_all_the_way(home):
    write_token(home.token, WRONG)
    assert set_up(home)[0] == 1
    write_token(home.token, plan.DDNS_KEY)
    code, said, shown = set_up(home)
    assert code == 0, shown
    assert said["probe"]["ok"]
    assert ledger(home).exists()
    home.run("undo", "--yes")
