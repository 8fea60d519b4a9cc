"""Plans from facts, held to golden files: one for each firewall and each mode that differs."""

import json
from pathlib import Path, PurePosixPath

import pytest

from deploy.firewall import plan
from deploy.firewall.bypass import Bypass
from deploy.firewall.facts import Facts, Kind
from deploy.firewall.nftables import Chain
from deploy.modes import Mode
from deploy.problem import Problem
from support.firewalls import (
    ALLOW_SSH,
    ALLOW_SSH6,
    firewalld_now,
    ufw_now,
    zone,
)

GOLDEN = Path(__file__).parent / "golden"
DOOR = (8443, 8080)
NOTHING = {"kind": Kind.NONE, "mode": Mode.EMBEDDED, "ports": DOOR, "now": {}}
DNAT = "-A DOCKER ! -i br-1 -p tcp -m tcp --dport {0} -j DNAT --to-destination 172.18.0.2:{0}"
IN_DOCKER = Bypass({4: {port: DNAT.format(port) for port in DOOR}, 6: {}}, by_proxy=DOOR)
MINE = Chain("inet", "mine", "input", DOOR)
WITH_SSH = ufw_now([ALLOW_SSH], [ALLOW_SSH6])

CASES = {
    "ufw": ({"kind": Kind.UFW, "now": WITH_SSH}, False),
    "ufw-off": ({"ufw_is_off": True}, False),
    "ufw-to-switch-on": ({"kind": Kind.UFW, "now": ufw_now(active=False), "ssh": (22,)}, True),
    "ufw-and-another-table": ({"kind": Kind.UFW, "now": WITH_SSH, "chains": (MINE,)}, False),
    "ufw-in-docker-mode": (
        {"kind": Kind.UFW, "now": WITH_SSH, "mode": Mode.DOCKER, "bypass": IN_DOCKER},
        False,
    ),
    "ufw-in-docker-mode-with-ipv6": (
        {
            "kind": Kind.UFW,
            "now": WITH_SSH,
            "mode": Mode.DOCKER,
            "bypass": IN_DOCKER,
            "has_ipv6": True,
        },
        False,
    ),
    "docker-mode-before-up": (
        {"kind": Kind.UFW, "now": WITH_SSH, "mode": Mode.DOCKER, "bypass": Bypass({4: {}, 6: {}})},
        False,
    ),
    "firewalld": ({"kind": Kind.FIREWALLD, "now": firewalld_now()}, False),
    "firewalld-open-at-run-time": (
        {"kind": Kind.FIREWALLD, "now": firewalld_now(runtime=zone("1025-65535/tcp"))},
        False,
    ),
    "nftables": ({"kind": Kind.NFTABLES, "chains": (MINE,)}, False),
    "none": ({}, False),
    "before-the-first-up": ({"kind": Kind.UFW, "now": WITH_SSH, "mode": None}, False),
    "windows": ({"kind": Kind.WINDOWS}, False),
    "macos": (
        {
            "kind": Kind.MACOS,
            "program": PurePosixPath("/Applications/Lantern Hold/.venv/bin/caddy"),
        },
        False,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_plan_is_the_golden_one(name):
    facts, enable = CASES[name]
    made = plan.make(Facts(**(NOTHING | facts)), enable=enable)
    assert made.as_json() == json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


def test_there_is_no_golden_file_without_a_case():
    assert sorted(file.stem for file in GOLDEN.iterdir()) == sorted(CASES)


OPEN = [f"allow tcp {port} 0.0.0.0/0 any 0.0.0.0/0 in" for port in DOOR]
OPEN6 = [f"allow tcp {port} ::/0 any ::/0 in" for port in DOOR]


@pytest.mark.parametrize(
    ("now", "missing"),
    [
        (ufw_now(OPEN, OPEN6), []),
        (ufw_now(OPEN), [8443, 8080]),  # by IPv6 nobody comes in yet
        (ufw_now(["allow tcp 8000:9000 0.0.0.0/0 any 0.0.0.0/0 in"], OPEN6), []),
        (ufw_now(["allow any any 0.0.0.0/0 any 192.168.1.0/24 in", *OPEN], OPEN6), []),
        (ufw_now(["allow tcp 8443 0.0.0.0/0 any 192.168.1.0/24 in"], OPEN6), [8443, 8080]),
        (ufw_now(["allow tcp 8443 0.0.0.0/0 any 0.0.0.0/0 in_wlan0"], OPEN6), [8443, 8080]),
        (ufw_now(["limit tcp 8443,8080 0.0.0.0/0 any 0.0.0.0/0 in"], OPEN6), []),
        (ufw_now(policy="ACCEPT"), []),
    ],
)
def test_only_what_is_missing_is_added(now, missing):
    made = plan.make(Facts(**(NOTHING | {"kind": Kind.UFW, "now": now})))
    assert made.commands == tuple(
        f"sudo ufw allow {port}/tcp comment Lanternhold" for port in missing
    )


@pytest.mark.parametrize(
    ("kind", "now"),
    [
        (Kind.UFW, ufw_now(["deny tcp 8080 0.0.0.0/0 any 0.0.0.0/0 in", *OPEN], OPEN6)),
        (Kind.UFW, ufw_now(OPEN, ["reject any any ::/0 any ::/0 in", *OPEN6])),
        (
            Kind.FIREWALLD,
            firewalld_now(runtime=zone(rich=['rule port port="8080" protocol="tcp" drop'])),
        ),
    ],
)
def test_a_rule_of_the_hosts_own_is_never_overruled(kind, now):
    with pytest.raises(Problem, match="a rule of yours") as told:
        plan.make(Facts(**(NOTHING | {"kind": kind, "now": now})))
    assert "8080" in told.value.remedy or "NUMBER" in told.value.remedy


@pytest.mark.parametrize(
    ("facts", "ports"),
    [
        ({}, []),
        ({"kind": Kind.UFW, "now": WITH_SSH}, [8443, 8080]),
        ({"kind": Kind.UFW, "now": ufw_now(OPEN, OPEN6)}, []),
        ({"kind": Kind.UFW, "now": ufw_now(OPEN, OPEN6), "chains": (MINE,)}, [8443, 8080]),
        ({"kind": Kind.UFW, "now": ufw_now(active=False)}, []),
        ({"kind": Kind.FIREWALLD, "now": firewalld_now(runtime=zone("8443/tcp"))}, [8080]),
        ({"kind": Kind.FIREWALLD, "now": firewalld_now(zone(target="ACCEPT"))}, []),
        ({"kind": Kind.NFTABLES, "chains": (MINE,)}, [8443, 8080]),
        ({"kind": Kind.UFW, "now": WITH_SSH, "bypass": IN_DOCKER}, []),
    ],
)
def test_what_is_kept_closed_for_doctor(facts, ports):
    assert list(plan.closed(Facts(**(NOTHING | facts)))) == ports


def test_switching_on_with_ssh_forbidden_is_refused():
    now = ufw_now(["deny tcp 22 0.0.0.0/0 any 0.0.0.0/0 in"], active=False)
    with pytest.raises(Problem, match="TCP 22"):
        plan.make(Facts(**(NOTHING | {"kind": Kind.UFW, "now": now, "ssh": (22,)})), enable=True)


def test_ssh_that_is_open_to_the_house_only_is_not_opened_to_the_world():
    now = ufw_now(["allow tcp 22 0.0.0.0/0 any 192.168.1.0/24 in"], active=False)
    made = plan.make(Facts(**(NOTHING | {"kind": Kind.UFW, "now": now, "ssh": (22,)})), enable=True)
    assert not [line for line in made.commands if "22" in line]
