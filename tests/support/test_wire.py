from random import Random

from support.wire import Wire


def test_jitter_never_reorders():
    wire = Wire(Random(1), delay_s=0.05, jitter_s=0.1)
    for number in range(200):
        wire.send(number, number * 0.01)
    arrived = list(wire.arrived(10.0))
    assert [data for _, data in arrived] == list(range(200))
    whens = [when for when, _ in arrived]
    assert whens == sorted(whens)
    assert all(when >= number * 0.01 + 0.05 for number, when in enumerate(whens))


def test_a_stall_ends_in_a_burst():
    wire = Wire(Random(1), delay_s=0.1)
    wire.stall(1.0, 2.0)
    for at in (0.8, 0.95, 1.5, 1.95):
        wire.send(at, at)
    assert [data for _, data in wire.arrived(1.99)] == [0.8]
    assert [when for when, _ in wire.arrived(2.0)] == [2.0, 2.0]
    assert [data for _, data in wire.arrived(3.0)] == [1.95]


def test_a_cut_loses_what_was_on_its_way():
    wire = Wire(Random(1), delay_s=0.1)
    wire.send("lost", 0.0)
    wire.cut()
    assert list(wire.arrived(9.0)) == []
