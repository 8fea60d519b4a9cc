"""What a host can set: the one place of deploy that reads the environment and .env."""

import difflib
import os
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy import acme, env_file, system
from deploy.acme import Acme
from deploy.clone import Clone
from deploy.modes import Mode
from deploy.problem import USED_WRONGLY, Problem
from deploy.run import PREFIX

SERVER_PREFIX = "LANTERNHOLD_SERVER_"
CLIENT_PREFIX = "LANTERNHOLD_CLIENT_"
OWNERS = (SERVER_PREFIX, CLIENT_PREFIX)  # they refuse their own unknown keys
SHARED = {
    "LANTERNHOLD_DOMAIN": "",
    "LANTERNHOLD_HTTPS_PORT": "8443",
    "LANTERNHOLD_HTTP_PORT": "8080",
    "LANTERNHOLD_ACME_CHALLENGE": "",
    "LANTERNHOLD_ACME_CA": "",
    "LANTERNHOLD_ACME_CA_ROOT": "",
}
OWN = {
    "LANTERNHOLD_DEPLOY_MODE": "",
    "LANTERNHOLD_DEPLOY_ADDRESSES": "",
    "LANTERNHOLD_DEPLOY_PROMETHEUS_PORT": "9090",
    "LANTERNHOLD_DEPLOY_GRAFANA_PORT": "3000",
    "LANTERNHOLD_DEPLOY_KEEPER_PORT": "9101",
    "LANTERNHOLD_DEPLOY_PROBER": "",
    "LANTERNHOLD_DEPLOY_DDNS_PROVIDER": "",
    "LANTERNHOLD_DEPLOY_DDNS_HOSTNAME": "",
    "LANTERNHOLD_DEPLOY_DDNS_RECORDS": "A",
    "LANTERNHOLD_DEPLOY_DDNS_USER": "",
    "LANTERNHOLD_DEPLOY_DDNS_TOKEN_FILE": "",
    "LANTERNHOLD_DEPLOY_DDNS_SERVER": "",
    "LANTERNHOLD_DEPLOY_DDNS_ZONE": "",
    "LANTERNHOLD_DEPLOY_DDNS_TTL": "60",
    "LANTERNHOLD_DEPLOY_ADDRESS_SOURCES": "",
}
KNOWN = SHARED | OWN
KEEPERS = (
    "LANTERNHOLD_DOMAIN",
    "LANTERNHOLD_HTTPS_PORT",
    "LANTERNHOLD_DEPLOY_KEEPER_PORT",
    "LANTERNHOLD_DEPLOY_ADDRESS_SOURCES",
)
"""What the keeper is told: all that compose.yaml hands to its container."""
PORTS = {
    "LANTERNHOLD_HTTPS_PORT": SHARED["LANTERNHOLD_HTTPS_PORT"],
    "LANTERNHOLD_HTTP_PORT": SHARED["LANTERNHOLD_HTTP_PORT"],
    SERVER_PREFIX + "PORT": "8765",
    SERVER_PREFIX + "PRIVATE_PORT": "9100",
    **{key: default for key, default in OWN.items() if key.endswith("_PORT")},
}
"""Every port of this computer that one of our programs takes, with its default."""

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{4,253}}\Z)({_LABEL}\.)+(?!\d+\Z){_LABEL}")


@dataclass(frozen=True)
class Settings:
    """The host's choices.

    Attributes:
        domain: the public name, or "" for none.
        https_port, http_port: where players and browsers come in; 0 takes any free one.
        acme: who signs the public name, and how it is proven.
        mode: the mode asked for, or None for the remembered or the best one.
        addresses: what invites name instead of the addresses that are found.
        keeper_port: the keeper's metrics on loopback; 0 takes any free one.
        prober: the command that probes an invite from another place, or nothing.
        server: the server's own keys, as they were given.
        given: every LANTERNHOLD_ key that was given, by name.
    """

    domain: str
    https_port: int
    http_port: int
    acme: Acme
    mode: Mode | None
    addresses: tuple[str, ...]
    prometheus_port: int
    grafana_port: int
    keeper_port: int
    prober: tuple[str, ...]
    server: Mapping[str, str]
    given: Mapping[str, str]

    @property
    def private_port(self) -> int:
        """The server's private port on loopback; 0 takes any free one."""
        return _whole(self.server.get(SERVER_PREFIX + "PRIVATE_PORT", ""), 9100)

    @property
    def game_port(self) -> int:
        """The server's game port behind Caddy in embedded mode; 0 takes any free one."""
        return _whole(self.server.get(SERVER_PREFIX + "PORT", ""), 8765)

    @property
    def ports(self) -> frozenset[int]:
        """Every port of this computer that one of our programs has, or would have."""
        return frozenset(_whole(self.given.get(key, port), 0) for key, port in PORTS.items())

    @property
    def client(self) -> dict[str, str]:
        """The player's own keys, as they were given."""
        return {key: value for key, value in self.given.items() if key.startswith(CLIENT_PREFIX)}

    @property
    def title(self) -> str:
        """What the host calls the server."""
        return self.server.get(SERVER_PREFIX + "NAME", "") or "Lanternhold"


