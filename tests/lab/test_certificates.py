"""Public certificates for real: through the router, whichever port is open, and under players."""

import json
import shutil
import time

import pytest

from support.lab import Lab, plan
from support.lab.living import Bots, await_certificate, certificate, living

LIFE_S = 90
# A wrong first try costs 15 s at least: pebble, as Let's Encrypt, waits that long for an answer.
SOON_S = 8
REFUSED = "could not get certificate from issuer"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(90)]


@pytest.fixture(scope="module")
def lab():
    with Lab(certificate_s=LIFE_S) as lab:
        lab.map_port("home", 443, 8443)
        lab.map_port("home", 80, 8080)
        lab.dns(lab.public)
        yield lab


@pytest.fixture(scope="module")
def home(lab, tmp_path_factory):
    with living(lab, tmp_path_factory.mktemp("home") / "clone") as home:
        home.use_lab_authority()
        home.look_after_certificates_each(1)
        yield home


def start_anew(home, **settings):
    """Start it as if it had never had a public certificate."""
    home.down()
    for store in (home.folder / ".lanternhold" / "caddy" / "caddy" / "certificates").glob("acme*"):
        shutil.rmtree(store)
    home.set(**settings)
    return home.up()


def log(home):
    """What Caddy has written."""
    return (home.folder / ".lanternhold" / "logs" / "caddy.log").read_text()


def serial(lab):
    shown = certificate(lab)
    return shown and shown["serialNumber"]


def order_caddy(home, path, value):
    """Change Caddy's running configuration, which it takes as any reload."""
    control = home.folder / ".lanternhold" / "run" / "caddy.sock"
    asked = ["curl", "-sSf", "--unix-socket", control, "-H", "Content-Type: application/json"]
    address = f"http://127.0.0.1/config/apps/tls/automation/{path}"
    home.lab.exec("home", [*asked, "-X", "POST", "-d", json.dumps(value), address])


def test_port_80_alone_is_enough_to_be_signed(lab, home):
    lab.block(443)
    start_anew(home, LANTERNHOLD_ACME_CHALLENGE="http")
    await_certificate(lab, SOON_S, by="lanpc", address=lab.home, port=8443)
    assert serial(lab) is None  # the friend, too, is blocked
    lab.block()
    assert serial(lab)


def test_port_443_alone_is_enough_to_be_signed(lab, home):
    lab.block(80)
    start_anew(home, LANTERNHOLD_ACME_CHALLENGE="tls")
    await_certificate(lab, SOON_S)
    lab.block()


def test_renewal_is_nothing_that_players_notice(lab, home, tmp_path):
    before = serial(lab)
    bots = Bots(lab, home.public_invite(), tmp_path, count=2, seconds=7)
    try:
        bots.await_players(home, 2)
        order_caddy(home, "policies/0/renewal_window_ratio", 0.95)
        deadline_s = time.monotonic() + 6
        while serial(lab) in {before, None}:
            assert time.monotonic() < deadline_s, home.logs()
            time.sleep(0.1)  # Caddy looks once a second
        assert bots.are_playing()
        report = bots.report()
    finally:
        bots.stop()
    assert (report["joined"], report["disconnects"], report["resumes"]) == (2, 0, 0)
    assert report["snapshot_gap_ms"]["p99"] < 500


def ask_in_vain(home):
    """Let the certificate be due, and wait until Caddy has asked for the next one and got none."""
    told = len(log(home))
    order_caddy(home, "policies/0/renewal_window_ratio", 0.95)
    deadline_s = time.monotonic() + 10
    while REFUSED not in (new := log(home)[told:]):
        assert time.monotonic() < deadline_s, new
        time.sleep(0.1)  # Caddy looks once a second


def test_a_certificate_that_is_due_outlives_its_authority(lab, home):
    """Also through a restart. That Caddy has asked for the next one stands in its log."""
    lab.acme("down")
    try:
        ask_in_vain(home)  # one that was on its way from the test before has come by then
        before = serial(lab)
        assert before
        home.down()
        home.up()
        ask_in_vain(home)
        assert serial(lab) == before
    finally:
        lab.acme("up")


def test_without_a_certificate_the_house_plays_on(lab, home, tmp_path):
    lab.acme("limiting")
    start_anew(home)
    assert serial(lab) is None
    invite = home.invite()
    assert plan.HOME in invite.addresses
    bots = Bots(lab, invite, tmp_path, host="lanpc", seconds=1)
    try:
        assert bots.report()["joined"] == 1
    finally:
        bots.stop()
    lab.acme("up")
