"""Putting an invite together: the server's secret, where it can be reached, the door's root."""

import hashlib
import ipaddress
import json
import ssl
from collections.abc import Sequence

from deploy import lan
from deploy.clone import Clone
from deploy.ledger import Ledger
from deploy.problem import Problem
from deploy.run import Result
from deploy.settings import Settings
from deploy.stack import Door, Stack
from protocol.invite import INTERNAL, Invite, InviteError

LOOPBACK = "127.0.0.1"
HTTPS = 443
PORT_MAPPING = "port-mapping"  # the ledger's kind; its code speaks UPnP and is slow to import


def invite(
    stack: Stack,
    settings: Settings,
    arguments: Sequence[str] = (),
    *,
    clone: Clone | None = None,
) -> tuple[Invite, str]:
    """An invite with its label: for the home network, and by the public name for anywhere.

    Args:
        stack: a running one.
        settings: LANTERNHOLD_DEPLOY_ADDRESSES replaces what is found.
        arguments: more words for `python -m server invite`.
        clone: whose ledger knows by which port the router lets friends in.

    Raises:
        Problem: the server gives no secret, or an address in the settings is none.
    """
    # A computer without a network still has itself.
    addresses = list(settings.addresses) or lan.addresses() or [LOOPBACK]
    ledger = Ledger.of(clone or Clone.here())
    return _invite(stack, settings, addresses, arguments, outside=settings.domain, ledger=ledger)


def own_invite(stack: Stack, settings: Settings) -> Invite:
    """An invite that works on this computer, whatever its network does."""
    return _invite(stack, settings, [LOOPBACK], ())[0]


def ca_sha256(root_pem: str) -> str:
    """The fingerprint of a root: SHA-256 over its DER, in hex.

    Raises:
        Problem: this is no certificate.
    """
    try:
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(root_pem.strip())).hexdigest()
    except ValueError:
        raise Problem("Caddy has not made its certificate yet.", "try again in a moment") from None


def public_port(ledger: Ledger, https_port: int) -> int:
    """By which port the router lets friends in: as mapped by us, else 443 as everywhere."""
    for entry in ledger.entries():
        kept = entry.desired
        if entry.kind == PORT_MAPPING and kept.get("internal") == https_port:
            return int(kept["external"])
    return HTTPS


def _invite(  # noqa: PLR0913 - what an invite is made of
    stack: Stack,
    settings: Settings,
    addresses: Sequence[str],
    arguments: Sequence[str],
    *,
    outside: str = "",
    ledger: Ledger | None = None,
) -> tuple[Invite, str]:
    door: Door = stack.door()
    secret, label = _secret(stack.ask_server(["invite", "--json", *arguments]))
    try:
        made = Invite(
            name=INTERNAL,
            addresses=tuple(str(ipaddress.ip_address(address)) for address in addresses),
            port=door.https_port,
            secret=secret,
            title=settings.title,
            ca_sha256=ca_sha256(door.root_pem),
            outside=outside,
            outside_port=public_port(ledger, door.https_port) if outside and ledger else HTTPS,
        )
    except (InviteError, ValueError) as problem:
        raise Problem(f"No invite can be made: {problem}", "mend .env") from problem
    return made, label


def _secret(answer: Result) -> tuple[str, str]:
    try:
        said = json.loads(answer.out)
        return said["secret"], said["label"]
    except (ValueError, KeyError, TypeError):
        why = answer.last_words or "it said nothing"
        raise Problem(f"The server gave no invite: {why}", "./lanternhold logs server") from None
