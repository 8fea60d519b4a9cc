"""Putting an invite together: the server's secret, where it can be reached, the door's root."""

import hashlib
import ipaddress
import json
import ssl
from collections.abc import Sequence
from dataclasses import dataclass

from deploy import lan
from deploy.clone import Clone
from deploy.ledger import Ledger, State
from deploy.problem import USED_WRONGLY, Problem
from deploy.run import Result
from deploy.settings import Settings
from deploy.stack import Door, Stack
from protocol.invite import INTERNAL, Invite, InviteError

LOOPBACK = "127.0.0.1"
HTTPS = 443
GENERAL = "friends"  # the label of the one for everybody
PORT_MAPPING = "port-mapping"  # the ledger's kind; its code speaks UPnP and is slow to import
DNS_RECORD = "dns-record"


@dataclass(frozen=True)
class Label:
    """What an invite is called, and the day until which it is good; None for ever."""

    text: str
    expires: str | None = None


Labelled = tuple[Invite, Label]


def invite(
    stack: Stack,
    settings: Settings,
    arguments: Sequence[str] = (),
    *,
    clone: Clone | None = None,
) -> Labelled:
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
    """By which port the router lets friends in: as last mapped by us, else 443 as everywhere.

    Where our record of the name is for IPv6 alone it is the port of this very computer, for which
    the router's firewall was opened.
    """
    held = [entry for entry in reversed(ledger.entries()) if entry.state is State.APPLIED]
    opened = [
        entry.desired
        for entry in held
        if entry.kind == PORT_MAPPING and entry.desired.get("internal") == https_port
    ]
    mapped = next((int(kept["external"]) for kept in opened if kept.get("ip") != 6), None)
    records = {entry.desired.get("record") for entry in held if entry.kind == DNS_RECORD}
    if mapped is None and opened and records == {"AAAA"}:
        return https_port
    return mapped or HTTPS


def _invite(  # noqa: PLR0913 - what an invite is made of
    stack: Stack,
    settings: Settings,
    addresses: Sequence[str],
    arguments: Sequence[str],
    *,
    outside: str = "",
    ledger: Ledger | None = None,
) -> Labelled:
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


def refused(answer: Result) -> Problem:
    """Why the server did not do what was asked of its invites, and what the host can do."""
    why = answer.last_words or "the server said nothing"
    if "There is no invite called" in why:
        return Problem(why, "./lanternhold invite --list, or make it with --new")
    if "already" in why:
        what, _, again = why.partition(" See it again with --show ")
        label = again.partition(", choose another")[0] or "LABEL"
        remedy = f"./lanternhold invite --show {label} shows it again; else choose another label"
        return Problem(what, remedy)
    if "--withdraw" in why:  # it has run out
        return Problem(why, "./lanternhold invite --list")
    if ": error: " in why:  # the words of the server's own command line
        return Problem(why.partition(": error: ")[2], "./lanternhold invite --help", USED_WRONGLY)
    return Problem(f"The server gave no invite: {why}", "./lanternhold logs server")


def _secret(answer: Result) -> tuple[str, Label]:
    try:
        said = json.loads(answer.out)
        return said["secret"], Label(said["label"], said.get("expires"))
    except (ValueError, KeyError, TypeError):
        raise refused(answer) from None
