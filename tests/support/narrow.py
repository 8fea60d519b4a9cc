"""A line that carries little, true to TCP: a relay that reads no faster than it may hand on.

What it does not read fills its small receive buffer, then the sender's buffers: back pressure goes
all the way, as on a real narrow line.
"""

import asyncio
import socket
import time
from contextlib import asynccontextmanager, suppress

BITE = 1024
RECEIVE_BUFFER = 4096
SEGMENT = 1400
"""As over the internet. Loopback's 64 KB would not fit into the buffer, and TCP would stutter."""


class NarrowLine:
    """A port on this machine that leads to `port`; down to the client at `bytes_per_s`."""

    def __init__(self, port, bytes_per_s):
        self.bytes_per_s = bytes_per_s
        self.port = 0
        self._to = port

    @asynccontextmanager
    async def open(self):
        """Carry, until the end."""
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self

    async def _carry(self, reader, writer):
        loop = asyncio.get_running_loop()
        with suppress(asyncio.CancelledError), socket.socket() as far:
            far.setblocking(False)
            far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
            far.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT)
            try:
                await loop.sock_connect(far, ("127.0.0.1", self._to))
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._up(reader, far))
                    both.create_task(self._down(far, writer))
            except* OSError:
                pass  # one end has hung up: so do we on the other
            finally:
                writer.close()

    async def _up(self, reader, far):
        while data := await reader.read(65_536):
            await asyncio.get_running_loop().sock_sendall(far, data)
        far.shutdown(socket.SHUT_WR)

    async def _down(self, far, writer):
        free_at = time.monotonic()
        while data := await asyncio.get_running_loop().sock_recv(far, BITE):
            free_at = max(free_at, time.monotonic()) + len(data) / self.bytes_per_s
            await asyncio.sleep(free_at - time.monotonic())
            writer.write(data)
        writer.write_eof()