@dataclass(frozen=True)
class Keeping:
    """The keeper's share of the settings: what it listens on, and whom it asks.

    Attributes:
        domain: the public name, or "" for none.
        https_port: where the door's certificate is looked at.
        keeper_port: its pages on loopback; 0 takes any free one.
        given: its keys that were given, by name.
    """

    domain: str
    https_port: int
    keeper_port: int
    given: Mapping[str, str]


More = Callable[[Mapping[str, str]], list[str]]
"""Finds faults in the server's keys, which it alone understands."""


def load(
    clone: Clone, environ: Mapping[str, str] | None = None, more: More = lambda _: []
) -> Settings:
    """Settings from the environment and, for what it does not say, from .env.

    Args:
        clone: whose .env.
        environ: instead of the process's own.
        more: a further look at the server's keys, so that all faults are told at once.

    Raises:
        Problem: with every fault there is, so that one look mends all.
    """
    environment = os.environ if environ is None else environ
    faults: list[str] = []
    filed = env_file.read(clone.env_file, faults)
    given = _given(filed, environment)
    faults += _unknown(given, clone, filed)
    faults += _twice(given) + _no_sources(given)
    for name in ("PORT", "PRIVATE_PORT"):
        if SERVER_PREFIX + name in given:
            _port(SERVER_PREFIX + name, given, faults)
    settings = _settings(given, faults)
    told = " ".join(faults)
    faults += [fault for fault in more(settings.server) if fault.split()[0] not in told]
    if faults:
        raise Problem(
            "\n".join(faults), "mend .env; docs/reference/settings.md has every key", USED_WRONGLY
        )
    return settings


def usual() -> Settings:
    """Settings of whom nothing was said: to stop what runs, whatever has become of .env."""
    return _settings({}, [])


def _settings(given: Mapping[str, str], faults: list[str]) -> Settings:
    values = KNOWN | {key: value for key, value in given.items() if key in KNOWN}
    return Settings(
        domain=_domain(values["LANTERNHOLD_DOMAIN"], faults),
        https_port=_port("LANTERNHOLD_HTTPS_PORT", values, faults),
        http_port=_port("LANTERNHOLD_HTTP_PORT", values, faults),
        acme=acme.read(values, faults),
        mode=_mode(values["LANTERNHOLD_DEPLOY_MODE"], faults),
        addresses=tuple(values["LANTERNHOLD_DEPLOY_ADDRESSES"].replace(",", " ").split()),
        prometheus_port=_port("LANTERNHOLD_DEPLOY_PROMETHEUS_PORT", values, faults),
        grafana_port=_port("LANTERNHOLD_DEPLOY_GRAFANA_PORT", values, faults),
        keeper_port=_port("LANTERNHOLD_DEPLOY_KEEPER_PORT", values, faults),
        prober=_words("LANTERNHOLD_DEPLOY_PROBER", values, faults),
        server={key: value for key, value in given.items() if key.startswith(SERVER_PREFIX)},
        given=given,
    )


def load_keeping(clone: Clone, environ: Mapping[str, str] | None = None) -> Keeping:
    """The keeper's own few settings.

    The others are none of its business: in its container it does not see them, so it could not
    tell what is taken twice, and a fault in them must not end the care for what is open already.

    Raises:
        Problem: one of its own is no good.
    """
    faults: list[str] = []
    filed = env_file.read(clone.env_file, [])
    every = _given(filed, os.environ if environ is None else environ)
    given = {key: every[key] for key in KEEPERS if key in every}
    values = KNOWN | given
    keeping = Keeping(
        domain=_domain(values["LANTERNHOLD_DOMAIN"], faults),
        https_port=_port("LANTERNHOLD_HTTPS_PORT", values, faults),
        keeper_port=_port("LANTERNHOLD_DEPLOY_KEEPER_PORT", values, faults),
        given=given,
    )
    if faults:
        raise Problem("\n".join(faults), "mend .env", USED_WRONGLY)
    return keeping


