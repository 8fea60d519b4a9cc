from random import Random

import pytest

from client.network import NETWORKS, Lane, Network, NetworkError, parse
from support.source import ROOT


def lane(seed=1, **conditions):
    return Lane(Network(**conditions), Random(seed))


def test_jitter_never_reorders_and_nothing_is_lost():
    line = lane(delay_s=0.05, jitter_s=0.1)
    for number in range(200):
        line.send(number, 1, number * 0.01)
    arrived = list(line.arrived(10.0))
    assert [data for _, data in arrived] == list(range(200))
    whens = [when for when, _ in arrived]
    assert whens == sorted(whens)
    late = [when - number * 0.01 for when, number in arrived]
    assert min(late) >= 0.05
    assert max(late) > 0.12, "it must jitter"


def test_a_stall_ends_in_a_burst():
    line = lane(delay_s=0.1)
    line.stall(1.0, 2.0)
    for at in (0.8, 0.95, 1.5, 1.95):
        line.send(at, 1, at)
    assert [data for _, data in line.arrived(1.99)] == [0.8]
    assert [when for when, _ in line.arrived(2.0)] == [2.0, 2.0]
    assert [data for _, data in line.arrived(3.0)] == [1.95]


def test_the_networks_own_stalls_come_at_their_pace_and_in_both_directions_at_once():
    up, down = Network(stall_s=0.5, every_s=10).lanes(Random(3))
    stalls = []
    for line in (up, down):
        sent = [hundredth / 100 for hundredth in range(6000)]
        for at in sent:
            line.send(at, 1, at)
        late = [(when, data) for when, data in line.arrived(100) if when > data + 1e-6]
        stalls.append(sorted({round(when, 6) for when, _ in late}))
        assert max(when - data for when, data in late) <= 0.5
        assert len(late) == pytest.approx(6 * 50, abs=6)
    assert stalls[0] == stalls[1]
    assert {round(b - a, 6) for a, b in zip(stalls[0], stalls[0][1:], strict=False)} == {10.0}


def test_a_narrow_line_takes_its_time_for_every_byte():
    line = lane(delay_s=0.1, bytes_per_s=1000)
    for number in range(5):
        line.send(number, 500, 1.0)
    assert [when for when, _ in line.arrived(9)] == pytest.approx([1.6, 2.1, 2.6, 3.1, 3.6])
    line.send("later", 100, 10.0)
    assert line.waiting_bytes == 100
    assert [when for when, _ in line.arrived(11)] == pytest.approx([10.2])
    assert line.waiting_bytes == 0


def test_a_cut_loses_what_was_on_its_way_and_leaves_no_debt():
    line = lane(delay_s=0.1, bytes_per_s=1000)
    line.send("lost", 50_000, 0.0)
    line.cut()
    assert line.next_s is None
    assert list(line.arrived(99.0)) == []
    line.send("next", 100, 1.0)
    assert list(line.arrived(2.0)) == [(pytest.approx(1.2), "next")]


def test_the_same_seed_has_the_same_luck():
    def arrivals(seed):
        _, down = NETWORKS["awful"].lanes(Random(seed))
        return [down.arrival(400, tick / 30) for tick in range(600)]

    assert arrivals(1) == arrivals(1) != arrivals(2)


@pytest.mark.parametrize("text", ["", "off", " OFF "])
def test_no_line_is_simulated_unless_asked_for(text):
    assert parse(text) is None


@pytest.mark.parametrize("name", NETWORKS)
def test_lines_by_name(name):
    network = parse(name.upper())
    assert network == NETWORKS[name]
    assert network.delay_s > 0
    assert not network.every_s or 0 < network.stall_s < network.every_s


def test_own_numbers():
    text = "delay=75,jitter=20,stall=500/10000,rate=30"
    assert parse(text) == Network(text, 0.075, 0.02, 0.5, 10.0, 30_000)
    assert parse("rate=100") == Network("rate=100", bytes_per_s=100_000)
    assert parse("delay=0") == Network("delay=0")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mobil", "no line called 'mobil'"),
        ("delay", "no line called 'delay'"),
        ("loss=3", "'loss' is no property of a line"),
        ("delay=1,delay=2", "'delay' stands there twice"),
        ("delay=75,", "'' is no property"),
        ("delay=abc", "delay must be a whole number from 0 to 5000 (milliseconds)"),
        ("delay=-1", "delay must be"),
        ("delay=99999", "delay must be"),
        ("jitter=²", "jitter must be"),
        ("rate=0", "rate must be a whole number from 1 to 1000000 (KB a second)"),
        ("stall=500", "stall must be two whole numbers of milliseconds"),
        ("stall=500/500", "longer apart than long"),
        ("stall=²/10", "stall must be"),
        ("stall=0/10", "stall must be"),
        ("stall=5/99999999999", "stall must be"),
    ],
)
def test_what_cannot_be_simulated_is_told_in_one_sentence(text, said):
    with pytest.raises(NetworkError) as error:
        parse(text)
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert str(error.value).endswith(".")


def test_the_how_to_tells_the_lines_as_they_are():
    page = (ROOT / "docs/how-to/bad-line.md").read_text(encoding="utf-8")
    for name, line in NETWORKS.items():
        stall = f"{1000 * line.stall_s:.0f} ms every {line.every_s:.0f} s" if line.every_s else ""
        rate = f"{line.bytes_per_s / 1000:.0f} KB/s" if line.bytes_per_s else ""
        delay, jitter = (f"{1000 * time_s:.0f} ms" for time_s in (line.delay_s, line.jitter_s))
        cells = (f"`{name}`", delay, jitter, stall, rate)
        assert "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|" in page
