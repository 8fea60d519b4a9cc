"""Runs on `inet`: the servers out there that a home asks about itself. Standard library alone.

    python outside.py CONFIG

HTTP and HTTPS on each echo address: `/` says the caller's address, `/probe?port=N` whether that
port of the caller's takes connections: open, closed (refused) or silent, `/bytes?count=N` gives
something to measure a line with. STUN on UDP 3478, and on
UDP 53 a name server that answers every A question with the caller's address. Beside them an ACME
server on a bad day: whatever is ordered, it has been too much.

CONFIG is JSON: echoes (addresses), echoes6 (the same by IPv6, HTTP alone), acme (address, port),
certificate, key, lies (a file that may appear, of JSON: {echo address: what it says instead}).
"""

import asyncio
import contextlib
import json
import socket
import ssl
import struct
import sys
from abc import ABC, abstractmethod
from functools import partial
from pathlib import Path
from typing import Any

COOKIE = 0x2112A442
PROBE_S = 2.0
LARGEST = 50_000_000


class Echo:
    """One server that says who asks."""

    def __init__(self, address: str, lies: Path) -> None:
        self.address = address
        self._lies = lies

    def say(self, caller: str) -> str:
        """The caller's address, or the lie that is ordered."""
        try:
            lies: dict[str, str] = json.loads(self._lies.read_text())
        except FileNotFoundError:
            return caller
        return lies.get(self.address, caller)

    async def http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            path = head.split()[1].decode()
            caller = writer.get_extra_info("peername")[0]
            if path.startswith("/probe?port="):
                state = await probe(caller, int(path.rpartition("=")[2]))
                body = json.dumps({"address": caller, "state": state})
            elif path.startswith("/bytes?count="):
                body = "x" * min(int(path.rpartition("=")[2]), LARGEST)
            else:
                body = self.say(caller) + "\n"
            writer.write(answer(200, body))
            await writer.drain()
        writer.close()


async def probe(address: str, port: int) -> str:
    """Whether a port takes connections: open, closed or silent."""
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(address, port), PROBE_S)
    except ConnectionRefusedError:
        return "closed"
    except (OSError, TimeoutError):
        return "silent"
    writer.close()
    return "open"


def answer(status: int, body: str, **headers: str) -> bytes:
    """An HTTP answer; the connection ends with it."""
    fields = {"Content_Type": "text/plain", "Connection": "close", **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    data = body.encode()
    return f"HTTP/1.1 {status} .\r\n{lines}Content-Length: {len(data)}\r\n\r\n".encode() + data


class Datagrams(asyncio.DatagramProtocol, ABC):
    """A server of one datagram for one."""

    def __init__(self, echo: Echo) -> None:
        self.echo = echo
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer, if it is a question."""
        with contextlib.suppress(IndexError, struct.error, OSError):
            if said := self.reply(data, addr):
                self._transport.sendto(said, addr)

    @abstractmethod
    def reply(self, data: bytes, addr: tuple[str, int]) -> bytes | None:
        """The answer to a datagram."""


class Stun(Datagrams):
    """STUN binding requests (RFC 8489), with XOR-MAPPED-ADDRESS alone."""

    def reply(self, data: bytes, addr: tuple[str, int]) -> bytes | None:
        """A binding success response."""
        kind, _, cookie = struct.unpack("!HHI", data[:8])
        if kind != 1 or cookie != COOKIE or len(data) < 20:
            return None
        ip = struct.unpack("!I", socket.inet_aton(self.echo.say(addr[0])))[0]
        mapped = struct.pack("!HHBBHI", 0x20, 8, 0, 1, addr[1] ^ (COOKIE >> 16), ip ^ COOKIE)
        return struct.pack("!HH", 0x0101, len(mapped)) + data[4:20] + mapped


class WhoAmI(Datagrams):
    """DNS: every A question is answered with the asker's address."""

    def reply(self, data: bytes, addr: tuple[str, int]) -> bytes | None:
        """An authoritative answer."""
        end = 12
        while data[end]:
            end += 1 + data[end]
        question = data[12 : end + 5]
        is_a = question[-4:] == b"\0\1\0\1"
        record = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 0, 4)
        record += socket.inet_aton(self.echo.say(addr[0]))
        head = data[:2] + struct.pack("!HHHHH", 0x8500, 1, int(is_a), 0, 0)
        return head + question + (record if is_a else b"")


class Limiting:
    """An ACME server (RFC 8555) whose limits are used up."""

    def __init__(self, port: int) -> None:
        self._base = f"https://acme.inet.test:{port}"

    async def http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Directory and nonces are given, nothing else."""
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            path = head.split()[1].decode()
            writer.write(self._answer(path))
            await writer.drain()
        writer.close()

    def _answer(self, path: str) -> bytes:
        nonce = {"Replay_Nonce": "bGFudGVybg", "Cache_Control": "no-store"}
        if path == "/dir":
            names = {"newNonce": "nonce", "newAccount": "account", "newOrder": "order"}
            links = {name: f"{self._base}/{to}" for name, to in names.items()}
            return answer(200, json.dumps(links), Content_Type="application/json")
        if path == "/nonce":
            return answer(200, "", **nonce)
        problem = {
            "type": "urn:ietf:params:acme:error:rateLimited",
            "detail": "too many certificates already issued for this name",
            "status": 429,
        }
        kind = {"Content_Type": "application/problem+json", "Retry_After": "3600"}
        return answer(429, json.dumps(problem), **kind, **nonce)


async def main(config: dict[str, Any]) -> None:
    """Serve until killed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(config["certificate"], config["key"])
    loop = asyncio.get_running_loop()
    for address in config["echoes"]:
        echo = Echo(address, Path(config["lies"]))
        await loop.create_datagram_endpoint(partial(Stun, echo), local_addr=(address, 3478))
        await loop.create_datagram_endpoint(partial(WhoAmI, echo), local_addr=(address, 53))
        await asyncio.start_server(echo.http, address, 443, ssl=context)
        await asyncio.start_server(echo.http, address, 80)
    for address in config["echoes6"]:
        await asyncio.start_server(Echo(address, Path(config["lies"])).http, address, 80)
    address, port, refusing_port = config["acme"]
    limiting = Limiting(port)
    await asyncio.start_server(limiting.http, address, refusing_port, ssl=context)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text())))
