"""A generator as seen from the bench that runs it."""

import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

from bench.plan import Count, Plan
from bench.process import end
from bench.websocket import LineError

ROOT: Final = Path(__file__).parents[1]


class Generator:
    """The crowd's process. Entered, everybody is in and plays."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self._plan = folder / "plan.json"
        self._plan.write_bytes(msgspec.json.encode(plan))
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.generator", str(self._plan)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        answer = self._answer()
        if answer != "in":
            end(self._process)
            raise LineError(answer.removeprefix("error ") or "the generator ended by itself")
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.communicate(timeout=15)  # the end of its input is its end

    def begin(self) -> None:
        """Count from here."""
        self._order("begin")

    def count(self) -> Count:
        """What was counted since `begin`."""
        return msgspec.json.decode(self._order("end"), type=Count)

    def _order(self, word: str) -> str:
        assert self._process is not None  # noqa: S101 - entered first
        assert self._process.stdin is not None  # noqa: S101 - asked for
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        answer = self._answer()
        if not answer:
            raise LineError("the generator ended by itself")
        return answer

    def _answer(self) -> str:
        assert self._process is not None  # noqa: S101 - entered first
        assert self._process.stdout is not None  # noqa: S101 - asked for
        return self._process.stdout.readline().strip()
