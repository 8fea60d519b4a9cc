"""TLS at our own door, and what Caddy and the authority say of the public certificate."""

import asyncio
import time
from collections.abc import Sequence

import aiohttp

from deploy import run
from deploy.clone import Clone
from deploy.doctor.facts import Acme, Door
from deploy.doctor.gathering import caddy_log
from deploy.embedded.log_reader import last_lines
from deploy.keeper import certificate
from deploy.modes import Mode
from deploy.settings import Settings
from protocol.invite import INTERNAL

LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory"
ASK_S = 4.0
LOG_LINES = 4000
LOG_S = 15.0
COMPOSE_LOG = ("docker", "compose", "logs", "--no-color", "--no-log-prefix", "--tail")


def directory(settings: Settings) -> str:
    """The ACME directory of the authority that is asked."""
    return settings.acme.directory or LETS_ENCRYPT


async def look(clone: Clone, settings: Settings, mode: Mode | None, https_port: int) -> Door:
    """The door as it stands; `https_port` 0 when it does not run."""
    now = time.time()
    domain = settings.domain
    home, public, answers = await asyncio.gather(
        _shown(INTERNAL, https_port),
        _shown(domain, https_port if domain else 0),
        _answers(settings) if domain else _nothing(),
    )
    lines = await asyncio.to_thread(log_lines, clone, mode) if domain else []
    return Door(
        home_left_s=home.not_after - now if home else None,
        public_left_s=public.not_after - now if public else None,
        public_from_s=public.not_before - now if public else None,
        acme=caddy_log.read(lines, domain, now) if domain else Acme(),
        authority_answers=answers,
        authority=directory(settings).split("/")[2],
    )


async def _nothing() -> None:
    return None


async def _shown(name: str, port: int) -> certificate.Validity | None:
    """What the door shows for a name; a certificate of another name is none."""
    found = await certificate.look(name, port) if name and port else None
    return found if found and found.is_named else None


async def _answers(settings: Settings) -> bool:
    """Whether the authority gives its directory. Who it is, is Caddy's to verify."""
    limit = aiohttp.ClientTimeout(total=ASK_S)
    connector = aiohttp.TCPConnector(ssl=False, force_close=True)
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=limit) as session,
            session.get(directory(settings), allow_redirects=False) as answer,
        ):
            return answer.status < 500
    except (aiohttp.ClientError, TimeoutError, OSError):
        return False


def log_lines(clone: Clone, mode: Mode | None) -> Sequence[str]:
    """Caddy's log, the newest lines."""
    if mode is Mode.DOCKER:
        argv = [*COMPOSE_LOG, str(LOG_LINES), "caddy"]
        return run.run(argv, timeout_s=LOG_S, cwd=clone.root).out.splitlines()
    return last_lines(clone.logs / "caddy.log", LOG_LINES)
