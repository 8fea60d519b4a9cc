"""Finding out which firewall is at work here. Reads only, as root where it must."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deploy import modes, run, settings, system
from deploy.clone import Clone
from deploy.embedded import programs
from deploy.firewall import bypass, login, nftables, sockets, walls
from deploy.firewall.facts import Facts, Kind
from deploy.firewall.nftables import Chain
from deploy.firewall.root import PATH, AsRoot
from deploy.firewall.sockets import Listener
from deploy.firewall.wall import Wanted
from deploy.ledger import JsonObject
from deploy.modes import Mode
from deploy.network import facts as network_facts
from deploy.problem import Problem
from deploy.run import Runner
from deploy.settings import Settings


@dataclass(frozen=True)
class _Found:
    kind: Kind
    now: JsonObject
    ufw_is_off: bool = False


def read(  # noqa: PLR0913  # what the command line lets one choose
    clone: Clone,
    chosen: Settings,
    runner: Runner = run.run,
    has: Callable[[str], bool] | None = None,
    *,
    enable: bool = False,
    ssh_port: int | None = None,
) -> Facts:
    """The facts for a plan.

    Args:
        clone: whose mode is asked.
        chosen: its settings.
        runner: what runs programs.
        has: whether a program is installed.
        enable: whether a ufw that is switched off counts as the firewall at work.
        ssh_port: a port of SSH besides those that are found.

    Raises:
        Problem: root is needed and cannot be had, two firewalls are at work, or switching one on
            might lock out who types this.
    """
    mode = modes.remembered(clone)
    ports = (chosen.https_port, chosen.http_port)
    if not system.IS_LINUX:
        kind = Kind.WINDOWS if system.IS_WINDOWS else Kind.MACOS
        return Facts(kind, mode, ports, {}, program=_caddy())
    as_root = AsRoot(runner)
    listening, established = as_root(sockets.LISTENING), as_root(sockets.ESTABLISHED)
    listeners = sockets.read_listeners(listening.out)
    here = login.read()
    connection = settings.ssh_connection() or here.connection
    known = sockets.ssh_ports(listeners, connection, established.out)
    ssh = tuple(sorted({*known, *([ssh_port] if ssh_port else [])}))
    if enable and not ssh:
        is_seen = listening.is_good and established.is_good and here.is_known
        _refuse_to_lock_out(maybe=not is_seen or here.is_by_ssh or sockets.has_ssh(established.out))
    found = _find(as_root, has or _is_installed, enable=enable)
    chains = _chains(as_root, ports if mode is not Mode.DOCKER else (), found.kind)
    is_plain = found.kind is Kind.NONE and bool(chains)
    return Facts(
        kind=Kind.NFTABLES if is_plain else found.kind,
        mode=mode,
        ports=ports,
        now=found.now,
        chains=chains,
        bypass=bypass.read(as_root, listeners, ports) if mode is Mode.DOCKER else None,
        listeners=listeners,
        ssh=ssh,
        sessions=sockets.read_sessions(established.out, ssh, connection),
        has_ipv6=_has_ipv6(),
        ufw_is_off=found.ufw_is_off,
    )


def listeners(runner: Runner = run.run) -> tuple[Listener, ...]:
    """Who listens on this computer."""
    return sockets.read_listeners(AsRoot(runner)(sockets.LISTENING).out)


def _refuse_to_lock_out(*, maybe: bool) -> None:
    if maybe:
        raise Problem(
            "No port of SSH was found on this computer, and somebody may be logged in by SSH, so "
            "switching ufw on could lock you out. Nothing was changed.",
            "the same command with --ssh-port and the port that you come in by: --ssh-port 22",
        )


def _find(as_root: AsRoot, has: Callable[[str], bool], *, enable: bool) -> _Found:
    nothing = Wanted(())
    has_firewalld = has("firewall-cmd") and as_root(["firewall-cmd", "--state"]).is_good
    has_ufw = has("ufw")
    ufw = walls.of(Kind.UFW, nothing, as_root).look() if has_ufw else {"active": False}
    if has_firewalld and (ufw["active"] or enable):
        raise Problem(
            "firewalld is at work here, and two firewalls undo each other's rules.",
            "sudo ufw disable (or stop firewalld), then the same command again",
        )
    if has_firewalld:
        return _Found(Kind.FIREWALLD, walls.of(Kind.FIREWALLD, nothing, as_root).look())
    if enable and not has_ufw:
        raise Problem("ufw is not installed, so it cannot be switched on.", "sudo apt install ufw")
    if ufw["active"] or enable:
        return _Found(Kind.UFW, ufw)
    return _Found(Kind.NONE, {}, ufw_is_off=has_ufw)


def _chains(as_root: AsRoot, ports: tuple[int, ...], kind: Kind) -> tuple[Chain, ...]:
    """Chains of nobody's that keep the ports closed; those of ufw are ufw's own affair."""
    asked = as_root(nftables.LIST)
    if not ports or not asked.is_good:
        return ()
    chains = nftables.closed_by(asked.out, ports)
    if kind is not Kind.UFW:
        return chains
    return tuple(chain for chain in chains if (chain.table, chain.name) != ("filter", "INPUT"))


def _is_installed(program: str) -> bool:
    """By root's path and not the user's, which on Debian does not lead to ufw."""
    return shutil.which(program, path=PATH) is not None


def _has_ipv6() -> bool:
    try:
        return bool(network_facts.read().address6)
    except Problem:
        return False


def _caddy() -> Path:
    try:
        return programs.find_caddy()
    except Problem:
        return Path("caddy")
