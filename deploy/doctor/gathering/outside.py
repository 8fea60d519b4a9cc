"""What was seen from outside: by a friend's probe, by a prober, by the certificate authority.

And one look from inside at our own public address, which only tells of the router's hairpin NAT.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from deploy import outsider
from deploy.doctor.facts import Acme, Outside
from deploy.keeper import certificate
from protocol.invite import INTERNAL

KNOCK_S = 2.0
HTTPS = 443
PORT_OF = {"http-01": 80, "tls-alpn-01": HTTPS}
FRESH_S = 86400.0
SILENT_WORDS = ("timeout", "timed out", "deadline exceeded", "failed to connect", "no route")
REFUSED_WORDS = ("connection refused",)
AUTHORITY = "the certificate authority"
FRIEND = "a friend"
UNREACHED = {"timeout": "silent", "no-route": "silent", "refused": "closed"}


def seen(
    acme: Acme,
    friend: Mapping[str, Any] | None,
    *,
    address: str,
    is_named: bool,
    port: int = HTTPS,
) -> Outside:
    """Join what is known; a friend's word is newer than the authority's.

    Args:
        acme: the certificate's story.
        friend: a probe's answer.
        address: the public address.
        is_named: whether the zone leads there: an error that names no address is then about us.
        port: by which friends come in.
    """
    ports = _by_authority(acme, address, is_named=is_named)
    friend = outsider.from_outside(friend) if friend else None
    if friend is None:
        by = f"{AUTHORITY} ({acme.age_s / 60:.0f} min ago)" if acme.age_s is not None else AUTHORITY
        return Outside(ports=ports, by=by if ports else "")
    step: Mapping[str, Any] = next((one for one in friend["steps"] if not one.get("ok")), {})
    state = _by_friend(friend, step)
    return Outside(
        ports={**ports, port: state} if state else ports,
        by=FRIEND if state else AUTHORITY,
        friend="" if friend["ok"] else str(friend.get("fault") or "lost"),
        friend_detail=str(step.get("detail", ""))[:300],
    )


def _by_friend(friend: Mapping[str, Any], step: Mapping[str, Any]) -> str:
    """How the port looked to the friend, or "" when they did not get so far."""
    if friend["ok"] or step.get("name") in {"tls", "websocket", "join", "ticks"}:
        return "open"
    return UNREACHED.get(str(friend.get("fault")), "") if step.get("name") == "tcp" else ""


def _by_authority(acme: Acme, address: str, *, is_named: bool) -> dict[int, str]:
    if acme.age_s is None or acme.age_s > FRESH_S:
        return {}
    ports: dict[int, str] = {}
    for challenge, (_, detail) in acme.challenges.items():
        port, state = PORT_OF.get(challenge), _state(detail)
        if port and state and (is_named or (address and address in detail)):
            ports[port] = state
    if acme.state == "obtained" and acme.challenge in PORT_OF:
        ports[PORT_OF[acme.challenge]] = "open"
    return ports


def _state(detail: str) -> str:
    words = detail.lower()
    if any(word in words for word in REFUSED_WORDS):
        return "closed"
    return "silent" if any(word in words for word in SILENT_WORDS) else ""


async def knock_from_inside(address: str, port: int, https_port: int) -> tuple[str, bool]:
    """Our own public address, from here: how the port looks, and whether our door is behind it.

    Args:
        address: the public one.
        port: of the router, by which friends come in.
        https_port: our own; 0 when the door does not run.
    """
    if not address or not https_port:
        return "", False
    state = await _knock(address, port)
    if state != "open":
        return state, False
    there, here = await asyncio.gather(
        certificate.look(INTERNAL, port, address), certificate.look(INTERNAL, https_port)
    )
    return state, there is not None and there == here


async def _knock(address: str, port: int) -> str:
    try:
        async with asyncio.timeout(KNOCK_S):
            _, writer = await asyncio.open_connection(address, port)
    except ConnectionRefusedError:
        return "closed"
    except (OSError, TimeoutError):
        return "silent"
    writer.transport.abort()
    return "open"