def refuse_low_ports(chosen: Settings) -> None:
    """For whoever is about to listen as this very user; Docker's engine may have any port.

    Raises:
        Problem: this user may not listen there.
    """
    ports = {
        "LANTERNHOLD_HTTPS_PORT": chosen.https_port,
        "LANTERNHOLD_HTTP_PORT": chosen.http_port,
        SERVER_PREFIX + "PORT": chosen.game_port,
        SERVER_PREFIX + "PRIVATE_PORT": chosen.private_port,
    }
    faults = [
        f"{name} is {port}, and ports below 1024 belong to root here."
        for name, port in ports.items()
        if not system.may_bind(port)
    ]
    if faults:
        raise Problem(
            "\n".join(faults),
            "take the line out of .env and let the router map its 443 and 80 to the usual 8443 and "
            "8080; or ./lanternhold up --mode docker, whose engine may have any port",
            USED_WRONGLY,
        )


def given_invite() -> str:
    """The invite that the launcher took out of the arguments; "" for none."""
    return os.environ.get("LANTERNHOLD_CLIENT_INVITE", "")


def docker_host() -> str:
    """Where Docker's own variable says that its engine listens; "" for the usual place."""
    return os.environ.get("DOCKER_HOST", "")


def ssh_connection() -> str:
    """How this session came in by SSH, "CLIENT PORT SERVER PORT"; "" for not, or under sudo."""
    return os.environ.get("SSH_CONNECTION", "")


def keys_of(example: Path) -> set[str]:
    """Every key that .env.example names, set or commented out."""
    try:
        text = example.read_text(encoding="utf-8")
    except OSError:
        return set()
    return set(re.findall(r"^#?\s?(LANTERNHOLD_[A-Z0-9_]+)=", text, re.MULTILINE))


def _given(filed: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """Our keys that say something; the environment wins."""
    return {
        key: value
        for key, value in {**filed, **environment}.items()
        if key.startswith(PREFIX) and value
    }


def _no_sources(given: Mapping[str, str]) -> list[str]:
    """What is no source of an address, told before the keeper would have to live with it."""
    key = "LANTERNHOLD_DEPLOY_ADDRESS_SOURCES"
    if key not in given:
        return []
    # What speaks HTTP and DNS takes a while to import, and hardly anybody sets this.
    from deploy.address import sources  # noqa: PLC0415

    faults = []
    for text in sources.listed(given[key]):
        try:
            sources.parse(text)
        except ValueError as problem:
            faults.append(f"{key}: {problem}. {sources.FORMS}.")
    return faults


def _unknown(given: Mapping[str, str], clone: Clone, filed: Mapping[str, str]) -> list[str]:
    """Keys that nobody knows. The server's are known from .env.example, which lists all."""
    listed = keys_of(clone.root / ".env.example")
    faults = []
    for key in sorted(given):
        is_listed = key in KNOWN or key in listed
        if is_listed or (key.startswith(OWNERS) and not (listed and key in filed)):
            continue
        near = difflib.get_close_matches(key, [*KNOWN, *listed], n=1)
        where = ".env" if key in filed else "the environment"
        hint = f" Did you mean {near[0]}?" if near else ""
        faults.append(f"{key} in {where} is no setting of Lanternhold.{hint}")
    return faults


def _domain(text: str, faults: list[str]) -> str:
    name = text.strip().rstrip(".").lower()
    if name in {"", "localhost"}:
        return ""
    if not is_public_name(name):
        faults.append(
            f"LANTERNHOLD_DOMAIN is {text!r}, which is no public name. It must be a bare name such "
            "as play.example.org: no https://, no port, no path, no address."
        )
    return name


def is_public_name(name: str) -> bool:
    """Whether a name may be known in the whole world, by its form."""
    return bool(_DOMAIN.fullmatch(name)) and not name.endswith(".internal")


def _port(key: str, values: Mapping[str, str], faults: list[str]) -> int:
    port = _whole(values[key], -1)
    if not 0 <= port <= 65535:
        faults.append(f"{key} is {values[key]!r}; it must be a port from 1 to 65535.")
    return port


def _twice(given: Mapping[str, str]) -> list[str]:
    """Ports that two programs would both have; 0 takes any that is free."""
    ports = {key: _whole(given.get(key, default), 0) for key, default in PORTS.items()}
    said: dict[int, str] = {}
    faults = []
    for key, port in ports.items():
        first = said.setdefault(port, key)
        if port and first != key:
            faults.append(f"{first} and {key} are both {port}; each needs a port of its own.")
    return faults


def _words(key: str, values: Mapping[str, str], faults: list[str]) -> tuple[str, ...]:
    """A command line, cut into words as a shell would; it is never given to one."""
    try:
        return tuple(shlex.split(values[key]))
    except ValueError:
        faults.append(f"{key} has a quote that is opened and not closed.")
        return ()


def _mode(text: str, faults: list[str]) -> Mode | None:
    if not text:
        return None
    try:
        return Mode(text)
    except ValueError:
        faults.append(f"LANTERNHOLD_DEPLOY_MODE is {text!r}; it must be docker or embedded.")
        return None


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() else otherwise
