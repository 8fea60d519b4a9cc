"""A lab leaves nothing behind, however its maker ends, and touches nothing of this machine."""

import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from support.lab import Lab
from support.source import ROOT

MAKER = """
import sys, time
from support.lab import Lab
lab = Lab(acme=False, ttl_s=float(sys.argv[1]))
lab.up()
print(lab.name, flush=True)
time.sleep(60)
"""


def machine():
    """All of this machine's own network that a lab could touch, but for what others change."""
    links = subprocess.run(["ip", "-br", "link"], capture_output=True, text=True, check=True).stdout
    named = {line.split()[0] for line in links.splitlines()}
    tables = subprocess.run(["nft", "list", "tables"], capture_output=True, text=True, check=True)
    return named, tables.stdout, Path("/etc/resolv.conf").read_text()


def traces(name):
    """What there is of a lab."""
    places = (Path("/run/netns"), Path("/etc/netns"), Path(tempfile.gettempdir()))
    return [str(path) for place in places for path in place.glob(f"lh-{name}*")]


def has_gone(name, timeout_s=6):
    deadline_s = time.monotonic() + timeout_s
    while traces(name):
        if time.monotonic() > deadline_s:
            return False
        time.sleep(0.02)  # another process does it: there is nothing to wait on but the files
    return True


def made(ttl_s):
    """A process with a lab, and the lab's name."""
    maker = subprocess.Popen(
        [sys.executable, "-c", MAKER, str(ttl_s)],
        cwd=ROOT / "tests",
        stdout=subprocess.PIPE,
        text=True,
    )
    return maker, maker.stdout.readline().strip()


def test_two_labs_stand_side_by_side_and_nothing_is_left_of_them():
    before = machine()
    with Lab(acme=False) as one, Lab(acme=False) as other:
        assert machine()[1:] == before[1:]
        assert not [name for name in machine()[0] - before[0] if "isp" in name or "wan" in name]
        one.dns("192.0.1.7")
        assert (one.ask_dns(), other.ask_dns()) == (["192.0.1.7"], [])
        daemons = [one.daemons.start("sleeper", "home", ["sleep", "60"])]
        assert traces(one.name)
        assert traces(other.name)
    assert traces(one.name) == traces(other.name) == []
    assert daemons[0].poll() == -signal.SIGKILL
    one.down()  # any number of times


def test_a_killed_maker_leaves_nothing():
    maker, name = made(60)
    assert traces(name)
    maker.kill()
    maker.communicate()
    assert has_gone(name)


def test_a_lab_ends_when_its_time_is_up():
    maker, name = made(2)
    try:
        assert has_gone(name)
    finally:
        maker.kill()
        maker.communicate()
