"""Hosts and ports as people write them, and whether a secret may travel there."""

import ipaddress
import re
from urllib.parse import urlsplit

from deploy.address.kinds import Kind, kind_of

_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?=.{{4,253}}\Z)({_LABEL}\.)+(?!\d+\Z){_LABEL}")


def is_name(text: str) -> bool:
    """Whether a text is a whole name of DNS, in small letters and without the last dot."""
    return _NAME.fullmatch(text) is not None


def host_and_port(text: str, otherwise: int) -> tuple[str, int]:
    """HOST, HOST:PORT or [HOST]:PORT taken apart; ValueError for anything else."""
    parts = urlsplit(f"//{text}")
    if not parts.hostname or parts.path:
        raise ValueError(f"{text!r} is no host")
    return parts.hostname, parts.port or otherwise


def is_private_enough(url: str) -> bool:
    """Whether a secret may go there: https, or http that stays in this computer or house."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return bool(parts.hostname)
    if parts.scheme != "http" or not parts.hostname:
        return False
    if parts.hostname == "localhost":
        return True
    return _is_near(parts.hostname)


def _is_near(host: str) -> bool:
    try:
        return kind_of(ipaddress.ip_address(host)) in {Kind.LOOPBACK, Kind.PRIVATE}
    except ValueError:
        return False
