"""A player without a body of code: speaks the protocol over a real connection, step by step."""

import asyncio
import hashlib
import http.client
import ssl
from contextlib import asynccontextmanager, suppress

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from protocol.client_conversation import ClientConversation
from protocol.messages import Welcome
from protocol.version import SUBPROTOCOL

TIMEOUT_S = 15


class Guest:
    """One connection and its conversation."""

    def __init__(self, line, conversation):
        self.line = line
        self.conversation = conversation
        self.heard = []

    async def until(self, kind):
        """The next message of that type; what comes before it is in `heard`."""
        async with asyncio.timeout(TIMEOUT_S):
            while True:
                message = self.conversation.receive(await self.line.recv())
                self.heard.append(message)
                if isinstance(message, kind):
                    return message

    async def until_closed(self):
        """Read to the end; returns the close code, with all that was said in `heard`."""
        async with asyncio.timeout(TIMEOUT_S):
            with suppress(ConnectionClosed):
                while True:
                    self.heard.append(self.conversation.receive(await self.line.recv()))
        return self.line.close_code


@asynccontextmanager
async def visiting(port, *, context, name="Guest", invite=None, token=None, server="localhost"):
    """A guest who has said HELLO at wss://`server`:`port` on this machine and was let in."""
    conversation = ClientConversation(token)
    async with connect(
        f"wss://{server}:{port}/w/home",
        host="127.0.0.1",
        port=port,
        ssl=context,
        subprotocols=[SUBPROTOCOL],
        compression=None,
        proxy=None,
    ) as line:
        await line.send(conversation.hello(name, invite))
        guest = Guest(line, conversation)
        await guest.until(Welcome)
        yield guest


def fetch(port, path, *, context=None, timeout_s=5):
    """GET a path from this machine over TLS; returns (status, headers, body)."""
    line = http.client.HTTPSConnection(
        "localhost", port, context=context or unverified(), timeout=timeout_s
    )
    try:
        line.request("GET", path)
        answer = line.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        line.close()


def unverified():
    """A context that believes everybody: for what carries no secret."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def trusting(pem):
    """A context that believes this root alone, and its SHA-256 as an invite carries it."""
    der = ssl.PEM_cert_to_DER_cert(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=der)
    return context, hashlib.sha256(der).hexdigest()
