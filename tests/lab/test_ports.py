"""Ports on a real router daemon, by every protocol, and friends who come in through them."""

import asyncio
import json
import os
import shutil
import socket
import sys
import time

import pytest

from deploy import changes
from deploy.ledger import Ledger, State
from deploy.ports import mapper, opening, status, survey
from deploy.ports.access import RouterAccess
from deploy.ports.asking import Line
from deploy.ports.by_natpmp import NatPmpWay
from deploy.ports.by_pcp import PcpWay
from deploy.ports.change import PortMapping
from deploy.ports.opening import Wanted
from deploy.ports.refusing import PortProblem
from deploy.ports.router import ALL
from deploy.ports.survey import Above
from deploy.ports.wish import Why, Wish
from support.lab import plan
from support.source import ROOT

PORTS = ((443, 8443), (80, 8080))
ONLY_UPNP = {"natpmp": False, "pcp": False}


class House:
    """Our own computer in a lab, with its ledger."""

    def __init__(self, lab, folder, only=ALL):
        self.lab = lab
        self.ledger = Ledger(folder / "ledger" / "ledger.json")
        self.access = RouterAccess(only)

    def do(self, work):
        """Run a coroutine at home."""
        with self.lab.inside("home"):
            return asyncio.run(work)

    def open(self, ports=PORTS, *, ipv6=False, ipv4=True, lease_s=3600):
        async def work():
            router = await self.access()
            wanted = Wanted(ports, lease_s, ipv4=ipv4, ipv6=ipv6)
            return await opening.open_ports(
                opening.plan(wanted, router.network, self.access, self.ledger),
                self.ledger,
                dry_run=False,
                confirm=changes.yes,
                say=lambda _: None,
            )

        return self.do(work())

    def close(self):
        async def work():
            return await changes.undo(
                self.ledger,
                {PortMapping.KIND: lambda kept: PortMapping.from_ledger(kept, self.access)},
                dry_run=False,
                confirm=changes.yes,
                say=lambda _: None,
            )

        return self.do(work())

    def status(self):
        return self.do(status.look(self.access, self.ledger))

    def survey(self):
        async def work():
            return await survey.survey(await self.access())

        return self.do(work())

    def states(self):
        return {port.external: str(port.state) for port in self.status().ports}


@pytest.fixture
def house(lab, tmp_path):
    return House(lab, tmp_path)


@pytest.fixture
def shared_house(shared_lab, tmp_path):
    yield House(shared_lab, tmp_path)
    shared_lab.reboot_router()


def everything_on(lab):
    """The whole table of the router, and what its daemon would remember."""
    rules = lab.exec("router", ["nft", "list", "ruleset"]).stdout
    leases = {file.name: file.read_text() for file in lab.folder.glob("router*.leases")}
    return rules, {name: kept for name, kept in leases.items() if kept.strip()}


def caller(listener):
    line, who = listener.accept()
    line.close()
    return who[0]


def only_problem(outcome):
    assert [failure.id for failure in outcome.failures] == ["port-mapping:tcp:443"]
    problem = outcome.failures[0].problem
    assert isinstance(problem, PortProblem)
    assert problem.remedy
    return problem


# ---- open, look, close


@pytest.mark.parametrize("way", ["PCP", "NAT-PMP", "UPnP"])
def test_a_friend_comes_in_and_nothing_is_left_behind(shared_lab, tmp_path, way):
    house = House(shared_lab, tmp_path, [way])
    before = everything_on(shared_lab)
    with shared_lab.listen("home", 8443) as listener:
        outcome = house.open()
        assert [done.id for done in outcome.done] == ["port-mapping:tcp:443", "port-mapping:tcp:80"]
        assert shared_lab.mappings() == {443: f"{plan.HOME}:8443", 80: f"{plan.HOME}:8080"}
        assert shared_lab.reach(443) == "open"
        assert caller(listener) == plan.FRIEND_PUBLIC
        assert house.status().is_good
        assert house.close().failures == []
        assert shared_lab.reach(443, timeout_s=0.3) == "silent"
    assert everything_on(shared_lab) == before
    assert house.ledger.entries() == ()


def test_opening_twice_changes_nothing_but_renews(shared_lab, shared_house):
    shared_house.open()
    before = everything_on(shared_lab)[0]
    kept = shared_house.ledger.entries()
    again = shared_house.open()
    assert everything_on(shared_lab)[0] == before
    assert shared_house.ledger.entries() == kept
    assert all("open already" in done.proof for done in again.done)
    assert [step.lines for step in again.plan] == [(), ()]


