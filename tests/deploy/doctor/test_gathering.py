"""What is gathered, from made-up systems and files."""

import socket
from dataclasses import replace

import msgspec
import pytest
from aiohttp import web

from deploy import door as front
from deploy import settings
from deploy.address.kinds import Kind as AddressKind
from deploy.address.public import Opinion, judge
from deploy.clone import Clone
from deploy.ddns import secret
from deploy.ddns.secret import Secret
from deploy.ddns.state import Memory, Notebook
from deploy.ddns.target import Target
from deploy.doctor import facts
from deploy.doctor.checks import dns
from deploy.doctor.checks.firewall import firewall_blocks
from deploy.doctor.facts import Facts, Held
from deploy.doctor.gathering import everything, firewall, game, host, names, router
from deploy.firewall.facts import Facts as FirewallFacts
from deploy.firewall.facts import Kind
from deploy.firewall.nftables import Chain
from deploy.ledger import Entry, Ledger, State
from deploy.modes import Mode
from deploy.network.facts import Network
from deploy.ports.survey import Survey
from deploy.ports.wish import Held as RouterHeld
from deploy.problem import Problem
from deploy.setup.answers import Answers, Journal
from deploy.stack import Door, Part
from support.firewalls import ufw_now

NETWORK = Network("eth0", 2, "02:00:00:00:00:10", "192.168.1.10", "192.168.1.1")


@pytest.fixture
def clone(tmp_path):
    clone = Clone(tmp_path)
    clone.make_state()
    return clone


def chosen(clone, **environ):
    return settings.load(clone, environ)


def entry(kind, **desired):
    return Entry(f"{kind}:{desired}", kind, desired, {}, State.APPLIED, "now")


# ------------------------------------------------------------------ router, firewall


def test_the_survey_in_doctors_words():
    seen = Survey(
        NETWORK,
        model="Box 7",
        speaks=("PCP",),
        refusals={"UPnP": "silent"},
        outer="100.64.1.2",
        hops=("192.168.1.1", "", "100.64.1.1"),
        has_table=True,
        table={443: RouterHeld(443, "192.168.1.20", 8443, "x", 60), 80: None},
    )
    told = router.told(seen)
    assert told.outer_kind is AddressKind.CARRIER
    assert told.table == {443: Held("192.168.1.20", 8443), 80: None}
    assert told.hops == (("192.168.1.1", AddressKind.PRIVATE), ("100.64.1.1", AddressKind.CARRIER))
    assert (told.speaks, told.refusals, told.model) == (("PCP",), {"UPnP": "silent"}, "Box 7")


def test_a_computer_without_a_network_says_why(monkeypatch):
    def nothing():
        raise Problem("There is no way out.")

    monkeypatch.setattr(router.facts, "read", nothing)
    at_home = router.lan()
    assert (at_home.address, at_home.why) == ("", "There is no way out.")


def wall(kind, **more):
    more = {"now": {}, **more}
    return FirewallFacts(kind=kind, mode=Mode.EMBEDDED, ports=(8443, 8080), **more)


MINE = Chain("inet", "mine", "input", (8443,))


def allowing(*ports):
    """What ufw says of a computer that lets everybody in at these ports."""
    any4, any6 = "0.0.0.0/0", "::/0"
    return ufw_now(
        [f"allow tcp {port} {any4} any {any4} in" for port in ports],
        [f"allow tcp {port} {any6} any {any6} in" for port in ports],
    )


def test_only_what_the_firewall_keeps_closed_is_told():
    told = firewall.told(wall(Kind.UFW, now=allowing(8443)), {})
    assert told.blocks == {8080: "no rule of ufw lets it in"}
    assert told.remedy == "./lanternhold firewall apply"


def test_a_chain_of_the_hosts_own_beside_an_open_ufw_gets_its_exact_command():
    told = firewall.told(wall(Kind.UFW, now=allowing(8443, 8080), chains=(MINE,)), {})
    assert list(told.blocks) == [8443]
    assert told.remedy.startswith("sudo nft insert rule inet mine input tcp dport { 8443 } accept")


@pytest.mark.parametrize("kind", [Kind.WINDOWS, Kind.MACOS])
def test_a_firewall_that_was_not_looked_at_is_said_to_keep_nobody_out(kind):
    told = firewall.told(wall(kind), {})
    assert (told.blocks, told.is_known) == ({}, False)
    finding = firewall_blocks(Facts(firewall=told))
    assert finding.status == "unknown"
    assert "not looked at" in finding.evidence


def test_no_firewall_blocks_nothing():
    told = firewall.told(wall(Kind.NONE), {9090: "Prometheus"})
    assert (told.blocks, told.kind, told.exposed) == ({}, "", {9090: "Prometheus"})


