"""The file .env, in the part of its grammar that Compose and python-dotenv read alike.

The two differ where a value holds $, #, a backslash or a quote. Inside single quotes both take
every character as it stands; what they would read differently is refused, with that advice.
"""

import io
import re
from pathlib import Path

from dotenv import dotenv_values

_LINE = re.compile(r"(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(.*)")
_BARE = re.compile(r"[^\s'\"$\\#`]([^'\"$\\#`]*[^\s'\"$\\#`])?")
_SINGLE = re.compile(r"'([^'\\\n]*)'")
_DOUBLE = re.compile(r'"([^"$\\\n`]*)"')
_COMMENT = re.compile(r"\s+#.*\Z")


def read(path: Path, faults: list[str]) -> dict[str, str]:
    """The keys and values of a .env; each fault in it is added to `faults` as a sentence."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as problem:
        faults.append(f"{path.name} cannot be read: {problem}.")
        return {}
    seen: set[str] = set()
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if line and not line.startswith("#"):
            faults += _faults(line, f"{path.name} line {number}", seen)
    values = dotenv_values(stream=io.StringIO(text), interpolate=False)
    return {key: value or "" for key, value in values.items()}


def _faults(line: str, where: str, seen: set[str]) -> list[str]:
    found = _LINE.fullmatch(line)
    if not found:
        return [f"{where} is no setting: it must look like NAME=value."]
    key, written = found.groups()
    if key in seen:
        return [f"{where} sets {key} a second time."]
    seen.add(key)
    if is_plain(written):
        return []
    # The value is not shown: it may be a secret.
    what = f"{where}: the value of {key} holds a character that programs read differently."
    return [f"{what} Put it in single quotes: {key}='...' (no ' and no \\ can be in it)."]


def is_plain(written: str) -> bool:
    """Whether what is written after "NAME=" is read alike by everybody."""
    for form in (_SINGLE, _DOUBLE):
        found = form.match(written)
        if found:
            rest = written[found.end() :]
            return not rest.strip() or bool(_COMMENT.fullmatch(rest))
    bare = _COMMENT.sub("", written).strip()
    if bare != written.strip() and " " in bare:  # "Ann & Bob # 1": all would cut the name off
        return False
    return not written.startswith("#") and (not bare or bool(_BARE.fullmatch(bare)))


def quote(value: str) -> str:
    """A value as .env must hold it, so that every reader takes it as it stands.

    Raises:
        ValueError: a quote, a backslash or a line break, which cannot be written for both.
    """
    if _SINGLE.fullmatch(f"'{value}'") is None:
        raise ValueError("a value for .env may hold no single quote, backslash or line break")
    return f"'{value}'"
