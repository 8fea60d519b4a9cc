"""Debian packages: what is missing, and how it gets here without starting a daemon."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes.util import find_library
from pathlib import Path

from workshop.report import SetUpError, run

_POLICY = Path("/usr/sbin/policy-rc.d")
_REFUSE = "#!/bin/sh\n# Made by scripts/test --install for the time of an installation.\nexit 101\n"

# What a test or a script runs, the package that brings it, and what it is for.
TOOLS = {
    "dockerd": ("docker.io", "the engine of the stack tests"),
    "iptables": ("iptables", "the engine's networks"),
    "git": ("git", "the tests of what is committed"),
    "ps": ("procps", "processes as systems without /proc show them"),
    "shellcheck": ("shellcheck", "reads the shell scripts"),
    "strip": ("binutils", "makes stand-in images small"),
    "ip": ("iproute2", "the lab's namespaces and cables"),
    "nft": ("nftables", "the lab's routers"),
    "conntrack": ("conntrack", "routers of the lab that forget their connections"),
    "miniupnpd": ("miniupnpd-nftables", "the lab's router maps ports"),
    "upnpc": ("miniupnpc", "other computers of the lab's house"),
    "knotd": ("knot", "the lab's DNS"),
    "knsupdate": ("knot-dnsutils", "changes in the lab's DNS"),
    "kdig": ("knot-dnsutils", "questions to it"),
    "unbound": ("unbound", "a cache in front of the lab's DNS"),
    "dnsmasq": ("dnsmasq-base", "a cache on the host's own computer"),
    "pebble": ("pebble", "the lab's certificate authority"),
    "openssl": ("openssl", "certificates of test servers"),
    "curl": ("curl", "a browser in the lab"),
    "ufw": ("ufw", "a firewall to plan for and to undo"),
    "firewalld": ("firewalld", "another"),
    "dbus-daemon": ("dbus-daemon", "firewalld's bus, a private one"),
}

LIBRARIES = {"X11": ("libx11-6", "upstream pygame's clipboard")}


def missing() -> list[str]:
    """The packages that bring what this machine lacks."""
    lacking = [
        *(package for tool, (package, _) in TOOLS.items() if not shutil.which(tool)),
        *(package for name, (package, _) in LIBRARIES.items() if not find_library(name)),
    ]
    return list(dict.fromkeys(lacking))


def may_install() -> bool:
    """Whether this is a Debian machine and we are root on it."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: Sequence[str]) -> None:
    """Install `packages` and start none of their daemons."""
    if not may_install():
        raise SetUpError(
            f"Missing here: {', '.join(packages)}. Install them with: "
            f"sudo apt-get install --no-install-recommends {' '.join(packages)}"
        )
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-o", "DPkg::Lock::Timeout=120", "-y"]
    with no_daemon_starts():
        run([*apt, "update"], env=env)
        run([*apt, "install", "--no-install-recommends", *packages], env=env)


def unpack(package: str, into: Path) -> None:
    """Download a Debian package and lay its files into a folder; nothing is installed."""
    into.mkdir(parents=True, exist_ok=True)
    download = ["apt-get", "-o", "APT::Sandbox::User=root", "download", package]
    try:
        run(download, cwd=into)
    except SetUpError:  # the package lists may be missing or old
        run(["apt-get", "update"])
        run(download, cwd=into)
    for deb in into.glob("*.deb"):
        run(["dpkg-deb", "--extract", deb, into])
        deb.unlink()


@contextmanager
def no_daemon_starts() -> Iterator[None]:
    """Keep a package's scripts from starting its service, and leave no trace of it."""
    ours = _is_ours()  # left over by an installation that was killed
    if _POLICY.exists() and not ours:
        yield
        return
    _POLICY.write_text(_REFUSE, encoding="ascii")
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink(missing_ok=True)


def _is_ours() -> bool:
    return _POLICY.is_file() and _POLICY.read_text(errors="replace") == _REFUSE
