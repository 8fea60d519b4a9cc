"""The change itself, as far as no firewall is needed; tests/lab has the real ones."""

import asyncio
import os

import msgspec
import pytest

from deploy import changes, kinds
from deploy.clone import Clone
from deploy.embedded.record import Process
from deploy.firewall import change, walls
from deploy.firewall.change import FirewallRule
from deploy.firewall.exposure import Reach
from deploy.firewall.facts import Facts, Kind
from deploy.firewall.root import AsRoot
from deploy.firewall.sockets import Session
from deploy.firewall.trial import Order, Phase, Standing, Trial
from deploy.ledger import Ledger
from deploy.modes import Mode
from deploy.problem import Problem
from support.firewalls import Answers, LivingUfw, ufw_now

ON = {"firewall": "ufw", "ports": [8443, 8080], "enable": True, "ssh": [22]}
FROM_THE_HOUSE = "allow tcp 22 0.0.0.0/0 any 192.168.1.0/24 in"


def test_the_ledger_rebuilds_it(tmp_path):
    made = kinds.registry(Clone(tmp_path))[FirewallRule.KIND](ON)
    assert made.desired == ON
    assert (made.id, made.title) == ("firewall-rule:ufw", "ufw: let TCP 8443 and 8080 in")


def test_who_would_be_locked_out_stops_it_before_anything(tmp_path):
    answers = Answers()
    rule = FirewallRule(ON, Trial(tmp_path), answers, sessions=[Session(22, "203.0.113.9")])
    with pytest.raises(Problem, match="lock out the SSH session from"):
        asyncio.run(rule.apply(ufw_now([FROM_THE_HOUSE], active=False)))
    assert answers.asked == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("reached", "proof"),
    [
        ({8443: Reach.OPEN}, "From outside, TCP 8443 was reached through ufw."),
        ({}, "ufw lists TCP 8443 and 8080 as open; from outside this was not measured."),
    ],
)
def test_the_proof_says_what_was_seen_and_no_more(tmp_path, reached, proof):
    async def prober(ports):
        assert ports == (8443, 8080)
        return reached

    ufw = LivingUfw()
    ufw.is_on, ufw.opened = True, {8443, 8080}
    rule = FirewallRule(ON, Trial(tmp_path), ufw, prober=prober)
    assert asyncio.run(rule.verify()) == proof


@pytest.fixture
def cut_off(tmp_path):
    """A trial of 8443 that a power cut interrupted; of the port 5000 it knows nothing."""
    ufw = LivingUfw()
    ufw.is_on = True
    trial = StraightTrial(tmp_path, ufw)
    gone = Process(os.getpid(), "another time")
    order = Order("ufw", (8443,), False, (), ufw.now, 60, gone)
    trial.begin(order)
    (tmp_path / "order.json").write_bytes(msgspec.json.encode(order))
    trial.write(Standing(Phase.CHANGED, gone))
    return ufw, trial


def test_looking_changes_nothing_and_sees_past_a_trial_that_was_cut_off(cut_off):
    ufw, trial = cut_off
    rule = FirewallRule({**ON, "ports": [9443], "enable": False}, trial, ufw)
    before = asyncio.run(rule.inspect())
    assert (ufw.opened, trial.interrupted().ports) == ({8443}, (8443,))
    assert rule.diff(before) == ["+ ufw allow 9443/tcp comment Lanternhold"]
    ufw.opened.add(5000)  # the host's, meanwhile
    asyncio.run(rule.apply(before))
    assert ufw.opened == {9443, 5000}
    assert trial.order is None


def test_a_trial_that_was_cut_off_does_not_pass_for_what_was_made(cut_off):
    ufw, trial = cut_off
    rule = FirewallRule({**ON, "ports": [8443], "enable": False}, trial, ufw)
    with pytest.raises(Problem, match="does not hold what was just made"):
        asyncio.run(rule.verify())
    assert ufw.opened == set()


@pytest.mark.parametrize(
    ("kind", "ports", "enable", "how_many"),
    [
        (Kind.UFW, (8443,), False, 1),
        (Kind.UFW, (), False, 0),
        (Kind.NFTABLES, (8443,), False, 0),
        (Kind.NONE, (8443,), False, 0),
    ],
)
def test_what_facts_ask_for(tmp_path, kind, ports, enable, how_many):
    facts = Facts(kind, Mode.EMBEDDED, ports, ufw_now())
    assert len(change.needed(facts, Clone(tmp_path), enable=enable)) == how_many


def test_undo_takes_out_the_ports_of_earlier_settings_too(tmp_path):
    clone, ufw, ledger = Clone(tmp_path), LivingUfw(), Ledger.of(Clone(tmp_path))

    def facts(*ports):
        return Facts(Kind.UFW, Mode.EMBEDDED, ports, ufw.now, ssh=(22,))

    async def make(rule):
        rule._trial = StraightTrial(tmp_path, ufw)
        how = {"dry_run": False, "confirm": changes.yes, "say": lambda _: None}
        await changes.carry_out([rule], ledger, **how)

    for number, ports in enumerate([(8443, 8080), (9443, 8080), (9444, 8080), (9444, 8080)]):
        (rule,) = change.needed(facts(*ports), clone, runner=ufw, enable=number == 0)
        asyncio.run(make(rule))
    assert {22, 8443, 9443, 9444, 8080} == ufw.opened
    kept = ledger.find("firewall-rule:ufw")
    assert kept.desired["enable"]  # the first run switched it on
    back = FirewallRule.from_ledger(kept.desired, clone)
    assert back.title == "ufw: let TCP 9444 and 8080 and 9443 and 8443 in"
    back._wall = walls.of("ufw", back._wanted, AsRoot(ufw, root=True))
    asyncio.run(back.undo(kept.before))
    assert (ufw.opened, ufw.is_on) == (set(), False)


class StraightTrial(Trial):
    """A trial that is kept, without a guard."""

    def __init__(self, folder, ufw):
        super().__init__(folder)
        self._ufw = ufw

    def begin(self, order):
        order.rebuild(AsRoot(self._ufw, root=True)).change(order.before)

    def finish(self, word):
        assert word == "keep"
