"""Putting an invite together: the server's secret, this computer's addresses, the door's root."""

import hashlib
import ipaddress
import json
import ssl
from collections.abc import Sequence

from deploy import lan
from deploy.problem import Problem
from deploy.run import Result
from deploy.settings import Settings
from deploy.stack import Door, Stack
from protocol.invite import INTERNAL, Invite, InviteError

LOOPBACK = "127.0.0.1"


def invite(stack: Stack, settings: Settings, arguments: Sequence[str] = ()) -> tuple[Invite, str]:
    """An invite for friends in the home network, with its label.

    Args:
        stack: a running one.
        settings: LANTERNHOLD_DEPLOY_ADDRESSES replaces what is found.
        arguments: more words for `python -m server invite`.

    Raises:
        Problem: the server gives no secret, or an address in the settings is none.
    """
    # A computer without a network still has itself.
    addresses = list(settings.addresses) or lan.addresses() or [LOOPBACK]
    return _invite(stack, settings, addresses, arguments)


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


def _invite(
    stack: Stack, settings: Settings, addresses: Sequence[str], arguments: Sequence[str]
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
