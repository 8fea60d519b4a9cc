"""Which firewall is at work, from what the programs of made-up computers say."""

import pytest

from deploy import modes, settings, system
from deploy.clone import Clone
from deploy.firewall import reading
from deploy.firewall.facts import Kind
from deploy.firewall.firewalld import Firewalld
from deploy.firewall.login import Login
from deploy.firewall.root import AsRoot
from deploy.firewall.sockets import Session
from deploy.firewall.ufw import Ufw
from deploy.firewall.wall import Wanted
from deploy.modes import Mode
from deploy.problem import Problem
from deploy.run import Result
from support.firewalls import Answers

DROPPING = """{"nftables": [{"chain": {"family": "inet", "table": "mine", "name": "input",
    "hook": "input", "type": "filter", "policy": "drop"}}]}"""
ZONE = """public (active)
  target: default
  ports: 22222/tcp 1025-2000/udp
  rich rules: 
\trule family="ipv4" port port="80" protocol="tcp" reject
"""  # noqa: W291  # firewalld itself writes that space

needs_linux = pytest.mark.skipif(not system.IS_LINUX, reason="Linux has these firewalls")


@pytest.fixture
def clone(tmp_path):
    return Clone(tmp_path)


@pytest.fixture
def answers():
    """A computer with nothing on it but an SSH server."""
    made = Answers()
    made.say("ss -Hltnp", 'LISTEN 0 9 *:22 *:* users:(("sshd",pid=7,fd=3))\n')
    made.say("ss -Htnp state", "0 0 192.168.1.10:22 192.168.1.20:5000\n")
    return made


def has_ufw(answers, state):
    answers.say("ufw status", f"Status: {state}\n")
    answers.say("base64", "")


def has_firewalld(answers):
    answers.say("firewall-cmd --state", "running")
    answers.say("firewall-cmd --get-zone-of-interface", Result(2, "", "no zone"))
    answers.say("firewall-cmd --get-default-zone", "public\n")
    answers.say("firewall-cmd --zone=public --list-all", ZONE)
    answers.say("firewall-cmd --permanent --zone=public --list-all", ZONE)
    answers.say("base64", Result(1, "", "base64: x: No such file or directory"))


def read(clone, answers, **how):
    def has(program):
        return any(words.startswith(program) for words in answers.answers)

    return reading.read(clone, settings.load(clone, {}), answers, has, **how)


@pytest.fixture(autouse=True)
def nobody_by_ssh(monkeypatch):
    """Whoever runs the tests may be."""
    monkeypatch.setattr(settings, "ssh_connection", lambda: "")
    monkeypatch.setattr(reading.login, "read", Login)


@needs_linux
def test_a_computer_without_any(clone, answers):
    facts = read(clone, answers)
    assert (facts.kind, facts.chains, facts.ssh) == (Kind.NONE, (), (22,))
    assert facts.sessions[0].peer == "192.168.1.20"


@needs_linux
def test_ufw_on_and_off(clone, answers):
    has_ufw(answers, "active")
    assert read(clone, answers).kind is Kind.UFW
    has_ufw(answers, "inactive")
    off = read(clone, answers)
    assert (off.kind, off.ufw_is_off) == (Kind.NONE, True)
    assert read(clone, answers, enable=True).kind is Kind.UFW


@needs_linux
def test_plain_nftables_counts_where_nothing_else_is_at_work(clone, answers):
    answers.say("nft -j list ruleset", DROPPING)
    assert read(clone, answers).kind is Kind.NFTABLES
    has_ufw(answers, "active")
    both = read(clone, answers)
    assert (both.kind, both.chains[0].table) == (Kind.UFW, "mine")


@needs_linux
def test_docker_mode_asks_docker_and_not_the_input_chain(clone, answers):
    modes.remember(clone, Mode.DOCKER)
    answers.say("nft -j list ruleset", DROPPING)
    facts = read(clone, answers)
    assert (facts.kind, facts.needed) == (Kind.NONE, ())
    assert facts.bypass.rules == {4: {}, 6: {}}


