"""docs/reference/private-port.md names every metric, every order and every figure of a player."""

import re

from protocol.codec import encode
from protocol.messages import Stats
from server.admin import Admin
from server.metrics import Metrics
from server.recordings import Recordings
from support.source import ROOT

PAGE = (ROOT / "docs/reference/private-port.md").read_text(encoding="utf-8")


def section(title):
    """A section of the page, without those below it of the same level."""
    level = re.search(rf"^(#+) {title}$", PAGE, re.MULTILINE)[1]
    after = PAGE.split(f"\n{level} {title}\n")[1]
    return re.split(rf"\n#{{1,{len(level)}}} ", after)[0]


def first_column(text):
    rows = [row.split(" | ")[0] for row in text.splitlines() if row.startswith("| `")]
    return [word for row in rows for word in re.findall(r"`(\w[\w-]*)`", row)]


def admin(house):
    return Admin(house.match, "token", Recordings(house.settings.data_dir))


def test_every_metric_stands_there_with_its_type():
    rows = re.findall(r"^\| `(lanternhold_\w+)` \| (\w+) \|", section("Metrics"), re.MULTILINE)
    ours = [
        (family.name + "_total" * (family.type == "counter"), family.type)
        for family in Metrics(30).registry.collect()
        if family.name.startswith("lanternhold")
    ]
    assert rows == ours


def test_every_order_stands_there(house):
    orders = first_column(section("Orders").split("### ")[0])
    assert set(orders) == set(admin(house)._orders)


def test_every_figure_of_a_player_stands_there(house):
    house.join().say(encode(Stats(stale_ms=1, jitter_ms=1, corrections=0)))
    (player,) = admin(house).order("players", b"{}")["players"]
    figures = [*player, *player["line"], *player["line"]["told"]]
    assert sorted(first_column(section("Players"))) == sorted(figures)
