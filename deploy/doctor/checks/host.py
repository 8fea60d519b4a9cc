"""This computer: Docker, ports, disk, clock, sleep."""

from deploy import system
from deploy.doctor.engine import Check
from deploy.doctor.facts import Facts
from deploy.doctor.finding import Finding, fail, info, ok, unknown, warn

GIB = 1024**3
FULL_BYTES = GIB // 4  # the world's log, Caddy's and the images need more than this to go on
LOW_BYTES = 2 * GIB
CLOCK_WARN_S = 30.0
CLOCK_FAIL_S = 300.0  # certificates and signed DNS updates are refused from here on


def docker_missing(facts: Facts) -> Finding:
    """Docker mode was chosen, and there is no docker command."""
    return _docker_fault(facts, "missing")


def docker_down(facts: Facts) -> Finding:
    """The engine's socket is absent or refuses."""
    return _docker_fault(facts, "not running", "no answer")


def docker_forbidden(facts: Facts) -> Finding:
    """The engine is there, and this user may not use it."""
    return _docker_fault(facts, "forbidden")


def compose_old(facts: Facts) -> Finding:
    """The Compose plugin is absent or too old."""
    return _docker_fault(facts, "no compose", "old compose")


def _docker_fault(facts: Facts, *faults: str) -> Finding:
    host = facts.host
    if host.docker is None:
        return info("Docker is not needed: this clone runs in embedded mode.")
    if host.docker in faults:
        return fail(f"{host.docker_why}.", f"{host.docker_remedy}.")
    return ok("The engine and Compose answer.")


def port_in_use(facts: Facts) -> Finding:
    """Somebody else has a port of ours."""
    taken = facts.host.taken
    if not taken:
        return ok("Nobody else has the ports of this server.")
    said = "; ".join(f"port {port} is used by {who}" for port, who in sorted(taken.items()))
    first = min(taken)
    return fail(
        f"{said[0].upper()}{said[1:]}.",
        f"Stop that program (see who: {system.how_to_see_port(first)}), or choose another port "
        "in .env, then ./lanternhold up.",
    )


def disk_full(facts: Facts) -> Finding:
    """The disk of the clone has no room."""
    free = facts.host.free_bytes
    if free is None:
        return unknown("The room on the disk could not be measured.")
    said = f"{free / GIB:.1f} GiB are free where the world is saved."
    remedy = "Make room: docker system prune, old backups and logs first; then this command again."
    if free < FULL_BYTES:
        return fail(said, remedy)
    return warn(said, remedy) if free < LOW_BYTES else ok(said)


def clock_skew(facts: Facts) -> Finding:
    """The clock is wrong: certificates and DNS signatures depend on it."""
    off = facts.host.clock_off_s
    if off is None:
        return unknown("The clock could not be compared: nobody outside told the time.")
    way = "ahead" if off > 0 else "behind"
    said = f"This computer's clock is {_duration(abs(off))} {way}, says {facts.host.clock_by}."
    remedy = "Let it follow the time: sudo timedatectl set-ntp true."
    if abs(off) > CLOCK_FAIL_S and facts.host.clock_witnesses > 1:
        return fail(said, remedy)
    return warn(said, remedy) if abs(off) > CLOCK_WARN_S else ok("The clock is right.")


def sleep(facts: Facts) -> Finding:
    """The computer falls asleep, and the server with it."""
    if not facts.host.sleeps:
        return ok("Nothing says that this computer falls asleep by itself.")
    return info(
        f"This computer may fall asleep by itself ({facts.host.sleeps}), and the server with it.",
        "Keep it awake while friends play: systemd-inhibit --what=sleep:handle-lid-switch "
        "sleep infinity.",
    )


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


DOCKER = ("docker-missing", "docker-down", "docker-forbidden", "compose-old")
CHECKS = (
    Check("docker-missing", "host", (), docker_missing),
    Check("docker-down", "host", ("docker-missing",), docker_down),
    Check("docker-forbidden", "host", ("docker-missing",), docker_forbidden),
    Check("compose-old", "host", ("docker-down", "docker-forbidden"), compose_old),
    Check("disk-full", "host", (), disk_full),
    Check("clock-skew", "host", (), clock_skew),
    Check("port-in-use", "host", DOCKER, port_in_use),
    Check("sleep", "host", (), sleep),
)
