"""Orders to the running server and its metrics, at its private port of this computer."""

import http.client
import json
from collections.abc import Mapping
from typing import Any

from deploy import exposition
from deploy.exposition import Metrics

ANSWER_S = 3.0
OK = 200


def players(private_port: int, token: str) -> list[dict[str, Any]] | None:
    """Who plays, as docs/reference/private-port.md says; None where nobody says."""
    if not token.isascii():
        return None
    headers = {"Authorization": f"Bearer {token}"}
    body = _ask(private_port, "POST", "/admin/players", b"{}", headers)
    try:
        said = json.loads(body or b"")
    except ValueError:
        return None
    listed = said.get("players") if isinstance(said, dict) else None
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else None


def metrics(private_port: int) -> Metrics | None:
    """What the server counts; None while it does not answer."""
    body = _ask(private_port, "GET", "/metrics", b"", {})
    return None if body is None else exposition.parse(body.decode("utf-8", "replace"))


def _ask(
    private_port: int, method: str, path: str, sent: bytes, headers: Mapping[str, str]
) -> bytes | None:
    line = http.client.HTTPConnection("127.0.0.1", private_port, timeout=ANSWER_S)
    try:
        line.request(method, path, sent, dict(headers))
        answer = line.getresponse()
        body = answer.read()
    except (OSError, ValueError, http.client.HTTPException):
        return None
    finally:
        line.close()
    return body if answer.status == OK else None
