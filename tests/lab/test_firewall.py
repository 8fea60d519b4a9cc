"""Real ufw and real firewalld at home, watched from another computer of the house.

Nothing here touches this machine's own firewall: the lab's home has a network namespace and copies
of the files in /etc of its own.
"""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deploy.clone import Clone
from deploy.firewall import exposure, sockets
from deploy.firewall.exposure import Reach
from deploy.firewall.trial import Trial
from deploy.settings import load
from support.lab.living import LabHome
from support.lab.spaces import is_alive

DOOR = (8443, 8080)
SSH = 22
PRIVATE = 9090
PATIENCE_S = 15

LISTEN = """
import selectors, socket, sys
ready = selectors.DefaultSelector()
for port in sys.argv[1:]:
    ready.register(socket.create_server(("", int(port))), selectors.EVENT_READ, True)
print("listening", flush=True)
while True:
    for key, _ in ready.select():
        if key.data:
            ready.register(key.fileobj.accept()[0], selectors.EVENT_READ, False)
        elif said := key.fileobj.recv(100):
            key.fileobj.send(said)
        else:
            ready.unregister(key.fileobj)
            key.fileobj.close()
"""
BUS = """<busconfig><type>system</type><listen>unix:path=%s</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/>
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/></policy></busconfig>"""

pytestmark = [
    pytest.mark.parametrize("shared_lab", [{"acme": False, "igd": "none"}], indirect=True),
    pytest.mark.xdist_group("firewall"),
]


