"""A key of .env as a change: set it, and leave every other byte as it was."""

import re
from pathlib import Path

from deploy import env_file
from deploy.clone import Clone, write_private
from deploy.ledger import JsonObject
from deploy.problem import Problem

MODE = 0o777


class EnvKey:
    """One key of .env, set to a value. Never for secrets: .env is shown, and read by Compose.

    `before` holds the line that set the key, or None, and whether there was a file at all. Undoing
    puts exactly that line back in its place, so that the file has the same bytes as before.
    """

    KIND = "env-key"

    def __init__(self, file: Path, key: str, value: str) -> None:
        self._file = file
        self._key = key
        self._value = value
        self._line = f"{key}={_written(value)}\n"

    @classmethod
    def from_ledger(cls, desired: JsonObject, clone: Clone) -> "EnvKey":
        """The change that the ledger kept."""
        return cls(clone.env_file, str(desired["key"]), str(desired["value"]))

    @property
    def kind(self) -> str:
        """Of this class."""
        return self.KIND

    @property
    def id(self) -> str:
        """A key has one value, so one entry."""
        return f"{self.KIND}:{self._key}"

    @property
    def title(self) -> str:
        """For people."""
        return f".env: {self._key}={self._value}"

    @property
    def desired(self) -> JsonObject:
        """Key and value."""
        return {"key": self._key, "value": self._value}

    async def inspect(self) -> JsonObject:
        """The key's line as it is written, with its line end."""
        text = self._read()
        lines = [line for line in _lines(text or "") if _sets(line, self._key)]
        return {
            "line": lines[0] if lines else None,
            "file": text is not None,
            "ended": text is None or not text or text.endswith("\n"),
        }

    def diff(self, before: JsonObject) -> list[str]:
        """The line that goes and the line that comes."""
        old = before["line"]
        if old is not None and old.rstrip("\r\n") == self._line.rstrip("\n"):
            return []
        gone = [] if old is None else [f"- {old.strip()}"]
        return [*gone, f"+ {self._line.strip()}"]

    async def apply(self, before: JsonObject) -> None:
        """Replace the line in its place, or add it at the end."""
        del before
        self._put(self._line)

    async def verify(self) -> str:
        """Read it the way every program here does."""
        faults: list[str] = []
        found = env_file.read(self._file, faults).get(self._key)
        if faults or found != self._value:
            raise Problem(
                " ".join(faults) or f".env holds {found!r} for {self._key} after it was set.",
                "mend .env, then the same command again",
            )
        return f".env sets {self._key} to {self._value}."

    async def undo(self, before: JsonObject) -> None:
        """Put the old line back, or take ours out; a file that was not there goes when empty."""
        old: str | None = before["line"]
        if old is not None:
            self._put(old)
            return
        text = self._read()
        if text is None:
            return
        kept = "".join(line for line in _lines(text) if not _sets(line, self._key))
        if not before["ended"] and kept != text and kept.endswith("\n"):
            kept = kept[:-1]  # the line end that we had to add before our own line
        if not kept and not before["file"]:
            self._file.unlink()
        elif kept != text:
            self._write(kept)

    def _put(self, line: str) -> None:
        lines = _lines(self._read() or "")
        places = [number for number, old in enumerate(lines) if _sets(old, self._key)]
        if places:
            is_last = places[0] == len(lines) - 1
            lines[places[0]] = line if is_last or line.endswith("\n") else line + "\n"
        else:
            if lines and not lines[-1].endswith("\n"):
                lines[-1] += "\n"
            lines.append(line)
        self._write("".join(lines))

    def _read(self) -> str | None:
        try:
            return self._file.read_bytes().decode("utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as problem:
            raise Problem(f".env cannot be read: {problem}.", "mend it first") from None

    def _write(self, text: str) -> None:
        """Whole or not at all, with the file's own mode."""
        file = self._file.resolve()  # a link to a file elsewhere stays one
        mode = file.stat().st_mode & MODE if file.exists() else 0o600
        write_private(file, text)
        file.chmod(mode)


def _lines(text: str) -> list[str]:
    """Split so that joining gives the same text; only a line feed ends a line of .env."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _sets(line: str, key: str) -> bool:
    return bool(re.match(rf"\ufeff?[ \t]*(?:export[ \t]+)?{re.escape(key)}[ \t]*=", line))


def _written(value: str) -> str:
    """As plain as it may be."""
    if value and not env_file.is_plain(value):
        return env_file.quote(value)
    return value
