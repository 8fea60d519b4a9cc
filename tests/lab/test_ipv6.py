"""Friends who come by IPv6 alone: through a pinhole, by the name, and with a public certificate."""

import json
import shlex
import subprocess

import pytest

from lab import setting_up
from lab.setting_up import DNS, prober, set_up, until
from protocol.invite import Invite
from support.lab import plan
from support.lab.living import Bots, LabHome, certificate, living

SOURCES = ",".join(f"http://[{address}]/" for address in plan.ECHOES6)
UPDATE = (
    *("--hostname", plan.NAME, "--provider", "rfc2136", "--user", plan.DDNS_KEY_NAME),
    *("--server", plan.DNS, "--zone", plan.ZONE, "--record", "AAAA", "--yes"),
)
SHARED = {"cgnat": True}  # nobody can come in by IPv4


def probe(lab, link):
    """What the prober says, who knows the way by the name alone."""
    done = subprocess.run(
        shlex.split(prober(lab)), input=f"{link}\n", text=True, capture_output=True, check=False
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("lab", [SHARED], indirect=True)
def test_a_friend_joins_through_a_pinhole_by_the_name(lab, tmp_path):
    """On the usual ports: no authority can sign the name, so the invite's own one is pinned."""
    with living(lab, tmp_path / "clone") as home:
        home.set(
            LANTERNHOLD_DOMAIN=plan.NAME,
            LANTERNHOLD_ACME_CA=plan.ACME_DIRECTORY,
            LANTERNHOLD_ACME_CA_ROOT=lab.acme_api_root,
            LANTERNHOLD_DEPLOY_ADDRESS_SOURCES=SOURCES,
            LANTERNHOLD_DEPLOY_MODE="embedded",
        )
        token = tmp_path / "token"
        setting_up.write_token(token, plan.DDNS_KEY)
        home.run("ddns", "update", *UPDATE, "--token-file", str(token))
        assert lab.ask_dns(kind="AAAA") == [plan.HOME6]
        home.up()
        link = home.invite().link()
        assert not probe(lab, link)["ok"]  # the router's firewall
        open_the_pinhole(home)
        link = home.invite().link()
        assert Invite.parse(link).outside_port == 8443
        said = probe(lab, link)
        assert said["ok"], said
        home.run("undo", "--yes")
        assert lab.ask_dns(kind="AAAA") == []


def open_the_pinhole(home: LabHome):
    """The same command asks for IPv4 too, which this provider does not give."""
    words = ("-P", "-m", "deploy", "ports", "open", "--ipv6", "--yes", "--json")
    out, _ = home.start(*words).communicate(timeout=30)
    done = {step["id"] for step in json.loads(out)["done"]}
    assert done == {"port-mapping:tcp6:8443", "port-mapping:tcp6:8080"}


@pytest.mark.parametrize("lab", [SHARED], indirect=True)
def test_setup_by_ipv6_alone_until_a_friend_plays(lab, tmp_path):
    with setting_up.house(lab, tmp_path) as home:
        home.set(LANTERNHOLD_DEPLOY_DDNS_RECORDS="AAAA", LANTERNHOLD_DEPLOY_ADDRESS_SOURCES=SOURCES)
        code, _, shown = set_up(home)
        assert code == 2, shown
        assert "listens on 8443 and 8080" in shown
        assert lab.ask_dns(kind="AAAA") == []
        home.set(LANTERNHOLD_HTTPS_PORT=443, LANTERNHOLD_HTTP_PORT=80)
        code, said, shown = set_up(home, dns=DNS)
        assert code == 0, shown
        assert said["probe"]["ok"]
        assert lab.ask_dns(kind="AAAA") == [plan.HOME6]
        assert lab.ask_dns() == []
        assert certificate(lab, address=plan.HOME6)
        invite = Invite.parse(said["invite"])
        assert invite.outside_port == 443
        bots = Bots(lab, home.public_invite(), tmp_path / "bots", seconds=1)
        assert bots.report()["joined"] == 1
        home.run("undo", "--yes")
        until(lambda: lab.ask_dns(kind="AAAA") == [], 2)
