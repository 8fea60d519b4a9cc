"""One player's connection, as the load generator holds it."""

import random
import socket
import ssl
from collections.abc import Callable
from typing import Final

from bench.plan import Plan

TIMED: Final = 8
"""Each so-manieth player times its commands."""
CONNECT_S: Final = 10.0
_GOLDEN: Final = 0.618_033_988_749_895
"""Multiples of it, less their whole part, lie evenly between 0 and 1, however many they are."""


class Walker:
    """One player's connection."""

    __slots__ = (
        "acts",
        "at",
        "chance",
        "is_open",
        "is_playing",
        "keys",
        "left",
        "number",
        "phase",
        "recv",
        "rest",
        "send",
        "sent_at",
        "seq",
        "sock",
        "target",
        "tick",
        "wanted",
        "x",
        "y",
    )

    def __init__(self, number: int, sock: socket.socket, seed: int) -> None:
        self.number = number
        self.phase = number * _GOLDEN % 1  # its moment, as a part of a tick
        self.sock = sock
        self.recv: Callable[[int], bytes] = sock.recv
        self.send: Callable[[bytes], int] = sock.send
        self.chance = random.Random(f"{seed} {number}")
        self.rest = b""
        self.is_open = self.is_playing = False
        self.tick = self.seq = self.acts = 0
        self.keys = self.left = self.target = 0
        self.at = 0.0
        self.x = self.y = 0  # where it thinks that it is, if nobody tells it
        self.wanted = 0  # a command whose way is timed, 0 for none
        self.sent_at = 0.0

    def time(self, seq: int, now: float) -> None:
        """Note when a command goes out, if its way is to be timed."""
        if not (self.wanted or self.number % TIMED):
            self.wanted, self.sent_at = seq, now


def connected(plan: Plan, number: int, request: bytes, context: ssl.SSLContext | None) -> Walker:
    """Player `number` on the line, its request said; nothing blocks from here on.

    Raises:
        OSError: when nobody answers.
    """
    sock = socket.create_connection((plan.host, plan.port), CONNECT_S)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if context is not None:
        sock = context.wrap_socket(sock, server_hostname=plan.name)
    walker = Walker(number, sock, plan.seed)
    if isinstance(sock, ssl.SSLSocket):
        walker.recv = _reader(sock)
    sock.sendall(request)
    sock.setblocking(False)
    return walker


def trusting(ca_file: str) -> ssl.SSLContext | None:
    """What to check certificates against; None for a line without TLS."""
    if not ca_file:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(ca_file)
    return context


def _reader(sock: ssl.SSLSocket) -> Callable[[int], bytes]:
    """Like recv, but to the end of what has been deciphered: no poll tells of that."""

    def read(size: int) -> bytes:
        data = sock.recv(size)
        while sock.pending():
            data += sock.recv(size)
        return data

    return read
