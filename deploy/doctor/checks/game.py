"""The server: whether it runs, ticks, saves and speaks our version."""

from deploy.doctor.engine import Check
from deploy.doctor.facts import Facts
from deploy.doctor.finding import Finding, fail, ok, unknown


def not_running(facts: Facts) -> Finding:
    """A program that players need does not run."""
    if not facts.wanted.mode:
        return fail("Lanternhold has not been started in this clone yet.", "./lanternhold up")
    stopped = [
        f"{name} is {facts.game.parts.get(name, 'stopped')}"
        for name in ("server", "caddy")
        if facts.game.parts.get(name) != "running"
    ]
    if not stopped:
        return ok("The server and its door run.")
    last = f" Its last words: {facts.game.last_words}" if facts.game.last_words else ""
    return fail(f"{' and '.join(stopped).capitalize()}.{last}", _start(facts))


def _start(facts: Facts) -> str:
    """Where a part of it still runs, or is started again and again, `up` alone does nothing."""
    is_up = any(state != "stopped" for state in facts.game.parts.values())
    return "./lanternhold down, then ./lanternhold up" if is_up else "./lanternhold up"


def tick_stuck(facts: Facts) -> Finding:
    """The world stands still, or nobody answers inside."""
    game = facts.game
    if game.healthy:
        return ok("The world ticks.")
    why = game.health_why or "its health page does not answer"
    return fail(
        f"The server runs, but its world stands still: {why}.",
        "./lanternhold down, then ./lanternhold up: the world goes on from its log.",
    )


def store_failing(facts: Facts) -> Finding:
    """Nothing is saved any more."""
    if facts.game.store_failed is None:
        return unknown("The server did not tell whether it can save.")
    if not facts.game.store_failed:
        return ok("The world is saved.")
    return fail(
        "The server cannot save the world; play goes on, and nothing of it is kept.",
        "./lanternhold logs server names the reason: most often no room, or no right to write in "
        ".lanternhold/data.",
    )


def version(facts: Facts) -> Finding:
    """The running server is of another version than this clone."""
    game = facts.game
    if not game.protocol:
        return unknown("The server does not answer through its door.")
    if game.protocol == game.ours:
        return ok(f"The server speaks {game.protocol}.")
    return fail(
        f"The server that runs speaks {game.protocol}, this clone {game.ours}: players of this "
        "version are turned away.",
        "Start the server of this clone: ./lanternhold down, then ./lanternhold up.",
    )


def door_silent(facts: Facts) -> Finding:
    """All runs, and nothing answers through the door."""
    if facts.game.protocol:
        return ok("The server answers through its door.")
    return fail(
        "The server and Caddy run, but nothing answers through the door.",
        "./lanternhold logs caddy; then ./lanternhold down and up.",
    )


RUNNING = (
    Check(
        "server-not-running",
        "game",
        (
            "docker-missing",
            "docker-down",
            "docker-forbidden",
            "compose-old",
            "port-in-use",
            "disk-full",
        ),
        not_running,
    ),
)
PLAYING = (
    Check("tick-stuck", "game", ("server-not-running",), tick_stuck),
    Check(
        "store-failing", "game", ("server-not-running", "tick-stuck", "disk-full"), store_failing
    ),
    Check("door-silent", "game", ("server-not-running", "tick-stuck"), door_silent),
    Check("version-mismatch", "game", ("server-not-running", "door-silent"), version),
)
