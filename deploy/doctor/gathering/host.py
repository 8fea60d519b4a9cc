"""This computer: Docker, the ports, the disk, the clock, and whether it sleeps."""

import asyncio
import email.utils
import shutil
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median

import aiohttp

from deploy import system
from deploy.clone import Clone
from deploy.docker import engine
from deploy.doctor.facts import Host
from deploy.modes import Mode
from deploy.settings import Settings

CLOCK_S = 4.0
POWER = Path("/sys/class/power_supply")


async def look(
    clone: Clone, settings: Settings, mode: Mode | None, clocks: Iterable[str], *, runs: bool
) -> Host:
    """The facts of this computer.

    Args:
        clone: whose disk counts.
        settings: its ports.
        mode: how it runs, or None.
        clocks: pages whose Date header tells the time.
        runs: whether our own server holds the ports now.
    """
    docker, offsets = await asyncio.gather(
        asyncio.to_thread(engine.check) if mode is Mode.DOCKER else _nothing(),
        asyncio.gather(*(_offset(page) for page in clocks)),
    )
    told = [offset for offset in offsets if offset is not None]
    return Host(
        docker=None if mode is not Mode.DOCKER else str(docker.fault) if docker else "",
        docker_why=docker.why if docker else "",
        docker_remedy=docker.remedy if docker else "",
        taken={} if runs else _taken(settings),
        free_bytes=_free(clone),
        clock_off_s=median(told) if told else None,
        clock_by=f"{len(told)} server{'s' if len(told) > 1 else ''} out there",
        clock_witnesses=len(told),
        sleeps=_battery(),
    )


async def _nothing() -> None:
    return None


def _taken(settings: Settings) -> Mapping[int, str]:
    wanted = {port for port in (settings.https_port, settings.http_port) if port}
    return {
        port: system.port_owner(port) or "another program"
        for port in wanted
        if not system.is_port_free(port)
    }


def _free(clone: Clone) -> int | None:
    folder = clone.data if clone.data.exists() else clone.root
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


async def _offset(page: str) -> float | None:
    """How far our clock is ahead of a page's, to the second; None when it does not tell.

    Nothing but the header is believed, and nothing secret is sent: so the certificate, which a
    wrong clock would refuse, is not verified.
    """
    limit = aiohttp.ClientTimeout(total=CLOCK_S)
    connector = aiohttp.TCPConnector(ssl=False, force_close=True)
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=limit) as session,
            session.head(page, allow_redirects=False) as answer,
        ):
            told = email.utils.parsedate_to_datetime(answer.headers["Date"]).timestamp()
    except (aiohttp.ClientError, TimeoutError, OSError, KeyError, ValueError, TypeError):
        return None
    return time.time() - (told + 0.5)  # the header has whole seconds


def _battery(power: Path = POWER) -> str:
    try:
        names = [folder.name for folder in power.iterdir() if folder.name.startswith("BAT")]
    except OSError:
        return ""
    return f"it has a battery, {names[0]}" if names else ""
