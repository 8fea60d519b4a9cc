"""A client written from docs/reference/protocol.md alone: joins, walks a square, looks around.

    python examples/stranger.py --invite lanternhold://join/... --seconds 20

It needs Python 3.11 with websockets and msgspec, and nothing of Lanternhold. It does not predict
its body, and ends where a client for players would resume.
"""

import argparse
import asyncio
import base64
import contextlib
import hashlib
import http.client
import ipaddress
import itertools
import json
import math
import re
import secrets
import socket
import ssl
import struct
import sys
import time
import zlib
from dataclasses import dataclass, field

import msgspec
import websockets

HELLO, INPUT, BYE, WELCOME, SNAP, REJECT = 0x01, 0x02, 0x05, 0x81, 0x82, 0x87
SUBPROTOCOL = websockets.Subprotocol("lanternhold.1")
SQUARE = (1, 8, 2, 4)  # the keys UP, RIGHT, DOWN, LEFT, each held for a second


class PlainError(Exception):
    """What went wrong, as a sentence to show."""


class Invite(msgspec.Struct, array_like=True):
    """What an invite link holds; the last three may be missing."""

    port: int
    secret: bytes
    title: str
    addresses: list[bytes] = []
    ca_hash: bytes | None = None
    name: str | None = None


def read_invite(link: str) -> Invite:
    """Read a pasted link; the check tells where it ends."""
    text = re.sub(r"[^A-Za-z0-9_-]", "", link.partition("://join/")[2])
    for end in (n for n in range(len(text), 0, -1) if n % 4 != 1):  # no base64 is 4 k + 1 long
        data = base64.urlsafe_b64decode(text[:end] + "=" * (-end % 4))
        if len(data) > 5 and zlib.crc32(data[:-4]) == int.from_bytes(data[-4:], "little"):
            if data[0] != 1:
                raise PlainError("This invite is of a later version; update this program.")
            return msgspec.msgpack.decode(data[1:-4], type=Invite)
    raise PlainError("This invite is cut off or mangled; copy the whole link again.")


def trust(invite: Invite, name: str, address: str) -> ssl.SSLContext:
    """What to verify with: the CA whose hash the invite has, else the system's roots."""
    if invite.ca_hash is None:
        return ssl.create_default_context()
    blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE
    conn = http.client.HTTPConnection(name, invite.port)
    plain = socket.create_connection((address, invite.port), timeout=5)
    with blind.wrap_socket(plain, server_hostname=name) as conn.sock:
        conn.request("GET", "/ca.crt", headers={"Host": f"{name}:{invite.port}"})
        pem = conn.getresponse().read(65536).decode("ascii", "replace")
    der = base64.b64decode("".join(pem.split("-----")[2:3]))
    if hashlib.sha256(der).digest() != invite.ca_hash:
        raise PlainError("The server there is not the one that this invite is for.")
    pinned = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # verifies chain and name; no roots yet
    pinned.load_verify_locations(cadata=der)
    return pinned


async def dial(invite: Invite) -> websockets.ClientConnection:
    """Open the WebSocket at the first address that answers."""
    name = invite.name or "lanternhold.internal"
    reason: Exception | None = None
    for address in [str(ipaddress.ip_address(a)) for a in invite.addresses] or [name]:
        try:
            return await websockets.connect(
                f"wss://{name}:{invite.port}/w/home",
                host=address,  # only where to dial: URL, SNI and Host keep the name
                ssl=await asyncio.to_thread(trust, invite, name, address),
                subprotocols=[SUBPROTOCOL],
                compression=None,
                proxy=None,
            )
        except (OSError, http.client.HTTPException, websockets.InvalidHandshake) as error:
            reason = error
    raise PlainError(f"The server cannot be reached: {reason}.")


def pack_input(first_seq: int, ack: int, hold_ms: int, commands: list[int]) -> bytes:
    """INPUT of at most 60 commands, each given by its keys, without a target."""
    runs = [(keys, len(list(same))) for keys, same in itertools.groupby(commands)]
    head = struct.pack("<BIIHB", INPUT, first_seq, ack, hold_ms, len(runs))
    return head + b"".join(struct.pack("<BHB", keys, 0, count) for keys, count in runs)


