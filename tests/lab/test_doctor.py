"""The fault matrix: worlds with one fault each, made by the lab and unknown to doctor.

In each, the root verdict must be that fault, and no other check may fail. Before and after, in the
healthy world, nothing may: so each verdict is also seen not to be given where it must not be.
"""

import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deploy.clone import Clone
from deploy.ddns.secret import path_for
from deploy.ddns.target import Target
from deploy.ledger import Ledger
from support.compose import clean_environment
from support.lab import Lab, plan
from support.lab.living import await_certificate, living
from support.source import ROOT

SOURCES = f"https://echo.inet.test/,stun:echo2.inet.test,dns:whoami.inet.test@{plan.ECHO}"
ASK = """import sys, dns.resolver
resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers = ["127.0.0.53"]
print(resolver.resolve(sys.argv[1], "A")[0])"""
COMMAND = re.compile(
    r"(?:\./lanternhold|\band) ((?:up|down|(?:ports|firewall|ddns) [a-z]+)(?: --[a-z]+)*)"
)
HERE = Path(__file__).parent

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


class Patient:
    """A running clone in a lab, and the doctor beside it.

    While the doctor is there the ledger is locked, as by an open command: the keeper would mend
    what a test breaks, sooner or later than the doctor looks. Only `run` lets go of it.
    """

    def __init__(self, lab, home):
        self.lab, self.home = lab, home
        self._ledger = Ledger.of(Clone(home.folder))
        self._held = contextlib.ExitStack()
        home.set(
            LANTERNHOLD_DEPLOY_ADDRESS_SOURCES=SOURCES,
            LANTERNHOLD_DEPLOY_DDNS_PROVIDER="rfc2136",
            LANTERNHOLD_DEPLOY_DDNS_USER=plan.DDNS_KEY_NAME,
            LANTERNHOLD_DEPLOY_DDNS_SERVER=plan.DNS,
            SSL_CERT_FILE=lab.acme_api_root,
        )
        self._doctor = None

    @contextlib.contextmanager
    def attended(self):
        script = [sys.executable, "-P", HERE / "attendant.py", self.home.folder]
        self._doctor = subprocess.Popen(
            self.lab.command("home", script),
            cwd=self.home.folder,
            env=self.home.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            self._held.enter_context(self._ledger.locked())
            yield self
        finally:
            self._held.close()
            with contextlib.suppress(BrokenPipeError):
                self._doctor.stdin.close()
            self._doctor.wait(10)
            self._doctor.stdout.close()
            self._doctor.stderr.close()

    @property
    def pid(self):
        """The doctor's process."""
        return self._doctor.pid

    def run(self, *words, said=None, check=True):
        """`./lanternhold WORDS` at home; doctor's remedies are carried out by this."""
        self._held.close()
        try:
            return self.lab.exec(
                "home",
                [sys.executable, "-P", "-m", "deploy", *words],
                env=self.home.environment,
                cwd=self.home.folder,
                said=said,
                check=check,
            )
        finally:
            if self._doctor:
                self._held.enter_context(self._ledger.locked())

    def probe(self, host="friend"):
        """What a friend's `probe` prints."""
        env = clean_environment(PYTHONPATH=ROOT, SSL_CERT_FILE=self.lab.acme_root())
        words = [sys.executable, "-m", "client.probe", "--invite", "-", "--json"]
        done = self.lab.exec(
            host, words, env=env, cwd=ROOT, said=self.home.invite().link(), check=False
        )
        return json.loads(done.stdout)

    def doctor(self, outside=None):
        """What doctor says now."""
        asked = {"environment": self.home.environment, "outside": outside}
        asked["environment"] = {k: str(v) for k, v in asked["environment"].items()}
        self._doctor.stdin.write(json.dumps(asked) + "\n")
        self._doctor.stdin.flush()
        line = self._doctor.stdout.readline()
        if not line:
            raise AssertionError(self._doctor.stderr.read())
        return Said(json.loads(line))

    def obey(self, said):
        """Do what the host is told to do here: the commands of the root fault's remedy, in order.

        What it asks of the router or of somebody else, the test does by hand before.
        """
        remedy = said[said.verdict]["remedy"]
        setting = re.search(r"(LANTERNHOLD_[A-Z_]+)=(\w+) in \.env", remedy)
        if setting:
            self.home.set(**{setting[1]: setting[2]})
        commands = COMMAND.findall(remedy)
        assert commands, remedy
        for words in map(str.split, commands):
            if words == ["up"]:
                self.home.up()
            elif words == ["down"]:
                self.home.down()
            else:  # this house has chosen IPv4; a friend by IPv6 would get around what is blocked
                self.run(*words, "--yes", *(["--no-ipv6"] if words[0] == "ports" else []))


class Said:
    """A diagnosis."""

    def __init__(self, answer):
        self.verdict = answer["verdict"]
        self.checks = {check["id"]: check for check in answer["checks"]}

    def of(self, status):
        return [id_ for id_, check in self.checks.items() if check["status"] == status]

    def must_be(self, verdict, *beside):
        """That verdict, and no other check red but warnings that belong to this world."""
        shown = json.dumps([c for c in self.checks.values() if c["status"] in {"fail", "warn"}])
        assert self.verdict == verdict, shown
        red = self.of("fail") + self.of("warn")
        assert red == ([] if verdict == "ok" else [verdict, *beside]), shown

    def __getitem__(self, id_):
        return self.checks[id_]


@pytest.fixture(scope="module")
def patient(tmp_path_factory):
    """A healthy world: mapped, named, signed, and running."""
    with Lab() as lab, living(lab, tmp_path_factory.mktemp("home") / "clone") as home:
        patient = Patient(lab, home)
        lab.dns(lab.public)
        home.use_lab_authority()
        home.set(LANTERNHOLD_ACME_CHALLENGE="http")  # so that the authority tells nothing of 443
        patient.run("ports", "open", "--yes", "--no-ipv6")
        patient.run("ddns", "update", "--yes", "--token-stdin", said=plan.DDNS_KEY)
        home.up()
        await_certificate(lab, 15)
        with patient.attended():
            yield patient


@pytest.fixture
def healed(patient):
    """The world is healthy again afterwards, and doctor sees it."""
    yield patient
    if patient.lab.home != plan.HOME:  # a test that failed half way is not to take others along
        patient.lab.move_home(plan.HOME)
        patient.run("ports", "open", "--yes", "--no-ipv6")
    patient.doctor().must_be("ok")


# ------------------------------------------------------------------ nothing is wrong


def test_in_a_healthy_world_all_is_well_and_a_friend_proves_it(patient):
    said = patient.doctor(patient.probe())
    said.must_be("ok")
    assert said["friend-can-join"]["status"] == "ok"
    assert said["isp-blocks-443"]["status"] == "ok"


def test_without_anybody_outside_nothing_is_claimed(patient):
    said = patient.doctor()
    said.must_be("ok")
    assert said["friend-can-join"]["status"] == "unknown"
    assert "Could not confirm" in said["friend-can-join"]["evidence"]


def test_a_friend_on_the_sofa_proves_nothing_about_the_outside(patient):
    seen = patient.probe("lanpc")
    assert seen["ok"]
    said = patient.doctor(seen)
    said.must_be("ok")
    assert said["friend-can-join"]["status"] != "ok"


def test_a_router_without_hairpin_is_no_fault_and_never_a_closed_port(patient):
    said = patient.doctor()
    said.must_be("ok")
    assert said["hairpin-missing"]["status"] == "info"
    patient.lab.hairpin(on=True)
    try:
        said = patient.doctor()
    finally:
        patient.lab.hairpin(on=False)
    said.must_be("ok")
    assert said["hairpin-missing"]["status"] == "ok"


def test_the_command_itself_with_a_prober_elsewhere_and_a_report_to_show(patient, tmp_path):
    lab = patient.lab
    env = ["env", f"SSL_CERT_FILE={lab.acme_root()}", f"PYTHONPATH={ROOT}"]
    words = [*env, sys.executable, "-m", "client.probe", "--invite", "-", "--json"]
    patient.home.set(LANTERNHOLD_DEPLOY_PROBER=shlex.join(lab.command("friend", words)))
    report = tmp_path / "report.json"
    done = patient.run("doctor", "--json", "--report", report)
    patient.home.set(LANTERNHOLD_DEPLOY_PROBER=None)
    said = Said(json.loads(done.stdout))
    said.must_be("ok")
    assert said["friend-can-join"]["evidence"] == "A friend outside has joined and played."
    shown = report.read_text()
    invite = patient.home.invite()
    for secret in (invite.secret, invite.link(), plan.DDNS_KEY, lab.public, plan.HOME, plan.NAME):
        assert secret not in shown


# ------------------------------------------------------------------ router and home network


def test_a_router_that_forgot(healed):
    healed.lab.lose_leases()
    said = healed.doctor()
    said.must_be("mapping-lost")
    healed.obey(said)


def test_a_port_that_was_never_opened(healed):
    healed.run("ports", "close", "--yes")
    said = healed.doctor()
    said.must_be("mapping-missing")
    healed.obey(said)


def test_another_computer_has_the_port(healed):
    healed.lab.lose_leases()
    healed.lab.hold_port(443)
    said = healed.doctor()
    said.must_be("mapping-conflict")
    assert plan.LANPC in said["mapping-conflict"]["evidence"]
    assert f"Free port 443 on {plan.LANPC}" in said["mapping-conflict"]["remedy"]
    healed.lab.exec("lanpc", ["upnpc", "-d", 443, "TCP"])
    healed.obey(said)


def test_another_address_from_dhcp(healed):
    healed.lab.move_home("192.168.1.77")
    said = healed.doctor()
    healed.lab.move_home(plan.HOME)  # the reservation that doctor advises
    said.must_be("local-ip-changed")
    assert "192.168.1.77" in said["local-ip-changed"]["evidence"]
    assert plan.HOME in said["local-ip-changed"]["remedy"]


def test_a_router_that_forgot_and_another_address_at_once_is_mended_by_one_command(healed):
    healed.lab.move_home("192.168.1.77")
    healed.lab.lose_leases()
    said = healed.doctor()
    said.must_be("local-ip-changed")
    healed.obey(said)
    healed.doctor().must_be("ok")
    healed.lab.move_home(plan.HOME)
    healed.lab.lose_leases()
    healed.run("ports", "open", "--yes", "--no-ipv6")


def test_a_mapping_to_a_port_where_nobody_listens(healed):
    healed.run("ports", "close", "--yes")
    lease = ["upnpc", "-e", "x", "-a", plan.HOME, 9999, 443, "TCP", 600]
    healed.lab.exec("home", lease)
    said = healed.doctor()
    said.must_be("mapping-wrong-port")
    assert "delete it at" in said["mapping-wrong-port"]["remedy"]
    healed.lab.exec("home", ["upnpc", "-d", 443, "TCP"])  # as the router's page does it
    healed.obey(said)


def test_a_cable_that_is_out(patient):
    patient.lab.unplug("home")
    patient.doctor().must_be("no-network")
    patient.lab.plug("home")


def test_a_vpn_takes_the_traffic(patient):
    # The two halves of the internet, as wg-quick and OpenVPN do it.
    made = "tuntap add wg0 mode tun\nlink set wg0 up"
    made += "\nroute add 0.0.0.0/1 dev wg0\nroute add 128.0.0.0/1 dev wg0"
    for line in made.splitlines():
        patient.lab.exec("home", ["ip", *line.split()])
    said = patient.doctor()
    patient.lab.exec("home", ["ip", "link", "del", "wg0"])
    said.must_be("vpn")


def test_the_provider_blocks_443(patient):
    patient.lab.block(443)
    seen = patient.probe()
    said, unaware = patient.doctor(seen), patient.doctor()
    patient.lab.block()
    said.must_be("isp-blocks-443")
    unaware.must_be("ok")  # what nobody has seen is not claimed
    assert unaware["isp-blocks-443"]["status"] == "unknown"


# ------------------------------------------------------------------ DNS


def test_the_zone_says_an_old_address(healed):
    healed.lab.dns("192.0.1.77")
    said = healed.doctor()
    said.must_be("dns-stale")
    assert "192.0.1.77" in said["dns-stale"]["evidence"]
    healed.obey(said)


def test_the_public_address_has_changed(healed):
    for address in "BA":
        healed.lab.change_address(address)
        said = healed.doctor()
        said.must_be("dns-stale")
        healed.obey(said)
        healed.doctor().must_be("ok")


def test_the_name_has_no_address(healed):
    healed.lab.dns(None)
    said = healed.doctor()
    said.must_be("dns-no-record")
    healed.obey(said)


def test_a_name_that_is_an_alias_of_one_that_leads_here_is_fine(patient):
    lab = patient.lab
    lab.dns(None)
    lab.dns(f"anna.{plan.ZONE}.", kind="CNAME")
    lab.dns(lab.public, name="anna")
    try:
        patient.doctor().must_be("ok")
    finally:
        lab.dns(None, kind="CNAME")
        lab.dns(None, name="anna")
        lab.dns(lab.public)


@pytest.mark.parametrize("state", ["down", "servfail"])
def test_the_zones_servers_are_out_of_order(patient, state):
    # The addresses are asked by number: with the lab's one name server all names are gone.
    by_number = f"https://{plan.ECHO}/,stun:{plan.ECHO_2},dns:whoami.inet.test@{plan.ECHO}"
    patient.home.set(LANTERNHOLD_DEPLOY_ADDRESS_SOURCES=by_number)
    patient.lab.dns_state(state)
    said = patient.doctor()
    patient.lab.dns_state("up")
    patient.home.set(LANTERNHOLD_DEPLOY_ADDRESS_SOURCES=SOURCES)
    # The lab's authority is a name of the same server, and its own root is what else is asked.
    said.must_be("dns-servers-down", *(["acme-down"] if state == "down" else []))


def test_an_aaaa_record_that_leads_nowhere(patient):
    patient.lab.dns("3ffe:1:1::99", kind="AAAA")
    said = patient.doctor()
    patient.lab.dns(None, kind="AAAA")
    said.must_be("dns-aaaa-wrong")


def test_an_aaaa_record_that_is_ours_is_fine(patient):
    patient.lab.dns(plan.HOME6, kind="AAAA")
    said = patient.doctor()
    patient.lab.dns(None, kind="AAAA")
    said.must_be("ok")


def test_the_zone_is_right_and_a_cache_is_old(patient):
    lab = patient.lab
    file = lab.spaces.config("home") / "resolv.conf"
    before = file.read_text()
    lab.dns("192.0.1.77", ttl_s=60)
    cache = ["dnsmasq", "-k", "-u", "root", "-C", "/dev/null", "-S", plan.DNS, "-R", "-h"]
    lab.start("cache", "home", [*cache, "-p", 53, "-a", "127.0.0.53", "-z"])
    lab.daemons.wait_tcp("cache", "home", "127.0.0.53", 53)
    lab.exec("home", [sys.executable, "-c", ASK, plan.NAME])
    lab.dns(lab.public)
    file.write_text("nameserver 127.0.0.53\n")
    said = patient.doctor()
    file.write_text(before)
    lab.stop("cache")
    said.must_be("dns-cache-old")
    assert " s more" in said["dns-cache-old"]["evidence"]


def test_an_updater_that_was_refused(healed):
    key = path_for(Clone(healed.home.folder), Target("rfc2136", plan.NAME))
    right = key.read_text()
    key.write_text("V1JPTkdXUk9OR1dST05HV1JPTkdXUk9OR1dST05HISE=")
    healed.lab.dns("192.0.1.77")
    healed.run("ddns", "update", "--yes", check=False)
    said = healed.doctor()
    said.must_be("ddns-parked")
    assert said["dns-stale"]["because"] == "ddns-parked"
    key.write_text(right)
    healed.obey(said)


# ------------------------------------------------------------------ this computer


def test_a_firewall_that_keeps_players_out(healed):
    healed.lab.exec("home", ["ufw", "--force", "enable"])
    try:
        said = healed.doctor()
        said.must_be("firewall-blocks")
        healed.obey(said)
        healed.doctor().must_be("ok")
    finally:
        healed.lab.exec("home", ["ufw", "disable"])


def test_prometheus_for_everybody(patient):
    patient.lab.start("prometheus", "home", [sys.executable, "-m", "http.server", "9090"])
    patient.lab.daemons.wait_tcp("prometheus", "home", plan.HOME, 9090)
    said = patient.doctor()
    patient.lab.stop("prometheus")
    said.must_be("exposed")
    assert "9090" in said["exposed"]["evidence"]


def test_a_disk_without_room(patient):
    data = patient.home.folder / ".lanternhold" / "data"
    there = ["nsenter", "--mount", "--target", str(patient.pid)]  # the doctor's own view of disks
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", data]
    subprocess.run([*there, *mount], check=True)
    said = patient.doctor()
    subprocess.run([*there, "umount", data], check=True)
    said.must_be("disk-full")


def test_a_clock_that_is_wrong(patient):
    """The time is a matter of comparison: here the world is ten minutes behind."""
    behind = (
        "import http.server as h, time;"
        "H = h.SimpleHTTPRequestHandler; H.do_HEAD = H.do_GET = lambda s:"
        " (s.send_response(200), s.end_headers());"
        "H.date_time_string = lambda s, t=None:"
        " __import__('email.utils').utils.formatdate(time.time() - 600, usegmt=True);"
        "h.HTTPServer(('192.0.1.99', 8123), H).serve_forever()"
    )
    patient.lab.start("behind", "inet", [sys.executable, "-c", behind])
    patient.lab.daemons.wait_tcp("behind", "home", plan.ECHO, 8123)
    sources = f"http://{plan.ECHO}:8123/,http://{plan.ECHO}:8123/2,{SOURCES}"
    patient.home.set(LANTERNHOLD_DEPLOY_ADDRESS_SOURCES=sources)
    said = patient.doctor()
    patient.home.set(LANTERNHOLD_DEPLOY_ADDRESS_SOURCES=SOURCES)
    patient.lab.stop("behind")
    said.must_be("clock-skew")
    assert "10 min ahead" in said["clock-skew"]["evidence"]


def test_a_world_that_stands_still(healed):
    os.kill(_process(healed, "server"), signal.SIGSTOP)
    said = healed.doctor()
    said.must_be("tick-stuck")
    healed.obey(said)


def _process(patient, name):
    record = patient.home.folder / ".lanternhold" / "run" / "supervisor.json"
    return json.loads(record.read_text())["children"][name]["process"]["pid"]


def test_a_server_that_does_not_run_and_then_a_stranger_on_its_port(healed):
    healed.home.down()
    said = healed.doctor()
    said.must_be("server-not-running")
    healed.obey(said)
    healed.doctor().must_be("ok")
    healed.home.down()
    healed.lab.start("stranger", "home", [sys.executable, "-m", "http.server", "8443"])
    healed.lab.daemons.wait_tcp("stranger", "home", plan.HOME, 8443)
    said = healed.doctor()
    said.must_be("port-in-use")
    assert "python" in said["port-in-use"]["evidence"]
    healed.lab.stop("stranger")  # "stop that program"
    healed.obey(said)


@pytest.mark.parametrize(
    ("verdict", "changed"),
    [
        ("docker-missing", {"PATH": "/nowhere"}),
        ("docker-down", {"DOCKER_HOST": "unix:///nowhere/docker.sock"}),
    ],
)
def test_docker_mode_without_docker(patient, verdict, changed):
    if verdict != "docker-missing" and not shutil.which("docker"):
        pytest.skip("there is no docker command: scripts/test --install brings it")
    mode = patient.home.folder / ".lanternhold" / "mode"
    before = mode.read_text()
    mode.write_text("docker\n")
    usual = {key: patient.home.environment.get(key) for key in changed}
    patient.home.set(**changed)
    said = patient.doctor()
    patient.home.set(**usual)
    mode.write_text(before)
    said.must_be(verdict)
    assert said["server-not-running"]["because"] == verdict


# ------------------------------------------------------------------ certificates


def test_an_authority_that_is_down_takes_nothing_away(patient):
    patient.lab.acme("down")
    said = patient.doctor()
    patient.lab.acme("up")
    said.must_be("acme-down")
    assert said["acme-down"]["status"] == "warn"


def _without_certificate(patient, **settings):
    """Start it anew as if it had never had a public certificate."""
    patient.home.down()
    caddy = patient.home.folder / ".lanternhold" / "caddy" / "caddy"
    for store in (caddy / "certificates").glob("acme*"):
        shutil.rmtree(store)
    (patient.home.folder / ".lanternhold" / "logs" / "caddy.log").unlink()
    patient.home.set(**settings)
    patient.home.up()


def _until_caddy_says(patient, word, timeout_s=25):
    log = patient.home.folder / ".lanternhold" / "logs" / "caddy.log"
    deadline_s = time.monotonic() + timeout_s
    while word not in log.read_text():
        assert time.monotonic() < deadline_s, log.read_text()
        time.sleep(0.1)  # another program's doing: there is nothing to wait on


def test_an_authority_that_has_had_enough_and_then_goes_away(healed):
    healed.lab.acme("limiting")
    _without_certificate(healed)
    _until_caddy_says(healed, "will retry")
    said = healed.doctor()
    said.must_be("certificate-rate-limited")
    assert "Caddy tries again in" in said["certificate-rate-limited"]["evidence"]
    healed.lab.acme("down")
    said = healed.doctor()
    healed.lab.acme("up")
    said.must_be("acme-down")
    assert said["acme-down"]["status"] == "fail"
    _without_certificate(healed)
    await_certificate(healed.lab, 15)


def test_the_provider_blocks_80_and_443_proves_the_name_instead(healed):
    """The authority's own error text is the look from outside."""
    healed.lab.block(80)
    _without_certificate(healed)
    _until_caddy_says(healed, "challenge failed")
    said = healed.doctor()
    said.must_be("isp-blocks-80")
    healed.obey(said)
    await_certificate(healed.lab, 15)
    healed.doctor().must_be("ok")
    healed.lab.block()
    healed.home.set(LANTERNHOLD_ACME_CHALLENGE="http")


# ------------------------------------------------------------------ other houses


def house(options, tmp_path, verdict, **settings):
    """One look at a house of another kind."""
    with Lab(**options) as lab, living(lab, tmp_path / "clone", **settings) as home:
        patient = Patient(lab, home)
        lab.dns(plan.PUBLIC["A"])
        home.set(LANTERNHOLD_DOMAIN=plan.NAME, LANTERNHOLD_ACME_CA=plan.ACME_DIRECTORY)
        home.set(LANTERNHOLD_ACME_CA_ROOT=lab.acme_api_root)
        home.up()
        with patient.attended():
            said = patient.doctor()
    said.must_be(verdict)
    return said


@pytest.mark.parametrize(
    ("options", "verdict"),
    [
        ({"cgnat": True}, "cgnat"),
        ({"double_nat": True}, "double-nat"),
        ({"double_nat": True, "claims_public": False}, "double-nat"),
        ({"igd": "none", "natpmp": False, "pcp": False}, "router-no-upnp"),
    ],
    ids=["cgnat", "double-nat-told", "double-nat", "no-upnp"],
)
def test_houses_where_nobody_can_be_let_in(options, verdict, tmp_path):
    said = house(options, tmp_path, verdict)
    assert said["mapping-missing"]["status"] == "skipped"
    assert said["certificate-pending"]["because"] == verdict
