"""A friend on another computer, with nothing: a clone and one command; the window is looked at."""

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from _proof import Proof, say, timed

from protocol.invite import Invite
from support.guest import fetch
from support.home import at_home
from support.neighbour import HOST, neighbour
from support.screen import screenshot
from support.source import ROOT

PATIENCE_S = 180
LOOK_S = 4  # from being in the world until the picture is taken
PICTURE = ROOT / ".lanternhold" / "friend.png"
TOOLS = {"ip": "iproute2", "nsenter": "util-linux", "iptables": "iptables", "Xvfb": "xvfb"}


def main():
    """The host in this namespace, the friend in another one with an empty home."""
    if os.geteuid():
        sys.exit("Another computer is played by a network namespace: run it as root.")
    if missing := [package for tool, package in TOOLS.items() if not shutil.which(tool)]:
        sys.exit(f"Missing here: apt-get install --no-install-recommends {' '.join(missing)}")
    proof = Proof("friend")
    with TemporaryDirectory(prefix="lanternhold-friend-") as name, neighbour() as there:
        folder = Path(name)
        settings = {"LANTERNHOLD_DEPLOY_ADDRESSES": HOST, "LANTERNHOLD_SERVER_LOBBY_SECONDS": 1}
        with at_home(folder / "home", **settings) as (_, up), screen(folder) as display:
            port = Invite.parse(up["invite"]).port
            with timed(proof, "from_nothing_to_the_world_s"):
                process = begin_to_play(folder / "friend", there, display, up["invite"])
                is_in = wait_until_in(port, process)
            proof.holds("friend_is_in_the_world", is_in)
            time.sleep(LOOK_S)
            PICTURE.parent.mkdir(exist_ok=True)
            proof.figure("colours_in_the_window", screenshot(folder, PICTURE))
            proof.figure("picture", str(PICTURE.relative_to(ROOT)))
            process.terminate()
            process.wait(timeout=20)
    return proof.finish()


def begin_to_play(folder, there, display, link):
    """What the friend types: a clone, and one command with the link."""
    home = folder / "home"
    home.mkdir(parents=True)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "DISPLAY": display,
        "SDL_AUDIODRIVER": "dummy",
        "LANTERNHOLD_CLIENT_NAME": "Friend",
    }
    clone = ["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(folder / "clone")]
    subprocess.run([*there, *clone], env=environment, check=True)
    command = [*there, "./lanternhold", "play", link]
    return subprocess.Popen(
        command, cwd=folder / "clone", env=environment, stdin=subprocess.DEVNULL
    )


def wait_until_in(port, process):
    """Whether the server counts a player before patience ends."""
    give_up_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up_s and process.poll() is None:
        _, _, body = fetch(port, "/status")
        if json.loads(body)["players"]:
            return True
        time.sleep(0.2)
    say("The friend never came in; what the window said stands above.")
    return False


@contextmanager
def screen(folder):
    """A screen that exists in memory; yields the name that DISPLAY must have."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x720x24"]
    with subprocess.Popen(
        [*command, "-nolisten", "tcp", "-fbdir", str(folder)],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    ) as xvfb:
        os.close(writing)
        with os.fdopen(reading) as answer:
            yield f":{answer.readline().strip()}"
        xvfb.terminate()


if __name__ == "__main__":
    sys.exit(main())
