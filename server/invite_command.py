"""`python -m server invite`: the host makes, sees and withdraws invites."""

import argparse
from datetime import UTC, datetime
from typing import Final

import msgspec

from server.folder import prepare_folder
from server.invites import Entry, InviteBook
from server.settings import Settings

LABEL_MAX: Final = 40
DAYS_MAX: Final = 36_500
_COLUMNS: Final = ("label", "created", "expires", "withdrawn")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Make `parser` the one of this command."""
    parser.description = "Without options: the general invite, made if there is none that is open."
    parser.epilog = "example: python -m server invite --new family --days 30 --json"
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--new", type=_new_label, metavar="LABEL", help="make another invite, called LABEL"
    )
    what.add_argument("--show", type=_label, metavar="LABEL", help="show that one again")
    what.add_argument("--list", action="store_true", help="list all of them, without secrets")
    what.add_argument(
        "--withdraw",
        type=_label,
        metavar="LABEL",
        help="let nobody in any more with LABEL, and put out who came in by it",
    )
    parser.add_argument("--days", type=_days, help="days that a new invite lasts (for ever)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def answer(settings: Settings, chosen: argparse.Namespace) -> str:
    """Do what was asked; returns what to print.

    Raises:
        StartError, InviteFileError: when it cannot be done.
    """
    book = InviteBook(prepare_folder(settings.data_dir))
    if chosen.list:
        rows = [_facts(entry) for entry in book.read()]
        return _json(rows) if chosen.json else _table(rows)
    if chosen.withdraw is not None:
        book.withdraw(chosen.withdraw)
        told = (
            f"The invite {chosen.withdraw!r} lets nobody in any more; who came in by it is put out."
        )
        return _json({"withdrawn": chosen.withdraw}) if chosen.json else told
    entry = _entry(book, chosen)
    until = _date(entry.expires)
    if chosen.json:
        return _json({"secret": entry.secret, "label": entry.label, "expires": until})
    return f"{entry.secret}  ({_shown(entry.label)}{f', until {until}' if until else ''})"


def _entry(book: InviteBook, chosen: argparse.Namespace) -> Entry:
    if chosen.new is not None:
        return book.make(chosen.new, chosen.days)
    return book.first() if chosen.show is None else book.show(chosen.show)


def _facts(entry: Entry) -> dict[str, object]:
    values = (entry.label, _date(entry.created), _date(entry.expires), entry.withdrawn)
    return dict(zip(_COLUMNS, values, strict=True))


def _table(rows: list[dict[str, object]]) -> str:
    if not rows:
        return "There is no invite yet; without options one is made and shown."
    lines = [_COLUMNS, *(_line(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _line(row: dict[str, object]) -> tuple[str, ...]:
    return (
        _shown(str(row["label"])),
        str(row["created"]),
        str(row["expires"] or "never"),
        "yes" if row["withdrawn"] else "no",
    )


def _shown(label: str) -> str:
    """A label for a terminal; one of an older file may hold anything."""
    return label if label.isprintable() else repr(label)


def _date(moment: float | None) -> str | None:
    """The day of `moment` where the host lives, as 2026-12-24."""
    if moment is None:
        return None
    return datetime.fromtimestamp(moment, UTC).astimezone().date().isoformat()


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _label(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("an invite needs a label")
    return text


def _new_label(text: str) -> str:
    label = _label(text).strip()
    if len(label) > LABEL_MAX or not label.isprintable():
        raise argparse.ArgumentTypeError(
            f"a label has at most {LABEL_MAX} characters, all of them printable"
        )
    return label


def _days(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= DAYS_MAX:
        raise argparse.ArgumentTypeError(f"an invite lasts from 1 to {DAYS_MAX} days")
    return int(text)
