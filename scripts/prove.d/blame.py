"""Whose fault it is: real stalls of link, server and computer, and what the window says of each."""

import signal
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from _proof import Proof, say

from client import network
from client.game_session import GameSession
from client.verdict import Blame
from support.game_server import game_server

TIMES = 4
STILL_S = 0.8
HALT_S = 2.5  # so long that what was done meanwhile is not all made up for
LEFT_OUT_MAX = 0.02  # of the SNAPs, after a halt of the server
BETWEEN_S = 6.5  # longer than a verdict is remembered
FRAME_S = 1 / 60
THIN = "rate=1"
STALLS = f"delay=40,jitter=20,stall={STILL_S * 1000:.0f}/{BETWEEN_S * 1000:.0f}"


def main():
    """Each trouble by itself, some times over; all that was said of it is counted.

    `scripts/prove blame server link` makes only those troubles.
    """
    proof = Proof("blame")
    with TemporaryDirectory(prefix="lanternhold-blame-") as folder:
        home = Path(folder)
        with game_server(home / "data", MODE="village") as server:
            troubles = {
                "nothing": (None, lambda: None, Blame.NOBODY),
                "server": (None, lambda: stand_still(server.process, STILL_S), Blame.SERVER),
                "halt": (None, lambda: stand_still(server.process, HALT_S), Blame.SERVER),
                "computer": (None, lambda: time.sleep(STILL_S), Blame.COMPUTER),
                "link": (STALLS, lambda: None, Blame.LINK),
                "thin": (THIN, lambda: None, Blame.LINK),
            }
            for name in sys.argv[1:] or troubles:
                line, trouble, blame = troubles[name]
                say(f"{name} ...")
                with window(server, home / name, line) as session:
                    told, sentences = watched(session, trouble)
                    figures = session.stats
                proof.figure(f"{name}_said", sorted(sentences))
                if name in {"server", "halt"}:
                    due = figures.snapshots + figures.skipped
                    proof.at_most(f"{name}_left_out", figures.skipped / due, LEFT_OUT_MAX)
                    proof.holds(f"{name}_loses_nobody", not figures.disconnects)
                proof.figure(f"{name}_right", told[blame])
                wrong = set(told) - {blame, Blame.NOBODY, Blame.UNKNOWN}
                if name != "thin":  # so thin that its stalls cannot be told from a late server
                    proof.holds(f"{name}_always_seen", told[blame] == TIMES)
                proof.holds(f"{name}_blames_nobody_else", not wrong)
    return proof.finish()


def watched(session, trouble):
    """In how many rounds each was blamed, and all sentences."""
    told, sentences = Counter(), set()
    frames(session, 3.0, lambda _verdict: None)
    for _ in range(TIMES):
        said = set()
        trouble()
        frames(session, BETWEEN_S, said.add)
        told.update({verdict.blame for verdict in said})
        sentences.update(verdict.sentence for verdict in said)
    return told, sentences


def frames(session, seconds, hear):
    """Live like a window for a while."""
    end = time.monotonic() + seconds
    while (now := time.monotonic()) < end:
        session.poll(now)
        session.others(now)
        hear(session.stats.verdict)
        time.sleep(FRAME_S)


def stand_still(process, seconds):
    """The server's program does nothing for a moment, while the window goes on."""
    process.send_signal(signal.SIGSTOP)
    threading.Timer(seconds, process.send_signal, [signal.SIGCONT]).start()


@contextmanager
def window(server, folder, line):
    """A player's session, its line as asked for."""
    bad = network.parse(line) if line else None
    session = GameSession(server.invite, "Ann", data_dir=folder, target=server.target, network=bad)
    try:
        yield session
    finally:
        session.close()


if __name__ == "__main__":
    sys.exit(main())
