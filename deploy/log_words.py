"""What programs log, in a form for people: when, who, what. A line goes in, words come out."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

LOUD = {"warning": "warning: ", "warn": "warning: ", "error": "ERROR: ", "critical": "ERROR: "}
SERVER_REST = {"event", "level", "timestamp", "part", "name"}
SETTINGS = "settings"  # 25 values that the person wrote themselves
NOISE = frozenset(
    {
        "admin endpoint on open interface; host checking disabled",  # it is a socket of our own
        "HTTP/2 skipped because it requires TLS",
        "HTTP/3 skipped because it requires TLS",
        "unable to unlock",  # a lock that the end of Caddy has taken away already
    }
)
"""Caddy's warnings about what our Caddyfile wants just so."""
GOODBYE = "exiting; byeee!!"
CUT_SHORT = "context canceled"
PLAIN_HTTP = "server is listening only on the HTTP port"
_REFUSED = re.compile(r"dial tcp \S+: connect: connection refused")
_COMPOSE = re.compile(r"(?P<name>[a-z]+)-\d+ +\| (?P<rest>.*)")


class Form(StrEnum):
    """How lines are shown: in words, as they were written, or each as one JSON object."""

    WORDS = "words"
    RAW = "raw"
    JSON = "json"


@dataclass(frozen=True)
class Said:
    """One line of a log.

    Attributes:
        at: Unix time, or None where the line has none.
        words: what happened, for a person; "" for what is of no use to one.
    """

    at: float | None
    words: str

    def shown(self, name: str) -> str:
        """The line for a terminal, led by the local day and time and the program."""
        at = None if self.at is None else datetime.fromtimestamp(self.at, UTC).astimezone()
        clock = f"{at:%m-%d %H:%M:%S}" if at else " " * 14
        return f"{clock} {name:<7} {self.words}"


def read(line: str) -> Said:
    """A line of the server's, Caddy's or the keeper's log; what is no JSON stays as it is."""
    try:
        entry = json.loads(line)
    except ValueError:
        return Said(None, line)
    if not isinstance(entry, dict):
        return Said(None, line)
    if "event" in entry:
        return Said(_time(entry.get("timestamp")), _server_words(entry))
    if "msg" in entry:
        return Said(_time(entry.get("ts")), _caddy_words(entry))
    return Said(None, line)


def as_json(name: str, line: str) -> str:
    """The line as one JSON object on one line, with the program that said it."""
    try:
        entry = json.loads(line)
    except ValueError:
        entry = None
    said = entry if isinstance(entry, dict) else {"text": line}
    return json.dumps({"program": name, **said})


def from_compose(line: str) -> tuple[str, str]:
    """The program and its own line, out of a line of `docker compose logs`."""
    found = _COMPOSE.match(line)
    return (found["name"], found["rest"]) if found else ("", line)


def _server_words(entry: Mapping[str, Any]) -> str:
    event = str(entry["event"])
    if event == SETTINGS:
        return ""
    loud = LOUD.get(str(entry.get("level", "")), "")
    who = f" {entry['name']}" if entry.get("name") else ""
    more = ", ".join(f"{key} {value}" for key, value in entry.items() if key not in SERVER_REST)
    return f"{loud}{event}{who}{f' ({more})' if more else ''}"


def _caddy_words(entry: Mapping[str, Any]) -> str:
    """Warnings, errors and certificates; how Caddy sets itself up is for `logs --raw`."""
    message, level = str(entry["msg"]), str(entry.get("level", ""))
    if level not in LOUD:
        is_certificate = message == "certificate obtained successfully"
        return f"{message}: {entry.get('identifier', '')}" if is_certificate else ""
    detail = entry.get("error")
    if message in NOISE or message.startswith((PLAIN_HTTP, GOODBYE)) or _is_start(entry, message):
        return ""
    if CUT_SHORT in str(detail):  # what it was at when it was stopped, and begins again
        return ""
    return f"{LOUD[level]}{message}{f': {detail}' if detail else ''}"


def _is_start(entry: Mapping[str, Any], message: str) -> bool:
    """Whether `up` asked for /status before the server was there, as it does at every start."""
    request = entry.get("request")
    uri = request.get("uri") if isinstance(request, dict) else ""
    return uri == "/status" and bool(_REFUSED.fullmatch(message))


def _time(text: object) -> float | None:
    if isinstance(text, int | float):
        return float(text)
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
