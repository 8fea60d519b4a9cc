"""The friend's line to the internet: a plain cable, or one with delay, jitter, loss and rate."""

import json
import os
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from support.lab import cables
from support.lab.daemons import Daemons
from support.lab.plan import Options
from support.lab.spaces import LabError, Spaces

Counts = dict[str, dict[str, int]]


class FriendLine:
    """Between `inet` and the friend's router; `up` is from the friend towards the house."""

    def __init__(self, spaces: Spaces, daemons: Daemons, options: Options, folder: Path) -> None:
        self._spaces = spaces
        self._daemons = daemons
        self._options = options
        self._folder = folder
        self._control = folder / "line"

    def set(self, **conditions: Mapping[str, float]) -> Counts:
        """Change conditions of both, up or down; returns what happened to packets so far."""
        if not self._daemons.is_running("wanlink"):
            self._lay()
        own = self._folder / f"asker-{os.getpid()}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as asker:
            asker.bind(str(own))
            asker.settimeout(5)
            try:
                asker.sendto(json.dumps(conditions).encode(), str(self._control))
                said: Counts = json.loads(asker.recv(65536))
            finally:
                own.unlink()
        if "error" in said:
            raise LabError(f"the line does not understand {conditions}: {said['error']}")
        return said

    def _lay(self) -> None:
        """Take the cable away and put the adjustable line into its place."""
        self._spaces.ip("inet", "link del isp-f")
        ends = (self._spaces.full("frouter"), "wan0", self._spaces.full("inet"), "isp-f")
        script = Path(__file__).with_name("wanlink.py")
        words = [sys.executable, "-I", "-S", script, *ends, self._control]
        self._daemons.start("wanlink", "inet", words)
        deadline_s = time.monotonic() + 5
        while not self._control.exists():
            if time.monotonic() > deadline_s or not self._daemons.is_running("wanlink"):
                raise LabError(f"the line did not start:\n{self._daemons.log('wanlink')}")
            time.sleep(0.005)
        cables.plug_friend(self._spaces, self._options, cable=False)
