"""Orders to the running server and its metrics, at its private port of this computer."""

import http.client
import json
from collections.abc import Mapping
from typing import Any

from deploy import exposition
from deploy.exposition import Metrics

ANSWER_S = 3.0
RECORD_S = 30.0  # a crowd's last minute is packed beside the game, on a small computer too
OK = 200


def players(private_port: int, token: str) -> list[dict[str, Any]] | None:
    """Who plays, as docs/reference/private-port.md says; None where nobody says."""
    said = _order("players", private_port, token)
    listed = said.get("players") if isinstance(said, dict) else None
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else None


def metrics(private_port: int) -> Metrics | None:
    """What the server counts; None while it does not answer."""
    body = _ask(private_port, "GET", "/metrics", b"", {})
    return None if body is None else exposition.parse(body.decode("utf-8", "replace"))


def record(private_port: int, token: str) -> str | None:
    """Have the last minute kept; the name of its file, or None where that was not done."""
    said = _order("record", private_port, token, RECORD_S)
    file = said.get("file") if isinstance(said, dict) else None
    return file if isinstance(file, str) else None


def _order(name: str, private_port: int, token: str, answer_s: float = ANSWER_S) -> object:
    """What the server answers to an order; None where it does not carry it out."""
    if not token.isascii():
        return None
    headers = {"Authorization": f"Bearer {token}"}
    body = _ask(private_port, "POST", f"/admin/{name}", b"{}", headers, answer_s)
    try:
        return None if body is None else json.loads(body)
    except ValueError:
        return None


def _ask(  # noqa: PLR0913, PLR0917 - a request has these parts
    private_port: int,
    method: str,
    path: str,
    sent: bytes,
    headers: Mapping[str, str],
    answer_s: float = ANSWER_S,
) -> bytes | None:
    line = http.client.HTTPConnection("127.0.0.1", private_port, timeout=answer_s)
    try:
        line.request(method, path, sent, dict(headers))
        answer = line.getresponse()
        body = answer.read()
    except (OSError, ValueError, http.client.HTTPException):
        return None
    finally:
        line.close()
    return body if answer.status == OK else None
