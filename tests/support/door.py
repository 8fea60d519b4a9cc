"""How a player gets into a compose stack: the invite, and what proves who answers."""

import json
import ssl
from dataclasses import dataclass

from protocol.invite import INTERNAL, Invite
from support.guest import trusting

ROOT_CERTIFICATE = "/state/caddy/pki/authorities/local/root.crt"


@dataclass(frozen=True)
class Door:
    """The front door of a running stack, as seen from this machine."""

    port: int
    context: ssl.SSLContext  # trusts the stack's own root and nothing else
    root: str  # that root, as PEM
    invite: Invite

    @property
    def secret(self):
        return self.invite.secret

    @classmethod
    def of(cls, compose, port):
        """The door of a stack that is up, published on `port`."""
        root = compose("exec", "-T", "caddy", "cat", ROOT_CERTIFICATE)
        context, sha256 = trusting(root)
        said = compose("exec", "-T", "server", "python", "-m", "server", "invite", "--json")
        invite = Invite(
            name=INTERNAL,
            addresses=("127.0.0.1",),
            port=port,
            secret=json.loads(said)["secret"],
            title="Stack test",
            ca_sha256=sha256,
        )
        return cls(port, context, root, invite)
