"""The player's settings and screen, from the environment: read here and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from platformdirs import user_data_path

from client import network
from client.network import Network, NetworkError
from game import names

PREFIX: Final = "LANTERNHOLD_CLIENT_"
KEYS: Final = ("INVITE", "NAME", "TEAM", "VOLUME", "FULLSCREEN", "FPS", "NETWORK", "DATA_DIR")

_YES: Final = frozenset({"1", "yes", "true", "on"})
_NO: Final = frozenset({"0", "no", "false", "off"})


class SettingsError(ValueError):
    """Settings that cannot be used; the text tells every problem at once."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the window may be told from outside."""

    invite: str = field(default="", repr=False)  # it lets people in: never printed
    name: str = ""  # empty: the remembered one, or one that is made up
    team: int = -1  # -1: the server balances
    volume: int = 60  # percent, 0 silent
    fullscreen: bool = False
    fps: int = 60  # frames a second at most
    network: Network | None = None  # a bad line to try out
    data_dir: Path = field(default_factory=lambda: user_data_path("lanternhold", appauthor=False))
    driver: str = ""  # SDL's own: somebody chose how to draw
    display: str = ""  # where a Linux shows windows


def read(environment: Mapping[str, str]) -> Settings:
    """The settings in `environment`; SettingsError with all problems if there are any."""
    given = {key: value for key, value in environment.items() if key.startswith(PREFIX)}
    reader = _Reader({key.removeprefix(PREFIX): value.strip() for key, value in given.items()})
    base = Settings()
    settings = Settings(
        invite=reader.text("INVITE"),
        name=reader.name("NAME"),
        team=reader.number("TEAM", base.team, -1, 7),
        volume=reader.number("VOLUME", base.volume, 0, 100),
        fullscreen=reader.flag("FULLSCREEN", default=base.fullscreen),
        fps=reader.number("FPS", base.fps, 20, 240),
        network=reader.network("NETWORK"),
        data_dir=Path(reader.text("DATA_DIR") or base.data_dir).expanduser(),
        driver=environment.get("SDL_VIDEODRIVER", ""),
        display=environment.get("WAYLAND_DISPLAY") or environment.get("DISPLAY", ""),
    )
    if reader.problems:
        raise SettingsError(" ".join(reader.problems))
    return settings


class _Reader:
    """Reads values one by one and collects what is wrong with them."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self.problems = [
            f"{PREFIX}{key} is not a setting; there are {', '.join(KEYS)}."
            for key in sorted(given)
            if key not in KEYS
        ]

    def text(self, key: str) -> str:
        """The value as it stands."""
        return self._given.get(key, "")

    def name(self, key: str) -> str:
        """A name that a player may have."""
        raw = self.text(key)
        try:
            return names.clean(raw) if raw else ""
        except ValueError as error:
            self.problems.append(f"{PREFIX}{key} is no name: {error}")
            return ""

    def network(self, key: str) -> Network | None:
        """A line to simulate."""
        try:
            return network.parse(self.text(key))
        except NetworkError as error:
            self.problems.append(f"{PREFIX}{key}: {error}")
            return None

    def number(self, key: str, default: int, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        raw = self.text(key)
        if not raw:
            return default
        try:
            value = int(raw)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            self.problems.append(f"{PREFIX}{key} must be a whole number from {low} to {high}.")
            return default
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Yes or no."""
        raw = self.text(key).lower()
        if raw and raw not in _YES | _NO:
            self.problems.append(f"{PREFIX}{key} must be yes or no.")
        return raw in _YES if raw in _YES | _NO else default
