"""Runs on `inet`: the friend's line as two TUN devices, with what real lines do to packets.

    python wanlink.py NAMESPACE DEVICE NAMESPACE DEVICE CONTROL

Each direction has delay, jitter, loss and rate of its own, since this kernel has no netem. CONTROL
is a datagram socket that takes JSON, {"both"|"up"|"down": {"delay": s, "jitter": s, "loss": 0..1,
"rate": bit/s, "stall": s, "every": s, "queue": packets, "reorder": bool}}, and answers with counts.
In a stall nothing arrives, and at its end all of it does, both ways at once. "up" is from the first
namespace to the second. Standard library alone.
"""

import ctypes
import fcntl
import heapq
import json
import os
import random
import select
import socket
import struct
import sys
import time
from dataclasses import dataclass, field

_TUNSETIFF = 0x400454CA
_TUN_NO_PI = 0x1001
_CLONE_NEWNET = 0x40000000
_BATCH = 32
_CONDITIONS = {"delay", "jitter", "loss", "rate", "stall", "every", "queue", "reorder"}
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass
class Direction:
    """One way through the line: its conditions, and what happened to packets."""

    to: int
    delay: float = 0.0
    jitter: float = 0.0
    loss: float = 0.0
    rate: float = 0.0
    stall: float = 0.0
    every: float = 0.0
    queue: int = 1000
    reorder: bool = False
    seen: int = 0
    lost: int = 0
    overflowed: int = 0
    waiting: int = 0
    _free_at: float = field(default=0.0, repr=False)
    _last_due: float = field(default=0.0, repr=False)

    def set(self, conditions: dict[str, float]) -> None:
        """Change conditions from now on."""
        for name, value in conditions.items():
            if name not in _CONDITIONS:
                raise KeyError(name)
            setattr(self, name, value)

    def due(self, size: int, now: float) -> float | None:
        """When a packet comes out at the other end; None is never."""
        self.seen += 1
        if self.loss and random.random() < self.loss:
            self.lost += 1
            return None
        due = now
        if self.rate:
            if self.waiting >= self.queue:
                self.overflowed += 1
                return None
            due = self._free_at = max(self._free_at, now) + size * 8 / self.rate
        due += self.delay
        if self.jitter:
            due = max(now, due + random.gauss(0, self.jitter))
        if self.every:
            due += max(0.0, self.stall - due % self.every)
        if not self.reorder:
            due = self._last_due = max(due, self._last_due)
        return due

    def counts(self) -> dict[str, int]:
        """What happened to packets."""
        names = ("seen", "lost", "overflowed", "waiting")
        return {name: getattr(self, name) for name in names}


class Line:
    """Both directions, and the packets under way."""

    def __init__(self, first: int, second: int, control: socket.socket) -> None:
        self._up, self._down = Direction(second), Direction(first)
        self._from = {first: self._up, second: self._down}
        self._control = control
        self._under_way: list[tuple[float, int, Direction, bytes]] = []
        self._number = 0

    def carry(self) -> None:
        """Carry packets until killed."""
        sources = [*self._from, self._control.fileno()]
        while True:
            soonest = self._under_way[0][0] - time.monotonic() if self._under_way else None
            ready, _, _ = select.select(
                sources, [], [], None if soonest is None else max(0, soonest)
            )
            for source in ready:
                if source in self._from:
                    self._take(source, self._from[source])
                else:
                    self._obey()
            self._deliver()

    def _take(self, source: int, direction: Direction) -> None:
        now = time.monotonic()
        for _ in range(_BATCH):
            try:
                packet = os.read(source, 65536)
            except OSError:
                return
            due = direction.due(len(packet), now)
            if due is not None:
                direction.waiting += 1
                self._number += 1
                heapq.heappush(self._under_way, (due, self._number, direction, packet))

    def _deliver(self) -> None:
        now = time.monotonic()
        while self._under_way and self._under_way[0][0] <= now:
            _, _, direction, packet = heapq.heappop(self._under_way)
            direction.waiting -= 1
            try:
                os.write(direction.to, packet)
            except OSError:
                direction.lost += 1

    def _obey(self) -> None:
        text, asker = self._control.recvfrom(65536)
        ways = {"both": (self._up, self._down), "up": (self._up,), "down": (self._down,)}
        try:
            for name, conditions in json.loads(text).items():
                for direction in ways[name]:
                    direction.set(conditions)
            said = {"up": self._up.counts(), "down": self._down.counts()}
        except (ValueError, KeyError) as error:
            said = {"error": repr(error)}  # type: ignore[dict-item]
        self._control.sendto(json.dumps(said).encode(), asker)


def tun(namespace: str, device: str) -> int:
    """A TUN device in a namespace; returns its descriptor."""
    back = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    _enter(there)
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(descriptor, _TUNSETIFF, struct.pack("16sH22x", device.encode(), _TUN_NO_PI))
    _enter(back)
    return descriptor


def _enter(descriptor: int) -> None:
    if _libc.setns(descriptor, _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def main(first: str, first_device: str, second: str, second_device: str, control: str) -> None:
    """Make the line and carry its packets."""
    ends = tun(first, first_device), tun(second, second_device)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as orders:
        orders.bind(control)
        orders.setblocking(False)
        Line(*ends, orders).carry()


if __name__ == "__main__":
    main(*sys.argv[1:])
