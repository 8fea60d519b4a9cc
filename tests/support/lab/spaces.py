"""The lab's network namespaces: made, entered, and emptied without a trace."""

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from support.lab.plan import DNS, HOSTS, Host

NETNS = Path("/run/netns")
CONFIG = Path("/etc/netns")  # CONFIG/NAMESPACE/X is mounted on /etc/X by `ip netns exec`
TOKEN = "token"  # the file of a lab's folder that says which lab of that name this is
_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


class LabError(Exception):
    """The lab itself does not work: a fault of its own, never of what is tested in it."""


class Spaces:
    """One namespace per host, all led by the lab's name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def full(self, host: Host) -> str:
        """The namespace's name, for `ip netns exec`."""
        return f"lh-{self.name}-{host}"

    def config(self, host: Host) -> Path:
        """The folder whose entries stand in for those of /etc."""
        return CONFIG / self.full(host)

    def make(self) -> None:
        """Make all namespaces, with resolver and hosts files of their own."""
        for host in HOSTS:
            folder = self.config(host)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "resolv.conf").write_text(resolv_conf(DNS))
            (folder / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
        _own_firewall_files(self.config("home"))
        self.ip(None, "\n".join(f"netns add {self.full(host)}" for host in HOSTS))

    def command(self, host: Host, argv: Sequence[object]) -> list[str]:
        """`argv` as a command that runs on that host; it becomes the process, it has no parent."""
        return ["ip", "netns", "exec", self.full(host), *(str(word) for word in argv)]

    def run(
        self,
        host: Host,
        argv: Sequence[object],
        *,
        check: bool = True,
        said: str | None = None,
        timeout_s: float = 30,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; `said` is its standard input."""
        done = subprocess.run(
            self.command(host, argv),
            input=said,
            stdin=subprocess.DEVNULL if said is None else None,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
            env=None if env is None else dict(env),
            cwd=cwd,
        )
        if check and done.returncode:
            words = " ".join(str(word) for word in argv)
            raise LabError(f"{host}: {words}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def ip(self, host: Host | None, lines: str) -> None:
        """`ip` commands, one a line, on a host or, for None, across namespaces."""
        where = ["-n", self.full(host)] if host else []
        text = "\n".join(line.strip() for line in lines.strip().splitlines()) + "\n"
        done = subprocess.run(
            ["ip", *where, "-batch", "-"], input=text, text=True, capture_output=True, check=False
        )
        if done.returncode:
            raise LabError(f"ip on {host}: {done.stderr}\n{text}")

    def nft(self, host: Host, rules: str) -> None:
        """Load nftables rules, all or none."""
        self.run(host, ["nft", "-f", "-"], said=rules)

    def drop_table(self, host: Host, table: str) -> None:
        """Remove a table (`inet name`), which need not be there."""
        self.nft(host, f"table {table} {{ }}\ndelete table {table}\n")

    def sysctl(self, host: Host, **values: int) -> None:
        """Kernel settings below net.*, with __ for the dot; one that this kernel lacks is none."""
        with self.inside(host):
            for key, value in values.items():
                path = Path("/proc/sys/net", *key.split("__"))
                dashed = path.with_name(path.name.replace("_", "-"))
                with contextlib.suppress(FileNotFoundError):
                    (dashed if dashed.exists() else path).write_text(str(value))

    @contextlib.contextmanager
    def inside(self, host: Host) -> Iterator[None]:
        """Let this thread be on that host; sockets made meanwhile stay there.

        Only the network is the host's. Names are still resolved as outside, and a thread that is
        started meanwhile stays inside for good, so neither resolve names nor use an executor here.
        """
        with _opened("/proc/thread-self/ns/net") as before, _opened(NETNS / self.full(host)) as it:
            _enter(it)
            try:
                yield
            finally:
                _enter(before)

    def wait_tcp(self, host: Host, address: str, port: int, timeout_s: float = 10) -> None:
        """Wait until `address` takes connections from `host`."""
        deadline_s = time.monotonic() + timeout_s
        with self.inside(host):
            while True:
                try:
                    socket.create_connection((address, port), 0.5).close()
                except OSError as error:
                    if time.monotonic() > deadline_s:
                        raise LabError(f"{address}:{port} is not up for {host}: {error}") from error
                    time.sleep(0.01)
                else:
                    return

    def remove(self) -> None:
        """End all that runs in the namespaces and remove them. It may be called at any time."""
        existing = [self.full(host) for host in HOSTS if (NETNS / self.full(host)).exists()]
        _end(existing)
        if existing:
            subprocess.run(
                ["ip", "-force", "-batch", "-"],
                input="".join(f"netns del {name}\n" for name in existing),
                text=True,
                capture_output=True,
                check=False,
            )
        for host in HOSTS:
            shutil.rmtree(self.config(host), ignore_errors=True)


def resolv_conf(server: str) -> str:
    """A resolver file that asks one server."""
    return f"nameserver {server}\noptions timeout:2 attempts:2\n"


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def _own_firewall_files(config: Path) -> None:
    """Copies for ufw and firewalld, so that they change nothing of this machine."""
    for name in ("ufw", "default", "firewalld"):
        if Path("/etc", name).is_dir():
            shutil.copytree(f"/etc/{name}", config / name, symlinks=True, dirs_exist_ok=True)


def _end(namespaces: Sequence[str], timeout_s: float = 3) -> None:
    deadline_s = time.monotonic() + timeout_s
    while pids := _inhabitants(namespaces):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > deadline_s:
            raise LabError(f"processes that do not end: {pids}")
        time.sleep(0.005)


def _inhabitants(namespaces: Sequence[str]) -> list[int]:
    inodes = set()
    for name in namespaces:
        with contextlib.suppress(OSError):
            inodes.add((NETNS / name).stat().st_ino)
    found = []
    for folder in Path("/proc").iterdir() if inodes else ():
        if not folder.name.isdecimal() or int(folder.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):  # it ended meanwhile, or is a zombie
            if (folder / "ns" / "net").stat().st_ino in inodes:
                found.append(int(folder.name))
    return [pid for pid in found if is_alive(pid)]


@contextlib.contextmanager
def _opened(path: Path | str) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _enter(descriptor: int) -> None:
    if _libc.setns(descriptor, _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")