def test_a_crash_before_the_proof_is_resumed_and_can_be_undone(
    shared_lab, shared_house, monkeypatch
):
    before = everything_on(shared_lab)

    async def crash(_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(PortMapping, "verify", crash)
        with pytest.raises(KeyboardInterrupt):
            shared_house.open()
    assert [entry.state for entry in shared_house.ledger.entries()] == [State.APPLYING]
    assert len(shared_house.open().done) == 2
    assert {entry.state for entry in shared_house.ledger.entries()} == {State.APPLIED}
    shared_house.close()
    assert everything_on(shared_lab) == before


def test_what_was_open_before_us_stays_when_we_go(shared_lab, shared_house):
    shared_lab.map_port("home", 443, 8443)
    before = everything_on(shared_lab)[0]
    shared_house.open(((443, 8443),))
    shared_house.close()
    assert everything_on(shared_lab)[0] == before


@pytest.mark.parametrize("lab", [{"igd": "v1", "acme": False, **ONLY_UPNP}], indirect=True)
def test_an_old_upnp_router(lab, house):
    outcome = house.open()
    assert len(outcome.done) == 2
    assert house.survey().speaks[0] == "UPnP IGD 1"
    assert lab.mappings() == {443: f"{plan.HOME}:8443", 80: f"{plan.HOME}:8080"}
    house.close()
    assert lab.mappings() == {}


@pytest.mark.parametrize("lab", [{"igd": "none", "pcp": False, "acme": False}], indirect=True)
def test_a_router_without_a_table_is_believed_after_asking_twice(lab, house):
    outcome = house.open()
    assert "by NAT-PMP" in outcome.done[0].proof
    assert house.states() == {443: "unseen", 80: "unseen"}
    assert [step.lines for step in house.open().plan] == [(), ()]
    house.close()
    assert lab.mappings() == {}


# ---- what homes go through


@pytest.mark.parametrize("lab", [{"acme": False, **ONLY_UPNP}], indirect=True)
def test_a_lease_ends_and_is_taken_again(lab, house):
    house.open(((443, 8443),), lease_s=1)
    deadline_s = time.monotonic() + 5
    while house.states() != {443: "missing"}:
        assert time.monotonic() < deadline_s
    assert not house.status().is_good
    house.open(((443, 8443),))
    assert house.states() == {443: "open"}


def test_a_rebooted_router_is_asked_again(shared_lab, shared_house):
    shared_house.open()
    shared_lab.reboot_router()
    assert shared_house.states() == {443: "missing", 80: "missing"}
    shared_house.open()
    assert shared_house.states() == {443: "open", 80: "open"}


def test_a_port_that_another_computer_holds_is_named_and_left(shared_lab, shared_house):
    shared_lab.hold_port(443)
    outcome = shared_house.open()
    problem = only_problem(outcome)
    assert problem.why is Why.CONFLICT
    assert plan.LANPC in problem.what
    mac = shared_lab.exec("lanpc", ["cat", "/sys/class/net/eth0/address"]).stdout.strip()
    assert mac in problem.what
    assert shared_lab.mappings() == {443: f"{plan.LANPC}:443", 80: f"{plan.HOME}:8080"}
    assert [entry.id for entry in shared_house.ledger.entries()] == ["port-mapping:tcp:80"]
    shared_house.close()
    assert shared_lab.mappings() == {443: f"{plan.LANPC}:443"}


@pytest.mark.parametrize(
    "lab", [{"igd": "none", "acme": False}, {"acme": False, "pcp": False}], indirect=True
)
def test_never_another_port_than_asked(lab, house):
    """The daemon would give 444 instead: it is given back at once."""
    way = "PCP" if lab.options.pcp else "NAT-PMP"
    with lab.inside("lanpc"):
        asyncio.run(_hold(plan.LANPC, way))
    taken = lab.mappings()
    house.access = RouterAccess([way])
    assert only_problem(house.open(((443, 8443),))).why in {Why.CONFLICT, Why.LOW_PORT}
    assert lab.mappings() == taken


async def _hold(own, way):
    kind = PcpWay if way == "PCP" else NatPmpWay
    await kind(Line(own, plan.ROUTER, 5351)).open(Wish(443, 443, nonce=b"lanpc lanpc!"))


def test_our_own_old_address_is_known_again(shared_lab, shared_house):
    """DHCP gave us another address. This router lets nobody touch the old mapping: that is said."""
    shared_house.open(((443, 8443),))
    shared_lab.move_home("192.168.1.77")
    try:
        assert shared_house.states() == {443: "elsewhere"}
        problem = only_problem(shared_house.open(((443, 8443),)))
        assert "our earlier address 192.168.1.10" in problem.what
        assert "until it ends by itself" in problem.remedy
        shared_lab.reboot_router()
        shared_house.open(((443, 8443),))
        assert shared_lab.mappings() == {443: "192.168.1.77:8443"}
    finally:
        shared_lab.move_home(plan.HOME)


@pytest.mark.parametrize("lab", [{"policy": "high", "acme": False}], indirect=True)
def test_a_router_that_keeps_the_low_ports(lab, house):
    problem = only_problem(house.open(((443, 8443), (8443, 8443))))
    assert problem.why in {Why.LOW_PORT, Why.CONFLICT}
    assert lab.mappings() == {8443: f"{plan.HOME}:8443"}


@pytest.mark.parametrize(
    "lab", [{"igd": "none", "natpmp": False, "pcp": False, "acme": False}], indirect=True
)
def test_a_router_that_opens_nothing(lab, house):
    began_s = time.monotonic()
    outcome = house.open()
    assert time.monotonic() - began_s < 5
    assert len(outcome.failures) == 2
    assert "does not let programs open ports" in outcome.failures[0].problem.what
    assert house.ledger.entries() == ()
    assert house.survey().above is Above.UNKNOWN


@pytest.mark.parametrize("lab", [{"cgnat": True, "acme": False}], indirect=True)
def test_under_the_provider_s_nat(lab, house):
    problem = only_problem(house.open(((443, 8443),)))
    assert problem.why is Why.NO_ADDRESS
    seen = house.survey()
    assert (seen.above, seen.outer) == (Above.CARRIER, plan.CARRIER[0])
    assert lab.mappings() == {}
    assert house.ledger.entries() == ()


@pytest.mark.parametrize(
    "lab",
    [
        {"double_nat": True, "acme": False},
        {"double_nat": True, "claims_public": False, "acme": False},
    ],
    indirect=True,
)
def test_under_a_second_router(lab, house):
    seen = house.survey()
    assert seen.above is Above.ROUTER
    assert seen.hops[:2] == (plan.ROUTER, plan.BEHIND_MODEM[1])
    assert "NAT-PMP" in seen.upstream


def test_the_healthy_home_has_nothing_above(shared_lab, shared_house):
    seen = shared_house.survey()
    assert (seen.above, seen.outer, seen.upstream) == (Above.NOTHING, shared_lab.public, ())
    assert seen.model == "LabRouter 1"
    assert seen.line == "Connected"


# ---- IPv6


@pytest.fixture
def listening6(shared_lab):
    """A program at home that takes connections by IPv6."""
    with shared_lab.inside("home"):
        listener = socket.create_server(("::", 8443), family=socket.AF_INET6)
    with listener:
        yield listener


def test_a_pinhole_lets_a_friend_in_by_ipv6(shared_lab, shared_house, listening6):
    assert shared_lab.reach(8443, plan.HOME6, timeout_s=0.3) == "silent"
    before = everything_on(shared_lab)
    outcome = shared_house.open(((443, 8443),), ipv4=False, ipv6=True)
    assert [done.id for done in outcome.done] == ["port-mapping:tcp6:8443"]
    assert shared_lab.reach(8443, plan.HOME6, timeout_s=3) == "open"
    assert caller(listening6).startswith("3ffe:33:1:")
    assert shared_house.close().failures == []
    assert shared_lab.reach(8443, plan.HOME6, timeout_s=0.3) == "silent"
    assert everything_on(shared_lab) == before


def test_a_renewed_pinhole_is_at_least_cut_short(shared_lab, shared_house):
    """This daemon does not close a pinhole that was renewed: it says for how long it stands."""

    async def renew_and_close():
        router = await shared_house.access()
        wish = Wish(8443, 8443, version=6, nonce=b"twelve bytes")
        await mapper.open_port(router, wish)
        await mapper.open_port(router, wish)
        return await mapper.close_port(router, wish)

    assert shared_house.do(renew_and_close()) == 120


# ---- the commands themselves


def test_the_commands(shared_lab, tmp_path):
    for package in ("deploy", "protocol", "game"):
        shutil.copytree(ROOT / package, tmp_path / package)
    shutil.copy(ROOT / ".env.example", tmp_path)
    clean = {k: v for k, v in os.environ.items() if not k.startswith("LANTERNHOLD_")}

    def run(*words):
        command = [sys.executable, "-m", "deploy", "ports", *words, "--json"]
        done = shared_lab.exec("home", command, check=False, cwd=tmp_path, env=clean)
        return done.returncode, json.loads(done.stdout)

    before = everything_on(shared_lab)
    code, said = run("open", "--no-ipv6", "--yes")
    assert (code, said["by_hand"]) == (0, [])
    assert said["granted"]["port-mapping:tcp:443"]["way"] == "PCP"
    assert said["router"]["model"] == "LabRouter 1"
    code, said = run("status")
    assert code == 0
    assert [port["state"] for port in said["ports"]] == ["open", "open"]
    assert run("close", "--yes")[0] == 0
    assert everything_on(shared_lab) == before
    shared_lab.hold_port(443)
    code, said = run("open", "--no-ipv6", "--http", "0", "--yes")
    assert code == 1
    assert plan.LANPC in said["failures"][0]["what"]
    assert any("external port 443" in step for step in said["by_hand"])
    shared_lab.reboot_router()
