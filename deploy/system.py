"""Everything that differs between Linux, macOS and Windows. Standard library only.

Tried on Linux. What is written for macOS and Windows follows their documentation and is held by
unit tests that play the system; docs/reference/commands.md says the same.
"""

import contextlib
import ctypes
import errno
import os
import platform
import shutil
import signal
import socket
import stat
import struct
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TypedDict

IS_WINDOWS = os.name == "nt"
IS_LINUX = sys.platform.startswith("linux")
IS_MAC = sys.platform == "darwin"
CAN_EXEC = not IS_WINDOWS  # Windows gives the terminal back while the new program still runs
CAN_HOLD = hasattr(signal, "pthread_sigmask")
STOP_SIGNALS = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    if hasattr(signal, name)
)


class Spawning(TypedDict, total=False):
    """The arguments of subprocess.Popen that differ by system."""

    start_new_session: bool
    creationflags: int


def bits() -> int:
    """How wide this Python's addresses are: 32 or 64."""
    return struct.calcsize("P") * 8


# ------------------------------------------------------------------ installing


def venv_program(venv: Path, name: str, *, windows: bool = IS_WINDOWS) -> Path:
    """Where a virtual environment keeps a program."""
    return venv / "Scripts" / f"{name}.exe" if windows else venv / "bin" / name


def site_packages(venv: Path, *, windows: bool = IS_WINDOWS) -> Path:
    """Where a virtual environment keeps its packages."""
    if windows:
        return venv / "Lib" / "site-packages"
    return venv / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"


def how_to_get_venv(os_release: str = "") -> str:
    """The exact command that brings the venv and ensurepip modules.

    Args:
        os_release: the text of /etc/os-release; empty reads the real one.
    """
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if IS_LINUX and _is_like(os_release, "debian"):
        return f"sudo apt-get install python{version}-venv"
    if IS_LINUX and _is_like(os_release, "suse"):
        return f"sudo zypper install python{version.replace('.', '')}"
    if IS_LINUX and _is_like(os_release, "fedora"):
        return f"sudo dnf install python{version} python3-pip"
    if IS_LINUX and _is_like(os_release, "alpine"):
        return "apk add python3 py3-pip"
    if IS_MAC:
        return "brew install python@3.13"
    return "reinstall Python with its venv module"


def _is_like(os_release: str, family: str) -> bool:
    if not os_release:
        with contextlib.suppress(OSError):
            os_release = Path("/etc/os-release").read_text(encoding="utf-8")
    ids = [line for line in os_release.splitlines() if line.startswith(("ID=", "ID_LIKE="))]
    return any(family in line for line in ids)


# ------------------------------------------------------------------ processes


def apart() -> Spawning:
    """How a supervised child starts: this terminal's Ctrl-C is not for it."""
    if IS_WINDOWS:
        return {"creationflags": 0x200}  # CREATE_NEW_PROCESS_GROUP
    return {"start_new_session": True}


def detached() -> Spawning:
    """How a program starts that outlives the terminal."""
    if IS_WINDOWS:
        return {"creationflags": 0x8 | 0x200}  # DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP
    return {"start_new_session": True}


def dying_with_parent(argv: Sequence[str]) -> list[str]:
    """Have a child told to stop when its supervisor is killed, where the system can.

    setpriv only sets the request and becomes the program: no process is added.
    """
    setpriv = shutil.which("setpriv") if IS_LINUX else None
    if setpriv is None or Path(setpriv).resolve().name == "busybox":
        return list(argv)
    return [setpriv, "--pdeathsig", "TERM", "--", *argv]


def is_ours_alone(folder: Path) -> bool:
    """Whether nobody else may write in a folder, or has made it."""
    if IS_WINDOWS:
        return True  # a user's temporary folder is the user's
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077


NICENESS = 5


def giving_way(argv: Sequence[str]) -> list[str]:
    """Have a program leave the processor to the game's tick, where the system can.

    nice only lowers the priority and becomes the program: no process is added.
    """
    nice = None if IS_WINDOWS else shutil.which("nice")
    return list(argv) if nice is None else [nice, "-n", str(NICENESS), *argv]


def let_group_give_way(pid: int) -> None:
    """The same for the scheduling group that Linux makes of each session, where it does.

    Between such groups a process's own niceness counts for nothing.
    """
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(NICENESS), encoding="ascii")


def ask_to_stop(pid: int) -> None:
    """Ask a process to end in good order. A process that is gone is fine.

    On Windows that reaches only who shares our console; whoever does not hear it is killed later.
    """
    with contextlib.suppress(OSError if IS_WINDOWS else ProcessLookupError):
        os.kill(pid, _BREAK if IS_WINDOWS else signal.SIGTERM)