@dataclass
class View:
    """What the newest SNAP told, and the tallies to print at the end."""

    tick: int = 0
    wait: int = 1  # commands that waited at the server
    body: tuple[int, int, int] | None = None  # x, y, warp
    arrived: float = field(default_factory=time.monotonic)
    others: dict[int, tuple[int, int]] = field(default_factory=dict)  # in steps of 1/64 tile
    movers: set[int] = field(default_factory=set)
    walked: float = 0.0  # tiles
    snapshots: int = 0

    def on_snap(self, data: bytes) -> None:
        """Take in the own body and the other players; cells and happenings are not used here."""
        self.tick, _, self.wait, _, x, y = struct.unpack_from("<IIbBii", data, 1)
        warp, count = data[30], data[33]
        self.arrived, self.snapshots = time.monotonic(), self.snapshots + 1
        if self.body and self.body[2] == warp:  # else the server has put the body elsewhere
            self.walked += math.dist(self.body[:2], (x, y)) / 65536
        self.body = (x, y, warp)
        for at in range(34, 34 + 6 * count, 6):
            eid, bits, grid = struct.unpack("<HBI", data[at : at + 6] + b"\0")
            dx, dy = ((n ^ 0x800) - 0x800 for n in (grid & 0xFFF, grid >> 12))  # 12 bit, signed
            place = (x // 1024 + dx, y // 1024 + dy)
            if bits & 3 in (0, 2) and self.others.setdefault(eid, place) != place:  # player, bot
                self.movers.add(eid)
                self.others[eid] = place


async def walk(ws: websockets.ClientConnection, view: View, hz: int, seq: int, end: float) -> None:
    """Send a command each tick, on a clock bent by up to 4 % so that one waits at the server."""
    due = sent = time.monotonic()
    pending: list[int] = []
    with contextlib.suppress(websockets.ConnectionClosed):  # play() tells why
        while (now := time.monotonic()) < end:
            pending.append(SQUARE[(seq + len(pending)) // hz % 4])
            held = now - view.arrived
            if held < 1 or now - sent >= 0.1:  # in a stall: at most 10 INPUT a second
                hold_ms = min(65535, int(held * 1000)) if view.tick else 0
                await ws.send(pack_input(seq, view.tick, hold_ms, pending))
                seq, sent, pending = seq + len(pending), now, []
            due += (1 + max(-0.04, min(0.04, 0.01 * (view.wait - 1)))) / hz
            due = max(due, now - 0.5)  # after a long sleep: do not make up for all of it
            await asyncio.sleep(due - time.monotonic())
        await ws.send(bytes([BYE]) + msgspec.msgpack.encode({}))


async def play(invite: Invite, seconds: float) -> View:
    """Join, walk for so long, and leave; every message from the server passes through here."""
    view, tasks = View(), []  # a task lives only as long as somebody holds it
    async with asyncio.timeout(seconds + 15), await dial(invite) as ws:
        if ws.subprotocol != SUBPROTOCOL:
            raise PlainError("The server speaks another version; update this program.")
        secret = base64.urlsafe_b64encode(invite.secret).decode().rstrip("=")
        name = f"Stranger {secrets.token_hex(2)}"  # one that nobody else here has
        hello = {"minor": 0, "name": name, "invite": secret, "bot": True}
        with contextlib.suppress(websockets.ConnectionClosed):
            await ws.send(bytes([HELLO]) + msgspec.msgpack.encode(hello))
            while frame := await ws.recv(decode=False):
                if frame[0] == SNAP:
                    view.on_snap(frame)
                elif frame[0] == WELCOME:
                    told, end = msgspec.msgpack.decode(frame[1:]), time.monotonic() + seconds
                    steps = walk(ws, view, told["tick_hz"], told["last_seq"] + 1, end)
                    tasks.append(asyncio.create_task(steps))
                elif frame[0] == REJECT:
                    raise PlainError(msgspec.msgpack.decode(frame[1:])["text"])
        if ws.close_code != 4000:  # the server's answer to BYE
            raise PlainError(f"The server closed the connection ({ws.close_code}).")
    return view


def main() -> None:
    """Play as the command line says and print what came of it."""
    parser = argparse.ArgumentParser(description="Join a Lanternhold server and walk a square.")
    parser.add_argument("--invite", required=True, metavar="LINK")
    parser.add_argument("--seconds", type=float, default=20.0)
    args = parser.parse_args()
    try:
        view = asyncio.run(play(read_invite(args.invite), args.seconds))
    except (PlainError, TimeoutError) as error:
        sys.exit(str(error) or "The server does not answer.")
    except (msgspec.MsgspecError, struct.error, LookupError, ValueError):
        sys.exit("The server and this program did not understand each other.")
    result = {"joined": True, "moved": round(view.walked, 2)}
    print(json.dumps(result | {"saw_others": len(view.movers), "snapshots": view.snapshots}))


if __name__ == "__main__":
    main()
