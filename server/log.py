"""Structured logs: one line an event, no control character ever, and floods told in one number."""

import logging
import sys
import time
from collections.abc import Callable
from typing import Any, Final, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

from protocol.limits import TokenBucket

LINES_PER_SECOND: Final = 10
"""Of one kind of event; what is above it is counted and told with the next line of its kind."""

VALUE_MAX: Final = 400
"""Characters of one value; a stranger chooses some of them."""

QUIET: Final = ("websockets", "aiohttp.access")
"""Loggers that would write a traceback for every client that vanishes."""

Processor = Callable[[WrappedLogger, str, EventDict], EventDict]


class FloodGate:
    """A processor that lets `rate` events a second of each kind through.

    Kinds are the constant event names of our own code, so the table is small; what strangers
    choose is in the values.
    """

    def __init__(
        self, rate: float = LINES_PER_SECOND, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = rate
        self._now = now
        self._buckets: dict[str, TokenBucket] = {}
        self._dropped: dict[str, int] = {}

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """The event, or DropEvent."""
        kind = str(event.get("event", ""))
        now = self._now()
        bucket = self._buckets.setdefault(kind, TokenBucket(self._rate, self._rate, now))
        if not bucket.take(now):
            self._dropped[kind] = self._dropped.get(kind, 0) + 1
            raise structlog.DropEvent
        if dropped := self._dropped.pop(kind, 0):
            event["more"] = f"and {dropped} more"
        return event


def printable(text: str) -> str:
    """`text` with everything that could move a cursor or forge a line written as an escape."""
    cut = text if len(text) <= VALUE_MAX else text[:VALUE_MAX] + "..."
    if cut.isprintable():
        return cut
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)


def clean(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Every key and value made harmless: numbers stay numbers, all else becomes printable text."""
    return {printable(str(key)): _clean_value(value) for key, value in event.items()}


def _clean_value(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {printable(str(key)): _clean_value(part) for key, part in value.items()}
    return printable(str(value))


class _Bridge(logging.Handler):
    """Carries what libraries log over to our own log, in one line."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = record.getMessage()
            if record.exc_info and record.exc_info[1] is not None:
                text += f": {record.exc_info[1]!r}"
            get("library").log(record.levelno, record.name, text=text)
        except Exception:  # noqa: BLE001 - the contract of logging: a log line never breaks work
            self.handleError(record)


def configure(level: str, style: str, stream: TextIO | None = None) -> None:
    """Log to `stream` (standard error) from `level` up, as "json" lines or for a "console"."""
    threshold = logging.getLevelNamesMapping()[level.upper()]
    last: Any = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            FloodGate(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            clean,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Bridge()]
    root.setLevel(max(threshold, logging.WARNING))
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def get(part: str) -> Any:
    """The logger of a part of the server. Event names are constants; what varies is a value."""
    return structlog.get_logger(part=part)