# ------------------------------------------------------------------ this computer


async def test_a_port_in_somebodys_hands_is_told_unless_they_are_ours(clone):
    with socket.socket() as taken:
        taken.bind(("", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ours = chosen(clone, LANTERNHOLD_HTTPS_PORT=str(port), LANTERNHOLD_HTTP_PORT="0")
        found = await host.look(clone, ours, Mode.EMBEDDED, (), runs=False)
        running = await host.look(clone, ours, Mode.EMBEDDED, (), runs=True)
    assert list(found.taken) == [port]
    assert "python" in found.taken[port] or "pytest" in found.taken[port]
    assert running.taken == {}
    assert found.docker is None
    assert found.clock_off_s is None
    assert found.free_bytes > 0


def test_a_battery_is_told(tmp_path):
    assert host._battery(tmp_path / "none") == ""
    (tmp_path / "BAT0").mkdir()
    assert host._battery(tmp_path) == "it has a battery, BAT0"


# ------------------------------------------------------------------ the game


class Running:
    """A stack that runs, as far as the game goes."""

    mode = Mode.EMBEDDED

    def __init__(self, port=0, state="running"):
        self.port, self.state = port, state

    def parts(self):
        return [Part("server", self.state), Part("caddy", "running")]

    def door(self):
        if not self.port:
            raise Problem("It does not run.")
        return Door(8443, 8080, self.port, "pem")


@pytest.fixture
async def private(monkeypatch):
    """The private page of a server: answers by path, to be changed."""
    answers = {"/healthz": (200, "{}"), "/metrics": (200, "lanternhold_store_failed 0.0\n")}

    async def answer(request):
        status, text = answers[request.path]
        return web.Response(status=status, text=text)

    app = web.Application()
    app.router.add_get("/{path}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    monkeypatch.setattr(front, "status", lambda _: {"protocol": "lanternhold.1"})
    answers["port"] = site._server.sockets[0].getsockname()[1]
    yield answers
    await runner.cleanup()


async def test_a_game_that_runs(clone, private):
    found, where = await game.look(clone, Running(private["port"]))
    assert (found.runs, found.healthy, found.store_failed) == (True, True, False)
    assert (found.protocol, where.https_port) == ("lanternhold.1", 8443)


async def test_a_tick_that_is_stuck_and_a_disk_that_is_full(clone, private):
    private["/healthz"] = (503, '{"state": "stuck", "tick_age_seconds": 12.5}')
    private["/metrics"] = (200, "x 1\nlanternhold_store_failed 1.0\n")
    found, _ = await game.look(clone, Running(private["port"]))
    assert found.healthy is False
    assert found.health_why == "stuck, its last tick was 12.5 s ago"
    assert found.store_failed is True


async def test_a_game_that_does_not_run_leaves_its_last_words(clone):
    (clone.logs / "server.log").write_text("first\nno space left\n")
    found, where = await game.look(clone, Running(state="stopped"))
    assert where is None
    assert (found.runs, found.last_words) == (False, "no space left")
    assert (await game.look(clone, None))[0].parts == {}


async def test_an_end_that_was_asked_for_has_no_last_words(clone):
    line = (
        '{"part": "app", "event": "stopped", "level": "info", "timestamp": "2030-01-01T00:00:00"}'
    )
    (clone.logs / "server.log").write_text(f"first\n{line}\n")
    found, _ = await game.look(clone, Running(state="stopped"))
    assert found.last_words == ""
    worse = line.replace("stopped", "no space left").replace("info", "error")
    (clone.logs / "server.log").write_text(f"{worse}\n")
    found, _ = await game.look(clone, Running(state="stopped"))
    assert found.last_words == "ERROR: no space left"


@pytest.mark.parametrize(
    ("answers", "heard"),
    [
        ([], 0),
        ([Opinion("router", "10.0.0.2", why="private")], 0),
        ([Opinion("page", "192.0.1.2"), Opinion("other", why="no answer")], 1),
    ],
)
async def test_whether_anybody_outside_answered_at_all(clone, monkeypatch, answers, heard):
    async def find(family, *_, **__):
        return judge(family, answers)

    async def asked(*_):
        return router.NOT_ASKED

    monkeypatch.setattr(everything, "find", find)
    monkeypatch.setattr(router, "look", asked)
    wanted = everything._wanted(clone, chosen(clone), None, 0)
    _, public = await everything._router_and_address(chosen(clone), facts.Lan(), wanted)
    assert public.heard == heard


def test_who_opens_the_routers_ports_by_hand_has_told_setup(clone):
    assert not everything._wanted(clone, chosen(clone), None, 0).by_hand
    Journal.of(clone).write(Answers(router=False))
    assert everything._wanted(clone, chosen(clone), None, 0).by_hand


# ------------------------------------------------------------------ names and the ledger


def test_an_updater_that_waits_for_a_person_is_seen(clone):
    folder = clone.state / "ddns"
    folder.mkdir()
    assert names._parked(clone, "play.example.org") == ""
    parked = Memory(sort="parked", word="badauth", sentence="the password is wrong")
    (folder / "play.example.org.A.json").write_bytes(msgspec.json.encode(parked))
    (folder / "other.example.org.A.json").write_bytes(b"broken")
    assert names._parked(clone, "play.example.org") == "the password is wrong"
    assert names._parked(clone, "other.example.org") == ""


async def test_without_a_domain_nobody_is_asked(clone):
    found = await names.look(clone, "")
    assert (found.a.zone, found.aaaa.zone) == ((), ())


def test_what_the_ledger_holds(clone):
    ledger = Ledger.of(clone)
    assert everything._wanted(clone, chosen(clone), None, 0).outside is False
    mapping = {"external": 443, "internal": 8443, "client": "192.168.1.10"}
    ledger.put(entry("port-mapping", ip=4, **mapping))
    ledger.put(entry("port-mapping", ip=6, **mapping))
    ledger.put(entry("dns-record", hostname="play.example.org", provider="desec"))
    found = everything._wanted(clone, chosen(clone), Mode.DOCKER, 9443)
    assert found.mappings == {443: ("192.168.1.10", 8443)}
    assert (found.outside, found.mode, found.https_port) == (True, "docker", 9443)
    assert names._provider(clone, "play.example.org") == "desec"
    assert names._provider(clone, "else.example.org") == ""


async def test_a_device_that_answers_like_nobody_thought_costs_one_answer_and_no_traceback(caplog):
    async def odd():
        raise ZeroDivisionError

    async def good():
        return "seen"

    caplog.set_level("DEBUG")

    assert await everything._within(odd(), "not seen") == "not seen"
    assert await everything._within(good(), "not seen") == "seen"
    assert "a look at the world failed" in caplog.text


async def test_a_zone_that_answers_like_nobody_thought_leaves_the_rest_told(clone, monkeypatch):
    async def odd(*_):
        raise ZeroDivisionError

    async def seen(*_, **__):
        return None

    async def no_door(*_):
        return facts.Door()

    monkeypatch.setattr(names, "look", odd)
    monkeypatch.setattr(router, "lan", lambda: facts.Lan("", "", "", ""))
    monkeypatch.setattr(firewall, "look", lambda *_: everything.NO_WALL)
    monkeypatch.setattr(host, "look", seen)
    monkeypatch.setattr(everything.door, "look", no_door)
    wanted = chosen(clone, LANTERNHOLD_DOMAIN="play.example.org")
    found = await everything.gather(clone, wanted, None)
    assert (found.names.a.zone, found.names.aaaa.seen) == (None, None)
    assert found.names.a.why
    assert found.wanted.domain == "play.example.org"


def test_friends_come_by_the_port_that_we_mapped(clone):
    ledger = Ledger.of(clone)
    ledger.put(entry("port-mapping", ip=6, external=8443, internal=8443, client="3ffe::10"))
    assert everything._wanted(clone, chosen(clone), None, 0).public_port == 443
    mine = {"ip": 4, "internal": 8443, "client": "192.168.1.10"}
    ledger.put(entry("port-mapping", external=50443, **mine))
    assert everything._wanted(clone, chosen(clone), None, 0).public_port == 50443
    assert everything._wanted(clone, chosen(clone), None, 9443).public_port == 443


async def test_the_routers_table_is_asked_for_the_ports_that_count(clone, monkeypatch):
    asked = []

    async def survey(_, ports):
        asked.extend(ports)
        return Survey(NETWORK)

    async def access():
        return None

    monkeypatch.setattr(router, "survey", survey)
    await router.look(access, (8443, 80))
    assert asked == [8443, 80]


def test_an_updater_with_another_token_than_the_one_refused_waits_for_nobody(clone):
    target = Target("desec", "play.example.org")
    Ledger.of(clone).put(entry("dns-record", **target.as_json()))
    notebook, path = Notebook.of(clone, target), secret.path_for(clone, target)
    for token, said in (("old", "wrong"), ("new", "")):
        secret.keep(path, Secret(token))
        if token == "old":
            memory = notebook.current(target, Secret(token))
            notebook.write(msgspec.structs.replace(memory, sort="parked", sentence="wrong"))
        assert names._parked(clone, "play.example.org") == said


def test_the_remedy_for_a_parked_updater_is_the_one_that_works():
    parked = facts.Names(parked="the token is wrong")
    assert "--unpark" in dns.parked(replace(facts.Facts(), names=parked)).remedy
