"""Starting players on this computer: the window, and bots. Both are programs of client/."""

import json
import sys
from typing import Any

from deploy import run, system
from deploy.clone import Clone
from deploy.problem import Problem

INVITE_KEY = "LANTERNHOLD_CLIENT_INVITE"
SPARE_S = 60.0  # for joining and for leaving, beside the seconds of play
FIGURES = frozenset(
    {
        "joined",
        "rtt_ms",
        "snapshot_gap_ms",
        "bytes_per_player_second",
        "gathered",
        "deposited",
        "disconnects",
        "resumes",
    }
)


def play(clone: Clone, link: str) -> int:
    """Become the window; without a link it asks for one.

    The invite goes by the environment: arguments can be read by others.
    """
    argv = [sys.executable, "-P", "-m", "client"]
    invite = {INVITE_KEY: link} if link else {}
    return run.become(argv, env={**invite, "PYTHONPATH": str(clone.root)})


def bots(
    clone: Clone, count: int, seconds: float, link: str, runner: run.Runner = run.run
) -> dict[str, Any]:
    """Let bots play and give their figures, as design section 9 names them.

    Raises:
        Problem: the bots could not play.
    """
    argv = [sys.executable, "-P", "-m", "client.bot"]
    argv += ["--count", str(count), "--seconds", f"{seconds:g}", "--json"]
    env = {INVITE_KEY: link, "PYTHONPATH": str(clone.root)}
    # On the server's own computer they must not measure the harm that they do themselves.
    done = runner(system.giving_way(argv), timeout_s=seconds + SPARE_S, env=env, cwd=clone.root)
    try:
        said = json.loads(done.out)
    except ValueError:
        said = None
    if not isinstance(said, dict) or not said.keys() >= FIGURES:
        why = done.last_words or "they said nothing"
        raise Problem(f"The bots could not play: {why}", "./lanternhold status")
    return said
