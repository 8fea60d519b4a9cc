"""A report that may be shown to others: no secret, no invite, no address or name of anybody."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from typing import Any

INVITE = re.compile(r"lanternhold://join/[A-Za-z0-9_=-]+")
WORD = re.compile(r"(?<![A-Za-z0-9_+/=-])[A-Za-z0-9_+/-]{20,}={0,2}(?![A-Za-z0-9_+/=-])")
V4 = re.compile(r"(?<![\d.])(\d{1,3}\.){3}\d{1,3}(?!\d|\.\d)")
V6 = re.compile(
    r"(?<![0-9A-Za-z:])(?=[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:)[0-9A-Fa-f:]{3,45}(?![0-9A-Za-z:])"
)
MAC = re.compile(r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b")
QUERY = re.compile(r"(https?://[^\s?'\"]+)\?[^\s'\"]*")
HIDDEN, NAME = "[secret]", "[name]"


def redact(value: Any, secrets: Iterable[str] = (), names: Iterable[str] = ()) -> Any:
    """The same shape with every text made fit to be shown.

    Args:
        value: texts, numbers, lists and objects.
        secrets: words known to be secret, whatever they look like.
        names: public names of the host's: whoever knows one finds the address that is hidden.
    """
    known = {word: HIDDEN for word in secrets if len(word) >= 4}
    return _redact(value, known | {name: NAME for name in names if name})


def _redact(value: Any, known: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _text(value, known)
    if isinstance(value, dict):
        return {str(key): _redact(part, known) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_redact(part, known) for part in value]
    return value


def _text(text: str, known: Mapping[str, str]) -> str:
    for word, shown in known.items():
        text = text.replace(word, shown)
    text = INVITE.sub("[invite]", text)
    text = QUERY.sub(r"\1?[...]", text)
    text = MAC.sub("[mac]", text)
    text = V4.sub(lambda found: _short(found[0]), text)
    text = V6.sub(lambda found: _short(found[0]), text)
    return WORD.sub(lambda found: found[0] if _is_plain(found[0]) else HIDDEN, text)


def _short(text: str) -> str:
    """An address as far as its kind can be told from it: the rest is nobody's business."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if address.is_loopback or address.is_unspecified:
        return text
    if address.version == 4:
        return ".".join([*text.split(".")[:2], "x", "x"])
    return f"{':'.join(address.exploded.split(':')[:2])}:x"


def _is_plain(word: str) -> bool:
    """A path, or words joined by strokes: what people write, not what machines draw by lot."""
    parts = re.split(r"[/_-]", word)
    return all(part.isalpha() and len(part) < 16 for part in parts if part)
