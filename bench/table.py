"""Figures as Markdown, for the page that tells them."""

from collections.abc import Iterable
from statistics import median

from bench.campaign import Campaign, Ratio, good
from bench.figures import Result

_HEAD = (
    "| players | scenario | side | runs | CPU us | bytes | bytes/s | tick p50 | tick p99 "
    "| input p50 | input p99 | KB/conn | core | in view |\n" + "|--" * 14 + "|"
)
_RATIOS = (
    "| players | scenario | ours over | CPU | bytes | bytes/s | tick p99 | memory |\n"
    + "|--" * 8
    + "|"
)


def markdown(campaign: Campaign) -> str:
    """A row for each kind of run, by the medians of those that count; then the ratios."""
    keys = dict.fromkeys((r.players, r.scenario, r.side, r.way) for r in campaign.runs)
    parts = [_HEAD]
    for players, scenario, side, way in sorted(keys):
        runs = [r for r in good(campaign.runs, side, scenario, players) if r.way == way]
        told = side if way == "direct" else f"{side}, {way}"
        parts.append(_row(players, scenario, told, runs))
    if campaign.ratios:
        parts += ["", _RATIOS, *map(_ratio, campaign.ratios)]
    return "\n".join(parts)


def _row(players: int, scenario: str, side: str, runs: list[Result]) -> str:
    if not runs:
        return f"| {players} | {scenario} | {side} | 0 | void |" + " |" * 9
    cells = (
        f"{_middle(r.cpu_us_per_player_tick for r in runs):.1f}",
        f"{_middle(r.bytes_per_snapshot for r in runs):.0f}",
        f"{_middle(r.bytes_per_player_second for r in runs):.0f}",
        f"{_middle(r.tick_ms.p50 for r in runs):.1f}",
        f"{_middle(r.tick_ms.p99 for r in runs):.1f}",
        *(f"{_middle(r.input_ms[at] for r in runs):.0f}" for at in (0, 1)),
        f"{_middle(r.kb_per_connection for r in runs):.0f}",
        f"{_middle(r.cpu_share for r in runs):.2f}",
        f"{_middle(r.visible for r in runs):.1f}",
    )
    return f"| {players} | {scenario} | {side} | {len(runs)} | {' | '.join(cells)} |"


def _ratio(ratio: Ratio) -> str:
    values = (ratio.cpu, ratio.bytes, ratio.bandwidth, ratio.tick_p99, ratio.memory)
    cells = " | ".join("void" if value is None else f"{value:.2f}" for value in values)
    return f"| {ratio.players} | {ratio.scenario} | {ratio.side} | {cells} |"


def _middle(values: Iterable[float]) -> float:
    return median(values)
