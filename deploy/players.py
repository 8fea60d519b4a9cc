"""Starting players on this computer: the window, and bots. Both are programs of client/."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deploy import run, system
from deploy.clone import Clone
from deploy.problem import USED_WRONGLY, Problem

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


@dataclass(frozen=True)
class Way:
    """How players come in.

    Attributes:
        link: the invite. It goes by the environment: arguments can be read by others.
        network: the bad line to simulate, as the client names them; "" leaves it to `given`.
        given: the player's own settings.
    """

    link: str
    network: str = ""
    given: Mapping[str, str] = field(default_factory=dict)

    def words(self) -> list[str]:
        """What the client is told in its arguments."""
        return ["--network", self.network] if self.network else []

    def environment(self, clone: Clone) -> dict[str, str]:
        """What it is told otherwise."""
        invite = {INVITE_KEY: self.link} if self.link else {}
        return {**self.given, **invite, "PYTHONPATH": str(clone.root)}


def play(clone: Clone, way: Way) -> int:
    """Become the window; without a link it asks for one."""
    argv = [sys.executable, "-P", "-m", "client", *way.words()]
    return run.become(argv, env=way.environment(clone))


def bots(
    clone: Clone, count: int, seconds: float, way: Way, runner: run.Runner = run.run
) -> dict[str, Any]:
    """Let bots play and give their figures, as design section 9 names them.

    Raises:
        Problem: the bots could not play.
    """
    argv = [sys.executable, "-P", "-m", "client.bot", *way.words()]
    argv += ["--count", str(count), "--seconds", f"{seconds:g}", "--json"]
    env = way.environment(clone)
    # On the server's own computer they must not measure the harm that they do themselves.
    done = runner(system.giving_way(argv), timeout_s=seconds + SPARE_S, env=env, cwd=clone.root)
    if done.code == USED_WRONGLY:
        why = done.last_words.partition("error: ")[2] or done.last_words
        raise Problem(why, "./lanternhold bots --help", USED_WRONGLY)
    try:
        said = json.loads(done.out)
    except ValueError:
        said = None
    if not isinstance(said, dict) or not said.keys() >= FIGURES:
        why = done.last_words or "they said nothing"
        raise Problem(f"The bots could not play: {why}", "./lanternhold status")
    return said