class House:
    """A clone at home with its listeners, and what others meet there."""

    def __init__(self, lab, folder):
        self.lab = lab
        self.home = LabHome(lab, folder)
        self.state = folder / ".lanternhold"
        self.trial = Trial(self.state / "run" / "firewall")

    def command(self, *words):
        return [*self.home.lead, sys.executable, "-P", "-m", "deploy", "firewall", *words]

    def run(self, *words, code=0):
        """`./lanternhold firewall WORDS`: its standard output, and all that it said."""
        done = subprocess.run(
            self.command(*words),
            cwd=self.home.folder,
            env=self.home.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout, done.stdout + done.stderr

    def start(self, *words):
        """The same, going on; in a process group of its own."""
        return subprocess.Popen(
            self.command(*words),
            cwd=self.home.folder,
            env=self.home.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def reach(self, port):
        """What a connection from the other computer of the house meets."""
        return self.lab.reach(port, self.lab.home, by="lanpc", timeout_s=0.4)

    def are_open(self):
        return [port for port in DOOR if self.reach(port) == "open"]

    def await_(self, what):
        deadline_s = time.monotonic() + PATIENCE_S
        while not what():
            assert time.monotonic() < deadline_s, "waited in vain"
            time.sleep(0.05)  # for another process: there is nothing else to wait on

    def log_in(self):
        """A connection to the port of SSH, as from a person who sits elsewhere."""
        with self.lab.inside("lanpc"):
            line = socket.create_connection((self.lab.home, SSH), 2)
        line.settimeout(2)
        peer, port = line.getsockname()
        self.home.set(SSH_CONNECTION=f"{peer} {port} {self.lab.home} {SSH}")
        return line


def says(line):
    """Whether a connection still carries words both ways."""
    line.sendall(b"still there")
    return line.recv(100) == b"still there"


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    return tmp_path_factory.mktemp("clone")


@pytest.fixture(scope="module")
def built(shared_lab, clone):
    house = House(shared_lab, clone)
    listen = [sys.executable, "-c", LISTEN, *DOOR, SSH, PRIVATE]
    shared_lab.start("listeners", "home", listen)
    house.await_(lambda: "listening" in shared_lab.log("listeners"))
    return house


@pytest.fixture
def house(built):
    """Each test starts without a memory; its firewall is its own to begin and end."""
    built.home.set(SSH_CONNECTION=None)
    yield built
    shutil.rmtree(built.state, ignore_errors=True)


# ------------------------------------------------------------------ ufw


@pytest.fixture(scope="module")
def walled(built):
    """The rules of a cautious person: all closed but SSH."""
    if not shutil.which("ufw"):
        pytest.skip("there is no ufw: scripts/test --install brings it")
    files = Path(built.lab.spaces.config("home"), "ufw")
    names = [path for path in sorted(files.glob("*.*")) if path.is_file()]
    built.ufw = lambda *words: built.lab.exec("home", ["ufw", *words]).stdout
    built.bytes = lambda: {path.name: path.read_bytes() for path in names}
    built.fresh = built.bytes()
    built.files = files
    built.ufw("allow", "22/tcp")
    built.ufw("--force", "enable")
    return built


@pytest.fixture
def ufw(house, walled):
    """Each test leaves it as it found it."""
    before = walled.bytes()
    yield house
    assert walled.bytes() == before


def chains(house):
    return house.lab.exec("home", ["iptables", "-S"]).stdout


def test_ufw_is_opened_proven_from_outside_and_undone_to_the_byte(ufw):
    before = (ufw.bytes(), ufw.ufw("status", "verbose"), chains(ufw))
    assert ufw.are_open() == []
    assert ufw.reach(DOOR[0]) == "silent"
    planned = json.loads(ufw.run("plan", "--json")[0])
    assert planned["diff"] == [f"+ ufw allow {port}/tcp comment Lanternhold" for port in DOOR]
    assert (ufw.bytes(), ufw.ufw("status", "verbose"), chains(ufw)) == before
    ufw.run("apply", "--yes")
    assert ufw.are_open() == list(DOOR)
    assert ufw.reach(PRIVATE) == "silent"
    kept = ufw.bytes()
    assert "Nothing to do" in ufw.run("apply", "--yes")[0]
    assert ufw.bytes() == kept
    ufw.run("undo", "--yes")
    assert ufw.are_open() == []
    assert (ufw.bytes(), ufw.ufw("status", "verbose"), chains(ufw)) == before
    assert not (ufw.state / "ledger" / "ledger.json").exists()


def test_ufw_is_taken_back_unless_confirmed(ufw):
    before = ufw.bytes()
    trying = ufw.start("apply", "--yes", "--confirm-within", "2")
    ufw.await_(lambda: ufw.are_open() == list(DOOR))
    assert trying.wait(PATIENCE_S) == 1
    assert "not confirmed" in trying.communicate()[0]
    assert (ufw.bytes(), ufw.are_open()) == (before, [])
    assert not (ufw.state / "ledger" / "ledger.json").exists()


def test_a_confirmation_from_another_session_keeps_it(ufw):
    trying = ufw.start("apply", "--yes", "--confirm-within", "30")
    ufw.await_(lambda: ufw.trial.standing and ufw.trial.standing.phase == "changed")
    ufw.run("confirm")
    assert trying.wait(PATIENCE_S) == 0, trying.communicate()[0]
    trying.communicate()
    assert ufw.are_open() == list(DOOR)
    ufw.ufw("allow", "5000/tcp")
    ufw.run("undo", "--yes")
    left = ufw.ufw("status")
    assert "5000/tcp" in left  # what the host made since stays
    assert "Lanternhold" not in left
    ufw.ufw("delete", "allow", "5000/tcp")


@pytest.mark.parametrize("phase", ["armed", "changed"])
def test_the_command_killed_at_any_moment_leaves_nothing(ufw, phase):
    before = (ufw.bytes(), chains(ufw))
    trying = ufw.start("apply", "--yes", "--confirm-within", "600")
    ufw.await_(lambda: ufw.trial.standing and ufw.trial.standing.phase == phase)
    guard = ufw.trial.standing.guard
    os.killpg(trying.pid, signal.SIGKILL)
    trying.communicate()
    ufw.await_(lambda: ufw.trial.standing.phase == "back")
    ufw.await_(lambda: not guard.is_alive)
    assert (ufw.bytes(), chains(ufw), ufw.are_open()) == (*before, [])
    if phase == "changed":
        assert "applying" in (ufw.state / "ledger" / "ledger.json").read_text()
        ufw.run("apply", "--yes")  # this resumes
        assert ufw.are_open() == list(DOOR)
        ufw.run("undo", "--yes")
        assert (ufw.bytes(), chains(ufw)) == before


def test_ctrl_c_takes_it_back_at_once(ufw):
    before = (ufw.bytes(), chains(ufw))
    trying = ufw.start("apply", "--yes", "--confirm-within", "600")
    ufw.await_(lambda: ufw.trial.standing and ufw.trial.standing.phase == "changed")
    ufw.await_(lambda: "Press Enter" in trying.stdout.readline())
    os.killpg(trying.pid, signal.SIGINT)
    assert trying.wait(PATIENCE_S) != 0
    trying.communicate()
    assert (ufw.bytes(), chains(ufw), ufw.are_open()) == (*before, [])
    assert ufw.trial.order is None


def test_a_killed_guard_is_replaced_by_the_command(ufw):
    before = ufw.bytes()
    trying = ufw.start("apply", "--yes", "--confirm-within", "2")
    ufw.await_(lambda: ufw.trial.standing and ufw.trial.standing.phase == "changed")
    os.kill(ufw.trial.standing.guard.pid, signal.SIGKILL)
    assert trying.wait(PATIENCE_S) == 1
    assert "taken back" in trying.communicate()[0]
    assert (ufw.bytes(), ufw.are_open()) == (before, [])


def test_after_a_power_cut_the_next_command_takes_it_back(ufw):
    before = ufw.bytes()
    trying = ufw.start("apply", "--yes", "--confirm-within", "600")
    ufw.await_(lambda: ufw.trial.standing and ufw.trial.standing.phase == "changed")
    guard = ufw.trial.standing.guard.pid
    os.kill(guard, signal.SIGSTOP)  # so that neither outlives the other
    os.killpg(trying.pid, signal.SIGKILL)
    os.kill(guard, signal.SIGKILL)
    trying.communicate()
    ufw.await_(lambda: not is_alive(guard))
    assert ufw.are_open() == list(DOOR)
    assert "still stands" in ufw.run("apply", "--dry-run")[1]
    assert ufw.are_open() == list(DOOR)
    ufw.run("undo", "--yes")
    assert (ufw.bytes(), ufw.are_open()) == (before, [])


def test_a_rule_of_the_hosts_own_is_not_overruled(ufw):
    ufw.ufw("deny", "8080/tcp")
    before = ufw.bytes()
    _, said = ufw.run("apply", "--yes", code=1)
    assert "a rule of yours" in said
    assert ufw.bytes() == before
    ufw.ufw("delete", "deny", "8080/tcp")


# ------------------------------------------------------------------ SSH and switching ufw on


@pytest.fixture
def off(house, walled):
    """ufw as it comes from the package: its own writing of the files differs from these bytes."""
    house.ufw("disable")
    for name, content in walled.fresh.items():
        (walled.files / name).write_bytes(content)
    return house


def test_switching_ufw_on_keeps_ssh_and_closes_the_rest(off):
    before = (off.bytes(), off.ufw("status"))
    line = off.log_in()
    assert off.reach(PRIVATE) == "open"
    off.run("apply", "--enable", "--yes")
    assert says(line)
    assert off.reach(SSH) == "open"
    assert off.are_open() == list(DOOR)
    assert off.reach(PRIVATE) == "silent"
    off.run("undo", "--yes")
    assert says(line)
    line.close()
    assert (off.bytes(), off.ufw("status")) == before


def test_who_would_be_locked_out_is_told_and_nothing_is_changed(off):
    off.ufw("allow", "from", "10.9.9.0/24", "to", "any", "port", "22", "proto", "tcp")
    before = (off.bytes(), off.ufw("status"))
    line = off.log_in()
    _, said = off.run("apply", "--enable", "--yes", code=1)
    assert "would lock out the SSH session from 192.168.1.20" in said
    assert says(line)
    line.close()
    assert (off.bytes(), off.ufw("status")) == before
    off.ufw("delete", "allow", "from", "10.9.9.0/24", "to", "any", "port", "22", "proto", "tcp")


# ------------------------------------------------------------------ firewalld


@pytest.fixture
def firewalld(house):
    if not shutil.which("firewalld"):
        pytest.skip("there is no firewalld: scripts/test --install brings it")
    lab = house.lab
    bus = lab.folder / "bus"
    config = lab.folder / "bus.conf"
    config.write_text(BUS % bus)
    bus.unlink(missing_ok=True)
    address = f"unix:path={bus}"
    environment = os.environ | {"DBUS_SYSTEM_BUS_ADDRESS": address}
    lab.start("bus", "home", ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile"])
    house.await_(bus.exists)
    words = ["firewalld", "--nofork", "--nopid", "--log-target", "console"]
    lab.start("firewalld", "home", words, env=environment)
    house.cmd = lambda *words: lab.exec("home", ["firewall-cmd", *words], env=environment).stdout
    ready = ["firewall-cmd", "--state"]
    house.await_(lambda: not lab.exec("home", ready, check=False, env=environment).returncode)
    house.home.set(DBUS_SYSTEM_BUS_ADDRESS=address)
    zones = Path(lab.spaces.config("home"), "firewalld", "zones")
    house.bytes = lambda: {path.name: path.read_bytes() for path in sorted(zones.iterdir())}
    yield house
    house.home.set(DBUS_SYSTEM_BUS_ADDRESS=None)
    lab.stop("firewalld")
    lab.stop("bus")
    lab.exec("home", ["nft", "flush", "ruleset"])


def both(house):
    return house.cmd("--list-all-zones"), house.cmd("--permanent", "--list-all-zones")


def test_firewalld_is_opened_and_undone_in_both_its_memories(firewalld):
    # Only at run time: a reload would drop it, and with it whoever came in by it.
    firewalld.cmd("--zone=public", "--add-port=22222/tcp")
    before = (firewalld.bytes(), both(firewalld))
    line = firewalld.log_in()
    assert firewalld.reach(DOOR[0]) != "open"
    firewalld.run("apply", "--yes")
    assert firewalld.are_open() == list(DOOR)
    assert firewalld.reach(PRIVATE) != "open"
    assert "8443/tcp" in firewalld.cmd("--permanent", "--zone=public", "--list-ports")
    assert "22222/tcp" in firewalld.cmd("--zone=public", "--list-ports")
    assert "Nothing to do" in firewalld.run("apply", "--yes")[0]
    firewalld.run("undo", "--yes")
    assert says(line)
    line.close()
    assert firewalld.are_open() == []
    assert (firewalld.bytes(), both(firewalld)) == before


def test_firewalld_on_trial_keeps_nothing_for_later(firewalld):
    before = (firewalld.bytes(), both(firewalld))
    trying = firewalld.start("apply", "--yes", "--confirm-within", "600")
    firewalld.await_(
        lambda: firewalld.trial.standing and firewalld.trial.standing.phase == "changed"
    )
    assert firewalld.are_open() == list(DOOR)
    assert firewalld.bytes() == before[0]
    os.killpg(trying.pid, signal.SIGKILL)
    trying.communicate()
    firewalld.await_(lambda: firewalld.trial.standing.phase == "back")
    assert (firewalld.bytes(), both(firewalld)) == before
    assert firewalld.are_open() == []


@pytest.mark.parametrize("then", ["apply", "undo"])
@pytest.mark.parametrize("is_kept", [False, True])
def test_firewalld_killed_between_its_two_memories(firewalld, is_kept, then):
    """Guard and command together, as in a power cut: after the one memory, and after the other."""
    before = (firewalld.bytes(), both(firewalld))
    trial = firewalld.trial
    trying = firewalld.start("apply", "--yes", "--confirm-within", "600")
    firewalld.await_(lambda: trial.standing and trial.standing.phase == "changed")
    guard = trial.standing.guard.pid
    if is_kept:
        trial.decide("keep")
        deadline_s = time.monotonic() + PATIENCE_S
        while firewalld.bytes() == before[0]:  # without a pause: it must not get any further
            assert time.monotonic() < deadline_s
    os.kill(guard, signal.SIGSTOP)  # so that neither outlives the other
    os.killpg(trying.pid, signal.SIGKILL)
    os.kill(guard, signal.SIGKILL)
    trying.communicate()
    firewalld.await_(lambda: not is_alive(guard))
    assert trial.standing.phase == "changed"
    assert firewalld.are_open() == list(DOOR)
    if then == "apply":
        firewalld.run("apply", "--yes")
        assert firewalld.are_open() == list(DOOR)
        assert "8443/tcp" in firewalld.cmd("--permanent", "--zone=public", "--list-ports")
    firewalld.run("undo", "--yes")
    assert (firewalld.bytes(), both(firewalld)) == before
    assert firewalld.are_open() == []


# ------------------------------------------------------------------ others, and what is exposed


def test_plain_nftables_is_told_and_its_commands_work(house):
    rules = """table inet mine { chain input { type filter hook input priority 0; policy drop;
        ct state established,related accept; iifname "lo" accept; tcp dport 22 accept; }
    }
    """
    house.lab.spaces.nft("home", rules)
    _, said = house.run("apply", "--yes", code=1)
    assert "yours to change" in said
    planned = json.loads(house.run("plan", "--json")[0])
    assert (planned["firewall"], planned["can_apply"]) == ("nftables", False)
    assert house.are_open() == []
    for command in planned["commands"]:
        house.lab.exec("home", ["sh", "-c", command.removeprefix("sudo ")])
    assert house.are_open() == list(DOOR)
    assert json.loads(house.run("plan", "--json")[0])["firewall"] == "none"
    house.lab.spaces.drop_table("home", "inet mine")


def test_what_outside_reaches_is_measured_and_named(house):
    async def prober(ports):
        words = {"open": Reach.OPEN, "closed": Reach.REFUSED, "silent": Reach.SILENT}
        return {port: words[house.reach(port)] for port in ports}

    said = house.lab.exec("home", sockets.LISTENING).stdout
    chosen = load(Clone(house.home.folder), house.home.environment)
    seen = asyncio.run(exposure.measure(chosen, sockets.read_listeners(said), prober))
    found = {item.port: item for item in seen}
    assert [item.port for item in seen if item.is_fault] == [PRIVATE]
    assert found[PRIVATE].sentence.startswith("TCP 9090 (Prometheus) is reachable from outside")
    assert found[8443].reach is Reach.OPEN
    assert found[9100].reach is Reach.REFUSED
