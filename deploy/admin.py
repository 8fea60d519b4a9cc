"""Orders to the running server, on its private port of this computer."""

import http.client
import json
from typing import Any

ANSWER_S = 3.0
OK = 200


def players(private_port: int, token: str) -> list[dict[str, Any]] | None:
    """Who plays: each with `name`, `team`, `score`, `away`, `rtt_ms`; None where nobody says."""
    said = _order("players", private_port, token)
    listed = said.get("players") if isinstance(said, dict) else None
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else None


def _order(name: str, private_port: int, token: str) -> object:
    if not token.isascii():
        return None
    line = http.client.HTTPConnection("127.0.0.1", private_port, timeout=ANSWER_S)
    try:
        line.request("POST", f"/admin/{name}", b"{}", {"Authorization": f"Bearer {token}"})
        answer = line.getresponse()
        body = answer.read()
        return json.loads(body) if answer.status == OK else None
    except (OSError, ValueError, http.client.HTTPException):
        return None
    finally:
        line.close()