@needs_linux
def test_two_firewalls_at_once_are_refused(clone, answers, monkeypatch):
    monkeypatch.setattr(reading.walls, "towards_router", lambda: "eth0")
    has_firewalld(answers)
    has_ufw(answers, "active")
    with pytest.raises(Problem, match="undo each other"):
        read(clone, answers)


@needs_linux
def test_what_cannot_be_switched_on_is_told(clone, answers):
    with pytest.raises(Problem, match="not installed"):
        read(clone, answers, enable=True)


@needs_linux
@pytest.mark.parametrize(
    ("login", "listening", "sessions"),
    [
        (Login(is_by_ssh=True), "", ""),
        (Login(is_known=False), "", ""),
        (Login(), Result(1, "", "broken"), ""),
        (Login(), "", Result(1, "", "broken")),
        (Login(), "", '0 0 10.0.0.5:2200 10.0.0.9:50000 users:(("sshd",pid=9,fd=4))\n'),
    ],
)
def test_with_no_port_of_ssh_and_perhaps_a_session_nothing_is_switched_on(
    *, clone, answers, monkeypatch, login, listening, sessions
):
    monkeypatch.setattr(reading.login, "read", lambda: login)
    has_ufw(answers, "inactive")
    answers.say("ss -Hltnp", listening)
    answers.say("ss -Htnp state", sessions)
    with pytest.raises(Problem, match="lock you out") as told:
        read(clone, answers, enable=True)
    assert "--ssh-port" in told.value.remedy
    assert read(clone, answers).ssh == ()
    assert read(clone, answers, enable=True, ssh_port=2200).ssh == (2200,)


@needs_linux
def test_who_sits_before_it_needs_no_port_of_ssh(clone, answers):
    has_ufw(answers, "inactive")
    answers.say("ss -Hltnp", "")
    answers.say("ss -Htnp state", "")
    assert read(clone, answers, enable=True).ssh == ()


@needs_linux
def test_a_session_that_sudo_hides_is_found_in_its_parents(clone, answers, monkeypatch):
    by_ssh = Login("10.0.0.9 50000 10.0.0.5 2200", is_by_ssh=True)
    monkeypatch.setattr(reading.login, "read", lambda: by_ssh)
    facts = read(clone, answers)
    assert facts.ssh == (22, 2200)
    assert facts.sessions[-1] == Session(2200, "10.0.0.9")


def test_a_zone_is_read():
    answers = Answers()
    has_firewalld(answers)
    wall = Firewalld(Wanted((8443,)), AsRoot(answers, root=True), lambda: "eth0")
    now = wall.look()
    assert now["zone"] == "public"
    assert now["runtime"]["ports"] == ["22222/tcp", "1025-2000/udp"]
    assert now["permanent"]["rich"] == ['rule family="ipv4" port port="80" protocol="tcp" reject']
    assert set(now["files"].values()) == {None}
    assert "firewall-cmd --get-zone-of-interface=eth0" in answers.asked
    assert not [line for line in answers.asked if "reload" in line]


def test_a_firewalld_that_does_not_answer_is_told():
    answers = Answers()
    answers.say("firewall-cmd", Result(254, "", "Error: Did not receive a reply.\n"))
    with pytest.raises(Problem, match="Did not receive a reply"):
        Firewalld(Wanted((8443,)), AsRoot(answers, root=True), lambda: "eth0").look()


def test_an_ufw_that_fails_in_the_middle_says_which_rule():
    answers = Answers()
    has_ufw(answers, "active")
    answers.say("ufw allow", Result(1, "", "ERROR: problem running iptables\n"))
    ufw = Ufw(Wanted((8443,)), AsRoot(answers, root=True))
    with pytest.raises(Problem, match="ufw allow 8443/tcp comment Lanternhold failed: ERROR"):
        ufw.change(ufw.look())
