"""What `top` makes of two looks at a server, and how it shows it."""

import io
import json

import pytest
from rich.console import Console

from deploy.exposition import parse
from deploy.top import board
from deploy.top.view import KEPT_S, Moment, Watch
from server.metrics import Metrics

ANN = {
    "eid": 1, "name": "Ann", "bot": False, "away": False, "resumes": 2, "rtt_ms": 41,
    "line": {
        "best_rtt_ms": 38, "jitter_ms": 5.2, "silence_ms": 110, "skipped": 0.0,
        "skipping_seconds": 0, "snapshots_per_second": 30.0, "sent_bytes_per_second": 12_400,
        "received_bytes_per_second": 1_300, "input_wait": 1, "late_inputs_per_second": 0.0,
        "told": {"fps": 60, "stale_ms": 44, "jitter_ms": 6, "corrections": 0},
    },
}  # fmt: skip
ZOE = ANN | {
    "name": "Zoe",
    "line": ANN["line"] | {"skipped": 0.4, "skipping_seconds": 5, "snapshots_per_second": 18.0},
}
BOB = ANN | {"name": "B\x1b[2J", "away": True, "line": None, "rtt_ms": None}


class Server:
    """Metrics as the server has them, ticking."""

    def __init__(self, hz=30, epoch=1):
        self.metrics = Metrics(hz)
        self.metrics.epoch.set(epoch)
        self.hz = hz

    def tick(self, seconds, took_s=0.002):
        for _ in range(round(seconds * self.hz)):
            self.metrics.tick_duration.observe(took_s)
        return self

    def at(self, now, *players):
        return Moment(now, parse(self.metrics.render().decode()), players)


def seen(*players):
    server = Server()
    watch = Watch(server.at(100.0))
    return watch.see(server.tick(2).at(102.0, *players))


def test_rates_are_those_between_two_looks():
    server = Server()
    server.tick(50, took_s=0.09)  # long ago
    watch = Watch(server.at(100.0))
    view = watch.see(server.tick(2).at(102.0, ANN, ZOE, BOB))
    assert view.ticks.rate == pytest.approx(30)
    assert 1 <= view.ticks.p50_ms <= view.ticks.p99_ms <= 3
    assert view.ticks.hertz == 30
    assert (view.online, view.away) == (2, 1)
    assert (view.sent, view.received) == (24_800, 2_600)


def test_the_worst_line_stands_first():
    assert [player["name"] for player, _ in seen(BOB, ANN, ZOE).lines] == [
        "Zoe",
        "Ann",
        BOB["name"],
    ]


def test_the_look_goes_back_ten_seconds():
    server = Server()
    watch = Watch(server.at(100.0))
    watch.see(server.tick(1, took_s=0.09).at(101.0))
    view = watch.see(server.tick(5).at(106.0))
    assert view.ticks.p99_ms > 50
    for second in range(7, 20):
        view = watch.see(server.tick(1).at(100.0 + second))
    assert view.ticks.p99_ms < 3
    assert view.ticks.over_s <= KEPT_S
    assert not view.word.is_bad


def test_a_server_that_started_anew_is_looked_at_anew():
    old = Server()
    watch = Watch(old.at(100.0))
    watch.see(old.tick(5).at(105.0))
    new = Server(epoch=2)
    watch.see(new.tick(1).at(107.0))
    view = watch.see(new.tick(1).at(108.0))
    assert view.ticks.rate == pytest.approx(30)
    assert not view.word.is_bad


def test_a_program_reads_one_object_even_before_the_first_tick():
    server = Server()
    watch = Watch(server.at(100.0))
    said = json.loads(json.dumps(watch.see(server.at(102.0)).as_json("docker"), allow_nan=False))
    assert said["ticks"]["p99_ms"] is None
    assert said["mode"] == "docker"
    said = seen(ZOE, BOB).as_json("embedded")
    assert [player["words"] for player in said["players"]] == [
        "line too thin: 40 % left out",
        "away, may come back",
    ]
    assert said["words"] == "The server is fine; 1 of 1 lines is bad."
    assert said["sent_bytes_per_second"] == 12_400


def shown(width, *players):
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(board.draw(seen(*players), "docker", width))
    return console.file.getvalue()


@pytest.mark.parametrize("width", [80, 103, 104, 200])
def test_everything_that_matters_is_shown_in_any_terminal(width):
    text = shown(width, ANN, ZOE, BOB)
    assert max(map(len, text.splitlines())) <= width
    for word in ("30.0 of 30", "2 here, 1 away", "24.8 KB/s sent", "41 ms", "40 %", "12.4 KB/s"):
        assert word in text
    rows = {line.split()[0]: line for line in text.splitlines() if line[:3] in {"Ann", "Zoe"}}
    assert "well" in rows["Ann"]
    assert "line too thin" in rows["Zoe"]
    assert ("44 ms" in rows["Ann"]) is (width >= 104)
    assert "60/s" in rows["Ann"] or width < 104


def test_a_name_is_a_strangers_word():
    text = shown(120, BOB)
    assert "\x1b" not in text
    assert "B?[2J" in text
    assert "away, may come back" in text


def test_without_players_there_is_no_table():
    assert "how it is" not in shown(100)
    assert "nobody plays" in shown(100)
