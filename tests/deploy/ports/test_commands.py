"""`ports open|status|close` as a person and as a program meet them."""

import json
import os
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from deploy.cli import app
from deploy.clone import Clone
from deploy.commands import ports
from deploy.ledger import Ledger
from deploy.network import hops
from deploy.ports import status
from deploy.ports.wish import Held, Refusal, Why
from deploy.problem import Problem
from support.router import HOME, PaperRouter

SILENCE = {name: Refusal(name, Why.SILENT) for name in ("PCP", "NAT-PMP", "UPnP")}


class Desk:
    """The commands at a router of paper."""

    def __init__(self, clone, monkeypatch):
        self.clone = clone
        self.paper = PaperRouter("pcp", "igd")
        for module in (ports, status):
            monkeypatch.setattr(module, "RouterAccess", lambda *_: self.paper)

    def run(self, *words):
        return CliRunner().invoke(app, ["ports", *words])

    def json(self, *words):
        done = self.run(*words, "--json")
        return done.exit_code, json.loads(done.stdout)


@pytest.fixture
def desk(tmp_path, monkeypatch):
    clone = Clone(tmp_path)
    monkeypatch.setattr(Clone, "here", lambda: clone)
    for key in [key for key in os.environ if key.startswith("LANTERNHOLD_")]:
        monkeypatch.delenv(key)

    async def first_hops():
        return ()

    monkeypatch.setattr(hops, "first_hops", first_hops)
    return Desk(clone, monkeypatch)


@pytest.mark.parametrize("words", [["open"], ["status"], ["close"]])
def test_each_has_help_with_an_example(desk, words):
    shown = desk.run(*words, "--help")
    assert shown.exit_code == 0
    assert f"./lanternhold ports {words[0]}" in shown.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["open", "--https", "0"],  # a router would pass on every port
        ["open", "--https", "70000"],
        ["open", "--protocol", "soap"],
        ["open", "--lease", "1"],
        ["shut"],
    ],
)
def test_wrong_usage_is_2(desk, words):
    assert desk.run(*words).exit_code == 2


def test_opened_seen_and_closed(desk):
    code, said = desk.json("open", "--yes")
    assert code == 0
    assert [done["id"] for done in said["done"]] == ["port-mapping:tcp:443", "port-mapping:tcp:80"]
    assert said["router"]["model"] == "Paper 1 (Mill)"
    assert said["by_hand"] == []
    code, said = desk.json("status")
    assert (code, [port["state"] for port in said["ports"]]) == (0, ["open", "open"])
    assert said["above"]["what"] == "nothing"
    shown = desk.run("status")
    assert "open     router: TCP 443 -> 192.168.1.10:8443" in shown.stdout
    assert desk.json("close", "--yes")[0] == 0
    assert desk.paper.table == {}
    assert "Nothing was opened from here" in desk.run("status").stdout


def test_other_ports_can_be_asked_for(desk):
    code, _ = desk.json("open", "--https", "8443", "--http", "0", "--yes")
    assert (code, list(desk.paper.table)) == (0, [8443])


def test_without_anybody_to_ask_nothing_is_changed(desk):
    shown = desk.run("open")
    assert isinstance(shown.exception, Problem)
    assert shown.exception.code == 2
    assert desk.paper.table == {}


def test_a_dry_run_shows_and_stops(desk):
    shown = desk.run("open", "--dry-run")
    assert shown.exit_code == 0
    assert "+ TCP 443 -> 192.168.1.10:8443" in shown.stderr
    assert desk.paper.table == {}
    assert Ledger.of(desk.clone).entries() == ()


def test_a_mapping_that_is_gone_is_1(desk):
    desk.json("open", "--yes")
    desk.paper.table[80] = Held(80, "192.168.1.20", 80, "NAS", 0)
    del desk.paper.table[443]
    code, said = desk.json("status")
    assert (code, [port["state"] for port in said["ports"]]) == (1, ["missing", "elsewhere"])


def test_what_fails_is_explained_with_the_way_by_hand(desk):
    desk.paper = PaperRouter(refusals=SILENCE)
    shown = desk.run("open", "--yes")
    assert shown.exit_code == 1
    assert "does not let programs open ports" in shown.stdout
    assert "By hand:" in shown.stdout
    assert f"MAC {HOME.mac}" in shown.stdout
    code, said = desk.json("open", "--yes")
    assert code == 1
    assert any("external port 443" in step for step in said["by_hand"])
    assert {failure["id"] for failure in said["failures"]} == {
        "port-mapping:tcp:443",
        "port-mapping:tcp:80",
    }


def test_a_lease_for_ever_is_told(desk):
    desk.paper.only_for_ever = True
    assert "undo takes it back" not in desk.run("open", "--dry-run").stderr
    shown = desk.run("open", "--yes")
    assert "until it is taken back" in shown.stdout


def test_a_mapping_on_a_private_address_is_told_to_lead_nowhere(desk):
    desk.paper.address = "10.0.0.2"
    _, said = desk.json("open", "--yes")
    assert len(said["notes"]) == 1
    assert "10.0.0.2" in said["notes"][0]
    assert "no public address" in desk.run("open", "--yes").stderr


def test_ipv6_comes_by_itself_where_it_can(desk):
    desk.paper = PaperRouter("pcp", "igd", "pcp6")
    _, said = desk.json("open", "--dry-run")
    assert len(said["plan"]) == 4
    _, said = desk.json("open", "--dry-run", "--no-ipv6")
    assert len(said["plan"]) == 2


def test_a_pinhole_that_runs_out_is_said_to(desk):
    desk.paper = PaperRouter("pcp6", network=replace(HOME, address="", gateway=""))
    assert desk.json("open", "--yes")[0] == 0
    desk.paper.rest_s = 120
    assert "for 120 s more" in desk.run("close", "--yes").stderr


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (replace(HOME, address6=""), ["--ipv6"]),
        (replace(HOME, address="", gateway="", address6=""), []),
    ],
)
def test_no_ipv6_address_is_said(desk, network, words):
    desk.paper = PaperRouter("pcp", network=network)
    shown = desk.run("open", "--yes", *words)
    assert "no IPv6 address that lasts" in shown.exception.what


@pytest.mark.parametrize(
    ("protocol", "ways"),
    [
        ("auto", ("PCP", "NAT-PMP", "UPnP")),
        ("pcp", ("PCP",)),
        ("nat-pmp", ("NAT-PMP",)),
        ("upnp", ("UPnP",)),
    ],
)
def test_a_protocol_narrows_the_ways(protocol, ways):
    assert ports.Protocol(protocol).ways == ways
