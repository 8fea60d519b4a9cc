"""The server behind the door: its programs, its health, what it says of itself."""

import asyncio
import json

import aiohttp

from deploy import door as front
from deploy import log_words
from deploy.clone import Clone
from deploy.doctor.facts import Game
from deploy.embedded.log_reader import last_lines
from deploy.problem import Problem
from deploy.stack import Door, Stack
from protocol.version import SUBPROTOCOL

ASK_S = 4.0
LAST = 20  # lines, of which many are of no use to a person
STOPPED_WELL = "stopped"
FAILED = "lanternhold_store_failed "
STOPPED = Game(parts={}, protocol="", healthy=None, store_failed=None)


async def look(clone: Clone, stack: Stack | None) -> tuple[Game, Door | None]:
    """The game, and where its door is when it runs."""
    if stack is None:
        return STOPPED, None
    try:
        parts = {part.name: part.state for part in await asyncio.to_thread(stack.parts)}
    except Problem as problem:
        return Game(
            parts={}, protocol="", healthy=None, store_failed=None, last_words=problem.what
        ), None
    stopped = next((name for name in ("server", "caddy") if parts.get(name) != "running"), "")
    last = _last_words(clone, stopped) if stopped else ""
    try:
        where = await asyncio.to_thread(stack.door)
    except Problem:
        return Game(
            parts=parts, protocol="", healthy=None, store_failed=None, last_words=last
        ), None
    said, (healthy, why), failed = await asyncio.gather(
        asyncio.to_thread(front.status, where), _health(where), _store_failed(where)
    )
    game = Game(
        parts=parts,
        protocol=str((said or {}).get("protocol", "")),
        ours=SUBPROTOCOL,
        healthy=healthy,
        health_why=why,
        store_failed=failed,
        last_words=last,
    )
    return game, where


def _last_words(clone: Clone, name: str) -> str:
    """Why a program may have stopped, in words; "" for the end that was asked for."""
    said = [log_words.read(line).words for line in last_lines(clone.logs / f"{name}.log", LAST)]
    last = next((words for words in reversed(said) if words), "")
    return "" if last == STOPPED_WELL else last


async def _health(where: Door) -> tuple[bool | None, str]:
    status, text = await _get(where, "/healthz")
    if status is None:
        return None, "its health page does not answer"
    if status == 200:
        return True, ""
    try:
        said = json.loads(text)
        return False, f"{said['state']}, its last tick was {said['tick_age_seconds']} s ago"
    except (ValueError, KeyError, TypeError):
        return False, f"its health page answers {status}"


async def _store_failed(where: Door) -> bool | None:
    status, text = await _get(where, "/metrics")
    line = next((line for line in text.splitlines() if line.startswith(FAILED)), "")
    return float(line.removeprefix(FAILED)) > 0 if status == 200 and line else None


async def _get(where: Door, path: str) -> tuple[int | None, str]:
    limit = aiohttp.ClientTimeout(total=ASK_S)
    url = f"http://127.0.0.1:{where.private_port}{path}"
    try:
        async with aiohttp.ClientSession(timeout=limit) as session, session.get(url) as answer:
            return answer.status, (await answer.read()).decode("utf-8", "replace")
    except (aiohttp.ClientError, TimeoutError, OSError):
        return None, ""
