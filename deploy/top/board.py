"""The view as a terminal shows it."""

from collections.abc import Mapping
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deploy.screen import plain
from deploy.top.ticks import Ticks
from deploy.top.view import View
from deploy.top.words import Word

_FIGURES: Final = ("ping", "jitter", "left out", "sent", "back", "pictures", "age", "screen")
_NARROW: Final = 104
"""Columns of a terminal below which the last three figures are left to --json."""
_FEWER: Final = 5


def draw(seen: View, mode: str, width: int) -> RenderableType:
    """The sentence, the server's own figures, and a row for each player, `width` columns wide."""
    head = Table.grid(padding=(0, 2))
    head.add_row(Text("Ticks", "dim"), _ticks(seen.ticks))
    away = f", {seen.away} away" if seen.away else ""
    head.add_row(Text("Players", "dim"), f"{seen.online} here{away}, {mode} mode")
    traffic = f"{_size(seen.sent)}/s sent, {_size(seen.received)}/s received"
    head.add_row(Text("Traffic", "dim"), traffic)
    parts: list[RenderableType] = [_word(seen.word, "bold "), head]
    if not seen.lines:
        return Group(*parts)
    shown = _FEWER if width < _NARROW else len(_FIGURES)
    return Group(*parts, Text(""), _players(seen, shown))


def _ticks(ticks: Ticks) -> str:
    return (
        f"{ticks.rate:.1f} of {ticks.hertz:g} a second, p50 {ticks.p50_ms:.1f} ms,"
        f" p99 {ticks.p99_ms:.1f} ms of {ticks.budget_ms:.0f} ms (last {ticks.over_s:.0f} s)"
    )


def _players(seen: View, shown: int) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("player", no_wrap=True, max_width=14)
    for name in _FIGURES[:shown]:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("how it is", ratio=1)
    for player, word in seen.lines:
        who = Text(plain(str(player.get("name"))), "dim" if player.get("bot") else "")
        table.add_row(who, *_figures(player)[:shown], _word(word))
    return table


def _figures(player: Mapping[str, Any]) -> list[str]:
    """In the order of _FIGURES; what is not known is left empty."""
    line, back = player.get("line"), str(player.get("resumes") or "")
    if not isinstance(line, Mapping):
        return ["", "", "", "", back, "", "", ""]
    rtt, told = player.get("rtt_ms"), line.get("told") or {}
    return [
        f"{rtt} ms" if rtt is not None else "",
        f"{line.get('jitter_ms', 0):.0f} ms",
        f"{100 * line.get('skipped', 0):.0f} %",
        f"{_size(line.get('sent_bytes_per_second', 0))}/s",
        back,
        f"{line.get('snapshots_per_second', 0):.0f}/s",
        f"{told['stale_ms']} ms" if told else "",
        f"{told['fps']}/s" if told.get("fps") else "",
    ]


def _word(word: Word, weight: str = "") -> Text:
    return Text(word.text, weight + ("yellow" if word.is_bad else "green"))


def _size(count: float) -> str:
    return f"{count / 1e6:.2f} MB" if count >= 1e6 else f"{count / 1e3:.1f} KB"
