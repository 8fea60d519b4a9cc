"""Whether Docker can carry the stack on this computer, and if not, exactly why."""

import errno
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from deploy import run, system
from deploy.clone import Clone
from deploy.run import Runner
from deploy.settings import docker_host

SOCKET = "/var/run/docker.sock"
PROBE_S = 10.0
PULL_S = 600.0
OLDEST_COMPOSE = (2, 17)  # `build` with a target, `up --wait`, `exec -T` as used here


class Fault(StrEnum):
    """Why Docker cannot be used."""

    NOT_LINUX = "not linux"
    MISSING = "missing"
    NOT_RUNNING = "not running"
    FORBIDDEN = "forbidden"
    NO_ANSWER = "no answer"
    NO_COMPOSE = "no compose"
    OLD_COMPOSE = "old compose"
    NO_IMAGES = "no images"


@dataclass(frozen=True)
class Verdict:
    """Why not, and what would help; both are sentences for the host."""

    fault: Fault
    why: str
    remedy: str


def check(
    runner: Runner = run.run,
    reach: Callable[[str], int] | None = None,
    *,
    linux: bool | None = None,
) -> Verdict | None:
    """Whether an engine and Compose v2 answer.

    Args:
        runner: what runs docker.
        reach: connects to the engine's socket; gives 0 or the errno.
        linux: whether this is Linux; None asks.

    Returns:
        None when they do.
    """
    if not (system.IS_LINUX if linux is None else linux):
        why = f"Docker on {system.name()} runs in a machine of its own, whose network hides players"
        return Verdict(Fault.NOT_LINUX, why, "nothing is needed: embedded mode needs no Docker")
    asked = runner(["docker", "version", "--format", "{{.Server.Version}}"], timeout_s=PROBE_S)
    if not asked.is_good:
        return _why_no_engine(asked, reach or _reach)
    return _check_compose(runner)


def _check_compose(runner: Runner) -> Verdict | None:
    asked = runner(["docker", "compose", "version", "--short"], timeout_s=PROBE_S)
    found = re.match(r"v?(\d+)\.(\d+)", asked.out.strip())
    if not asked.is_good or not found:
        return Verdict(
            Fault.NO_COMPOSE,
            "Docker runs, but its Compose plugin (version 2) is not installed",
            "sudo apt-get install docker-compose-plugin (Debian's own packages: docker-compose)",
        )
    if (int(found[1]), int(found[2])) < OLDEST_COMPOSE:
        wanted = ".".join(map(str, OLDEST_COMPOSE))
        why = f"Docker Compose {asked.out.strip()} is older than {wanted}"
        return Verdict(Fault.OLD_COMPOSE, why, "sudo apt-get install docker-compose-plugin")
    return None


def _why_no_engine(asked: run.Result, reach: Callable[[str], int]) -> Verdict:
    if asked.code == run.NOT_FOUND:
        return Verdict(
            Fault.MISSING,
            "Docker is not installed",
            "install Docker Engine, or use embedded mode",
        )
    # The command says "cannot connect" for all three; the socket itself tells them apart.
    code = reach(_socket_path())
    if code in {errno.EACCES, errno.EPERM}:
        return Verdict(
            Fault.FORBIDDEN,
            "Docker runs, but this user may not use it",
            "sudo usermod -aG docker $USER, then log out and in (that group is as good as root)",
        )
    if code in {errno.ENOENT, errno.ECONNREFUSED}:
        return Verdict(
            Fault.NOT_RUNNING,
            "Docker is installed, but its engine is not running",
            "sudo systemctl enable --now docker" if system.IS_LINUX else "start Docker Desktop",
        )
    why = f"Docker does not answer ({asked.last_words or 'it said nothing'})"
    return Verdict(Fault.NO_ANSWER, why, "sudo journalctl -u docker -n 50")


def _socket_path() -> str:
    return docker_host().removeprefix("unix://") or SOCKET


def _reach(path: str) -> int:
    if not hasattr(socket, "AF_UNIX"):
        return errno.ENOENT  # Windows, where Docker Desktop has a pipe
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(2)
        try:
            return line.connect_ex(path)
        except OSError as problem:
            return problem.errno or errno.EIO


def base_images(clone: Clone) -> list[str]:
    """The images that the Dockerfile starts from, in its order, each once."""
    dockerfile = clone.root / "deploy" / "image" / "Dockerfile"
    return images_in(dockerfile.read_text(encoding="utf-8"))


def monitoring_images(clone: Clone) -> list[str]:
    """The images of compose.yaml that are not built here: those of the monitoring profile."""
    compose = (clone.root / "compose.yaml").read_text(encoding="utf-8")
    images = re.findall(r"^\s+image:\s*(\S+)", compose, re.MULTILINE)
    return [image for image in images if not image.startswith("lanternhold-")]


def images_in(dockerfile: str) -> list[str]:
    """The images that a Dockerfile starts from and does not build itself."""
    named = re.findall(r"^FROM\s+(\S+)(?:\s+AS\s+(\S+))?", dockerfile, re.MULTILINE | re.IGNORECASE)
    stages = {stage for _, stage in named}
    return list(dict.fromkeys(image for image, _ in named if image not in stages))


def bring_images(
    images: Sequence[str],
    runner: Runner = run.run,
    say: Callable[[str], None] = lambda _: None,
) -> Verdict | None:
    """See to it that the base images are here, by pulling what is missing.

    Returns:
        None when they are.
    """
    for image in images:
        if runner(["docker", "image", "inspect", image], timeout_s=PROBE_S).is_good:
            continue
        say(f"Pulling {image} ...")
        pulled = runner(["docker", "pull", "--quiet", image], timeout_s=PULL_S)
        if not pulled.is_good:
            why = f"the image {image} is not here and cannot be pulled ({pulled.last_words})"
            return Verdict(Fault.NO_IMAGES, why, f"docker pull {image}")
    return None
