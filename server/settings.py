"""The server's settings: the one place of this package that reads the environment."""

import difflib
import ipaddress
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from dotenv import dotenv_values

from game.rules import TICK_RATES, Mode, Rules

PREFIX: Final = "LANTERNHOLD_SERVER_"

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Parser = Callable[[str], Any]


class SettingsError(Exception):
    """What is wrong with the settings: all of it, a sentence each, in `problems`."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _whole(low: int, high: int) -> Parser:
    def parse(text: str) -> int:
        if not text.isascii() or not text.isdecimal() or not low <= int(text) <= high:
            raise ValueError(f"it must be a whole number from {low} to {high}")
        return int(text)

    return parse


def _one_of(*values: object) -> Parser:
    by_text = {str(value): value for value in values}

    def parse(text: str) -> object:
        if text.lower() not in by_text:
            raise ValueError(f"it must be one of {', '.join(by_text)}")
        return by_text[text.lower()]

    return parse


def _title(text: str) -> str:
    if not text.isprintable() or len(text) > 40:
        raise ValueError("it must be at most 40 printable characters")
    return text


def _seed(text: str) -> int:
    try:
        return _whole(0, 2**63 - 1)(text)  # type: ignore[no-any-return]
    except ValueError:
        raise ValueError("it must be a whole number, or empty for a new world each time") from None


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in text.split(","))
    except ValueError as error:
        raise ValueError(f"it must be networks separated by commas ({error})") from None


def _told(parse: Parser, *, secret: bool = False) -> dict[str, Any]:
    """How a setting is read, and whether the log may show it."""
    return {"parse": parse, "secret": secret}


def _setting(default: object, parse: Parser, *, secret: bool = False) -> Any:
    return field(default=default, metadata=_told(parse, secret=secret))


_DATA_DIR = Path(".lanternhold/data")
_MODE = _one_of(*Mode)
_PORT = _whole(0, 65_535)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All that a host can choose. Each field is `LANTERNHOLD_SERVER_<FIELD>` in the environment."""

    host: str = _setting("127.0.0.1", str)
    port: int = _setting(8765, _PORT)
    private_host: str = _setting("127.0.0.1", str)
    private_port: int = _setting(9100, _PORT)
    data_dir: Path = field(default=_DATA_DIR, metadata=_told(Path))
    name: str = _setting("Lanternhold", _title)
    mode: Mode = field(default=Mode.RUSH, metadata=_told(_MODE))
    teams: int = _setting(2, _whole(2, 4))
    tick_hz: int = _setting(30, _one_of(*TICK_RATES))
    map_tiles: int = _setting(128, _one_of(64, 128, 256, 512))
    min_players: int = _setting(1, _whole(1, 64))
    lobby_seconds: int = _setting(30, _whole(0, 3_600))
    round_seconds: int = _setting(300, _whole(10, 36_000))
    max_players: int = _setting(64, _whole(1, 2_000))
    resume_seconds: int = _setting(90, _whole(5, 3_600))
    trusted_proxies: tuple[Network, ...] = _setting(_networks("127.0.0.0/8,::1/128"), _networks)
    log_level: str = _setting("info", _one_of("debug", "info", "warning", "error"))
    log_format: str = _setting("json", _one_of("json", "console"))
    seed: int | None = _setting(None, _seed, secret=True)  # whoever knows it knows the map
    coalesce_ms: int = _setting(10, _whole(0, 10))
    env_file: str = _setting("", str)

    def rules(self) -> Rules:
        """The rules of the game that these settings ask for."""
        return Rules(
            tick_hz=self.tick_hz,
            mode=self.mode,
            teams=self.teams,
            map_tiles=self.map_tiles,
            min_players=self.min_players,
            lobby_ms=self.lobby_seconds * 1_000,
            round_ms=self.round_seconds * 1_000,
        )

    def masked(self) -> dict[str, str]:
        """The settings as the log may show them."""
        return {
            part.name: "***" if part.metadata["secret"] else _shown(getattr(self, part.name))
            for part in fields(self)
        }


_FIELDS: Final = {part.name: part for part in fields(Settings)}
KEYS: Final = tuple(PREFIX + name.upper() for name in _FIELDS)
"""Every key of the environment that this package knows."""


def _shown(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def load(environ: Mapping[str, str] | None = None, directory: Path = Path()) -> Settings:
    """Settings from the environment and, for what it does not say, the file `.env`.

    An empty value counts as not said, since Compose passes empty ones for what a host left out.

    Raises:
        SettingsError: with every problem there is.
    """
    given, problems = _given(os.environ if environ is None else environ, directory)
    values: dict[str, Any] = {}
    for key, text in given.items():
        name = key.removeprefix(PREFIX).lower()
        if name not in _FIELDS:
            problems.append(_unknown(key))
            continue
        try:
            values[name] = _FIELDS[name].metadata["parse"](text)
        except ValueError as error:
            problems.append(_bad(key, text, error))
    settings = Settings(**values)
    problems += _clashes(settings)
    if problems:
        raise SettingsError(problems)
    return settings


def _given(environ: Mapping[str, str], directory: Path) -> tuple[dict[str, str], list[str]]:
    """What the file and the environment say, the environment winning; and what is wrong with it."""
    named = environ.get(PREFIX + "ENV_FILE", "").strip()
    path = directory / (named or ".env")
    problems, found = [], {}
    if path.is_file():
        values = dotenv_values(path, interpolate=False)  # as Compose hands it over: as it stands
        found = {key: value or "" for key, value in values.items()}
    elif named:
        problems.append(f"{PREFIX}ENV_FILE is {named!r}: there is no such file. Correct the path.")
    said = {**found, **{key: value for key, value in environ.items() if value.strip()}}
    said.update({key: value for key, value in environ.items() if key not in said})
    ours = {key: value.strip() for key, value in said.items() if key.startswith(PREFIX)}
    # An unknown key is refused even when it is empty: it was meant to do something.
    return {key: value for key, value in ours.items() if value or key not in KEYS}, problems


def _unknown(key: str) -> str:
    close = difflib.get_close_matches(key, KEYS, n=1)
    hint = f"Did you mean {close[0]}?" if close else "Remove it; .env.example lists every key."
    return f"{key} is not a setting of the server. {hint}"


def _bad(key: str, text: str, error: ValueError) -> str:
    secret = _FIELDS[key.removeprefix(PREFIX).lower()].metadata["secret"]
    return f"{key} is {'***' if secret else repr(text)}: {error}."


def _clashes(settings: Settings) -> list[str]:
    """Settings that are good alone and not together."""
    problems = []
    if settings.min_players > settings.max_players:
        problems.append(
            f"{PREFIX}MIN_PLAYERS is {settings.min_players} and MAX_PLAYERS is "
            f"{settings.max_players}: no round could ever begin. Lower MIN_PLAYERS."
        )
    if settings.port and settings.port == settings.private_port:
        problems.append(
            f"{PREFIX}PORT and PRIVATE_PORT are both {settings.port}: metrics and admin must not "
            "stand at the public door. Choose another PRIVATE_PORT."
        )
    return problems
