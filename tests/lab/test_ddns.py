"""A name follows the house: real update commands, a real name server, real signatures."""

import json
import os
import re
import subprocess
import sys
import time

import pytest

from support.lab import commands, plan

SOURCES = f"https://echo.inet.test/,stun:{plan.ECHO_2},dns:whoami.inet.test@{plan.ECHO_2}"
WRONG_KEY = "V1JPTkdXUk9OR1dST05HV1JPTkdXUk9OR1dST05HISE="


class House:
    """A clone of our own on the home computer of a lab."""

    def __init__(self, lab, folder):
        self.lab, self.folder = lab, folder
        self.said = []
        env = {key: v for key, v in os.environ.items() if not key.startswith("LANTERNHOLD_")}
        env |= {
            "SSL_CERT_FILE": str(lab.acme_api_root),
            "LANTERNHOLD_DEPLOY_ADDRESS_SOURCES": SOURCES,
            "LANTERNHOLD_DEPLOY_DDNS_PROVIDER": "rfc2136",
            "LANTERNHOLD_DEPLOY_DDNS_HOSTNAME": plan.NAME,
            "LANTERNHOLD_DEPLOY_DDNS_USER": plan.DDNS_KEY_NAME,
            "LANTERNHOLD_DEPLOY_DDNS_SERVER": plan.DNS,
        }
        self._process = subprocess.Popen(
            lab.command("home", [sys.executable, commands.__file__, folder]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=env,
            text=True,
        )

    def close(self):
        with self._process as process:
            process.stdin.close()
            process.wait(timeout=10)

    def run(self, *words, token="", skew_s=0, **env):
        """A command; gives exit code, JSON and what was said to a person."""
        order = {"words": words, "said": token, "env": env, "skew_s": skew_s}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        done = json.loads(self._process.stdout.readline())
        self.said += [done["out"], done["err"], *words]
        answer = json.loads(done["out"]) if done["out"].startswith("{") else {}
        return done["code"], answer, done["err"]

    def update(self, *words, token=plan.DDNS_KEY, **env):
        """`ddns update`, the token by standard input."""
        words = ("ddns", "update", "--yes", "--json", "--token-stdin", *words)
        return self.run(*words, token=token, **env)


@pytest.fixture(scope="module")
def lab(shared_lab):
    return shared_lab


@pytest.fixture
def house(lab, tmp_path):
    lab.change_address("A")
    for kind in ("A", "AAAA"):
        lab.dns(None, kind=kind)
    house = House(lab, tmp_path)
    yield house
    house.close()
    kept = [path.read_text() for path in tmp_path.rglob("*.json")]
    for secret in (plan.DDNS_KEY, WRONG_KEY):
        assert not any(secret in said for said in [*house.said, *kept])


def test_the_name_follows_and_undo_brings_back_what_was_there(lab, house):
    lab.dns("192.0.1.77", ttl_s=120)
    code, told, err = house.update("--dry-run")
    assert (code, lab.ask_dns()) == (0, ["192.0.1.77"]), err
    assert told["plan"][0]["diff"] == [
        f"- {plan.NAME} 120 A 192.0.1.77",
        f"+ {plan.NAME} 60 A {lab.public}",
    ]
    code, told, err = house.update()
    assert code == 0, err
    assert lab.ask_dns() == [lab.public]
    assert "its own name servers show it; friends see it within 120 s" in told["done"][0]["proof"]
    assert house.update()[1]["done"] == []  # twice changes nothing
    assert house.run("ddns", "status", "--json")[0] == 0

    lab.change_address("B")
    code, told, _ = house.run("ddns", "status", "--json")
    assert (code, told["records"][0]["current"]) == (1, False)
    began_s = time.monotonic()
    assert house.update()[0] == 0
    assert lab.ask_dns() == [plan.PUBLIC["B"]]
    assert time.monotonic() - began_s < 10

    code, _, err = house.run("undo", "--yes", "--json")
    assert code == 0, err
    assert lab.ask_dns() == ["192.0.1.77"]
    assert list((house.folder / ".lanternhold" / "ddns").iterdir()) == []


def test_undo_of_a_record_that_was_not_there_removes_it(lab, house):
    assert house.update()[0] == 0
    assert house.run("undo", "--yes")[0] == 0
    assert lab.ask_dns() == []


def test_a_family_that_nobody_sees_does_not_hold_up_the_other(lab, house):
    """The echoes of the lab speak IPv4 only."""
    lab.dns("3ffe:1:1::77", kind="AAAA")
    code, told, err = house.update("--record", "AAAA", "--record", "A")
    assert code == 1
    assert "AAAA is left out: nobody could tell an IPv6 address" in err
    assert [done["id"] for done in told["done"]] == [f"dns-record:{plan.NAME}:A"]
    assert (lab.ask_dns(), lab.ask_dns(kind="AAAA")) == ([lab.public], ["3ffe:1:1::77"])


def test_a_wrong_key_parks_until_there_is_another(lab, house):
    code, _, err = house.update(token=WRONG_KEY)
    assert code == 1
    assert "refuses the key" in err
    assert "--unpark" in err
    code, _, err = house.update(token=WRONG_KEY)
    assert (code, lab.ask_dns()) == (1, [])
    assert house.update()[0] == 0  # the right one is a change of the configuration
    assert lab.ask_dns() == [lab.public]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--hostname", f"play.{plan.TAKEN_ZONE}"), "refuses the key.* or gives it no right"),
        (("--user", "nobody"), "refuses the key"),
        (("--server", plan.ACME), "cannot be reached"),
    ],
)
def test_what_is_somebody_elses_is_told_and_left(lab, house, words, sentence):
    began_s = time.monotonic()
    code, _, err = house.update(*words)
    assert (code, lab.ask_dns()) == (1, []), err
    assert re.search(sentence, err), err
    assert "Traceback" not in err
    assert time.monotonic() - began_s < 20


def test_a_wrong_clock_is_named_and_heals_by_itself(lab, house):
    code, _, err = house.update(skew_s=3600)
    assert (code, lab.ask_dns()) == (1, [])
    assert "refuses the time of this computer" in err
    assert "timedatectl" in err
    assert house.update(skew_s=120)[0] == 0  # the clock was set: nothing is parked
    assert lab.ask_dns() == [lab.public]


def test_one_liar_is_outvoted_and_named(lab, house):
    lab.lie("192.0.1.66")
    try:
        _, told, _ = house.run("ddns", "status", "--json")
    finally:
        lab.lie(None)
    public = told["records"][0]["public"]
    assert public["address"] == lab.public
    assert [odd["source"] for odd in public["odd"]] == ["https://echo.inet.test"]
    assert "router" in public["agreeing"]


def test_a_dead_name_server_is_told_in_time(lab, house):
    lab.dns_state("silent")
    try:
        began_s = time.monotonic()
        code, _, err = house.update()
        assert code == 1
        assert time.monotonic() - began_s < 20
        assert err.strip()
    finally:
        lab.dns_state("up")


def test_no_network_at_all(lab, house):
    lab.unplug("home")
    try:
        began_s = time.monotonic()
        code, _, err = house.update()
        assert code == 1
        assert "nobody could tell an IPv4 address" in err
        assert time.monotonic() - began_s < 15
    finally:
        lab.plug("home")