def kill(pid: int) -> None:
    """End a process at once. A process that is gone is fine."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM if IS_WINDOWS else signal.SIGKILL)


_BREAK: int = getattr(signal, "CTRL_BREAK_EVENT", signal.SIGTERM)


def birth(pid: int) -> str | None:
    """When a process began, in a form that no later process of the same id can have.

    Returns:
        None when there is no such process (a zombie counts as none).
    """
    if IS_LINUX:
        return _linux_birth(pid)
    if IS_WINDOWS:
        return _windows_birth(pid)
    return _bsd_birth(pid)


def _linux_birth(pid: int) -> str | None:
    try:
        # The name in brackets may hold anything, so count from the last bracket on.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None
    return None if fields[0] in "ZX" else f"{boot}:{fields[19]}"


def _bsd_birth(pid: int) -> str | None:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    from deploy import run  # noqa: PLC0415  # run imports this module

    said = run.run(["ps", "-o", "lstart=", "-p", str(pid)], timeout_s=5, env={"LC_ALL": "C"})
    return said.out.strip() or None


def _windows_birth(pid: int) -> str | None:
    kernel: Any = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined,unused-ignore]
    handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
    if not handle:
        return None
    try:
        times = [ctypes.c_uint64() for _ in range(4)]
        if not kernel.GetProcessTimes(handle, *(ctypes.byref(time) for time in times)):
            return None
        return None if times[1].value else str(times[0].value)  # an exit time: it has ended
    finally:
        kernel.CloseHandle(handle)


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[bool]:
    """Hold a lock that ends with this process, however it ends.

    Yields:
        False when another process holds it.
    """
    with _opened_to_lock(path) as file:
        yield _lock(file.fileno())


def _opened_to_lock(path: Path) -> BinaryIO:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path.open("a+b")
    except OSError as problem:
        # In a container that may only read the folder; the lock itself needs no more than that.
        if problem.errno not in {errno.EROFS, errno.EACCES}:
            raise
        return path.open("rb")


def _lock(descriptor: int) -> bool:
    try:
        if IS_WINDOWS:
            msvcrt: Any = __import__("msvcrt")
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415  # not on Windows

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        if problem.errno in {errno.EACCES, errno.EAGAIN, errno.EDEADLK}:
            return False
        raise
    return True


# ------------------------------------------------------------------ ports


def is_port_free(port: int, host: str = "") -> bool:
    """Whether a TCP port can be listened on. An empty host means every address."""
    family = socket.AF_INET
    if not host and socket.has_dualstack_ipv6():
        family = socket.AF_INET6
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if not IS_WINDOWS:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as problem:
            return problem.errno not in {errno.EADDRINUSE, errno.EACCES}
    return True


def may_bind(port: int) -> bool:
    """Whether this user may listen on a port at all: low ones belong to root."""
    if not IS_LINUX:
        return True
    try:
        first = int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text("ascii"))
    except (OSError, ValueError):
        first = 1024
    return port == 0 or port >= first or os.geteuid() == 0


def free_port(host: str = "127.0.0.1") -> int:
    """A TCP port that is free now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def port_owner(port: int, proc: Path = Path("/proc")) -> str | None:
    """Which program listens on a TCP port: "name (process 123)", or None when it cannot be seen."""
    with contextlib.suppress(OSError):
        if process := _listener(port, proc):
            name = (process / "comm").read_text(encoding="utf-8").strip()
            return f"{name} (process {process.name})"
    return None


def port_folder(port: int, proc: Path = Path("/proc")) -> Path | None:
    """Where the program that listens on a TCP port works, or None when it cannot be seen."""
    with contextlib.suppress(OSError):
        if process := _listener(port, proc):
            return (process / "cwd").readlink()
    return None


def _listener(port: int, proc: Path) -> Path | None:
    if not IS_LINUX:
        return None
    inodes = set(_listening_inodes(port, proc))
    for process in proc.glob("[0-9]*") if inodes else ():
        with contextlib.suppress(OSError):
            if not inodes.isdisjoint(_open_files(process)):
                return process
    return None


def _open_files(process: Path) -> Iterator[str]:
    for link in (process / "fd").iterdir():
        with contextlib.suppress(OSError):  # closed since
            yield str(link.readlink())


def _listening_inodes(port: int, proc: Path) -> Iterator[str]:
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in (proc / "net" / table).read_text(encoding="ascii").splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                    yield f"socket:[{fields[9]}]"


def how_to_see_port(port: int) -> str:
    """The command that shows who listens on a port."""
    if IS_WINDOWS:
        return f"netstat -ano | findstr :{port}"
    return (
        f"sudo lsof -nP -iTCP:{port} -sTCP:LISTEN" if IS_MAC else f"sudo ss -ltnp sport = :{port}"
    )


def name() -> str:
    """The system's name for sentences: "Linux", "macOS", "Windows"."""
    return {"Darwin": "macOS"}.get(platform.system(), platform.system())


def hold_interrupts() -> None:
    """Have Ctrl-C wait, across an exec, until somebody is there to answer it."""
    if CAN_HOLD:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def let_interrupts() -> None:
    """Answer Ctrl-C again; one that waits is a KeyboardInterrupt at once."""
    if CAN_HOLD:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
