"""What Caddy's log tells of the public certificate: the step it is at, the error, the next try."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from deploy.doctor.facts import Acme

URN = re.compile(r"urn:ietf:params:acme:error:(\w+)")
MOST_DETAIL = 240
STARTED = "enabling automatic TLS certificate management"
UNREACHABLE = "unreachable"  # the authority itself
CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass
class _Story:
    """What is known so far; `at` are wall times of the log."""

    acme: Acme = field(default_factory=Acme)
    obtained_at: float = 0.0
    failed_at: float = 0.0
    retry_at: float | None = None
    failures: dict[str, tuple[str, str, float]] = field(default_factory=dict)


def read(lines: Iterable[str], domain: str, now: float) -> Acme:
    """The story of `domain`'s certificate in log lines, oldest first.

    Lines that are no JSON, or of another name, are passed over.
    """
    story = _Story()
    for line in lines:
        said = _said(line)
        if said and _is_about(said, domain):
            _take(story, said)
    retry = None if story.retry_at is None else max(0.0, story.retry_at - now)
    challenges = {name: (kind, detail) for name, (kind, detail, _) in story.failures.items()}
    return replace(
        story.acme,
        retry_in_s=retry if story.acme.state == "failing" else None,
        challenges=challenges,
        age_s=now - max(story.obtained_at, story.failed_at) if story.acme.state else None,
    )


def _said(line: str) -> dict[str, Any] | None:
    start = line.find("{")  # Compose may lead a line with the service's name
    try:
        said = json.loads(line[start:]) if start >= 0 else None
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _is_about(said: dict[str, Any], domain: str) -> bool:
    keys = ("identifier", "identifiers", "domains", "error")
    named = next((said[key] for key in keys if said.get(key)), "")
    return domain in named if isinstance(named, list) else domain in str(named)


def _take(story: _Story, said: dict[str, Any]) -> None:
    message, at = str(said.get("msg", "")), _number(said.get("ts"))
    if message == STARTED:  # what failed before a restart may have been mended by it
        story.acme, story.retry_at, story.failures = Acme(), None, {}
    elif message == "certificate obtained successfully" or message.startswith(
        "certificate renewed"
    ):
        story.acme = Acme("obtained", story.acme.challenge)
        story.obtained_at, story.retry_at = at, None
        story.failures = {}
    elif message in {"obtaining certificate", "renewing certificate"}:
        state = story.acme.state if story.failures else "obtaining"
        story.acme = replace(story.acme, state=state)
        story.failed_at, story.retry_at = at, None
    elif message == "trying to solve challenge":
        story.acme = replace(story.acme, challenge=str(said.get("challenge_type", "")))
    elif message == "challenge failed":
        _challenge_failed(story, said, at)
    elif message == "could not get certificate from issuer":
        _failed(story, str(said.get("error", "")), at)
    elif message == "will retry":
        _failed(story, str(said.get("error", "")), at)
        story.retry_at = at + _number(said.get("retrying_in"))
        story.acme = replace(story.acme, attempt=int(_number(said.get("attempt"))))


def _challenge_failed(story: _Story, said: dict[str, Any], at: float) -> None:
    problem = said.get("problem")
    problem = problem if isinstance(problem, dict) else {}
    name = str(said.get("challenge_type", ""))
    kind = str(problem.get("type", "")).rpartition(":")[2]
    detail = _shown(str(problem.get("detail", "")))
    story.failures[name] = (kind, detail, at)
    story.acme = replace(story.acme, challenge=name, kind=kind, detail=detail)


def _failed(story: _Story, error: str, at: float) -> None:
    """The error of the whole attempt; a challenge's own words are more telling and stay."""
    urn = URN.search(error)
    kind = urn[1] if urn else ("" if story.failures else UNREACHABLE)
    known = story.failures.get(story.acme.challenge)
    detail = known[1] if known else _shown(error.partition(" - ")[2] or error)
    story.acme = replace(
        story.acme, state="failing", kind=known[0] if known else kind, detail=detail
    )
    story.failed_at = at


def _shown(text: str) -> str:
    """What a stranger said, fit for one line."""
    plain = CONTROL.sub(" ", text).strip().rstrip(".")
    return plain if len(plain) <= MOST_DETAIL else plain[: MOST_DETAIL - 3] + "..."


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
