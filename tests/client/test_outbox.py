import pytest

from client.outbox import QUIET_S, Outbox
from game.body import IDLE, Command, Keys

RUN = Command(Keys.UP)


def test_what_moves_the_body_goes_out_in_its_tick():
    outbox = Outbox(30)
    outbox.add(RUN, 1.0)
    assert outbox.take_due(1.0) == [RUN]
    assert outbox.take_due(1.0) == []


def test_holding_a_key_is_something_done_in_every_tick():
    outbox = Outbox(30)
    for number in range(60):
        outbox.add(RUN, number / 30)
        assert outbox.take_due(number / 30) == [RUN]


def test_letting_go_is_told_at_once_too():
    outbox = Outbox(30)
    outbox.add(RUN, 1.0)
    outbox.take_due(1.0)
    outbox.add(IDLE, 9.0)
    assert outbox.take_due(9.0) == [IDLE]


@pytest.mark.parametrize(("tick_hz", "batch"), [(20, 2), (30, 3), (60, 6)])
def test_who_stands_acknowledges_ten_times_a_second(tick_hz, batch):
    outbox = Outbox(tick_hz)
    sizes = []
    for number in range(tick_hz):
        outbox.add(IDLE, 1.0 + QUIET_S + number / tick_hz)
        if due := outbox.take_due(1.0 + QUIET_S + number / tick_hz):
            sizes.append(len(due))
    assert sizes == [batch] * 10


@pytest.mark.parametrize(("tick_hz", "batch"), [(20, 2), (30, 3), (60, 6)])
def test_in_a_stall_even_held_keys_go_out_ten_times_a_second(tick_hz, batch):
    outbox = Outbox(tick_hz)
    sizes = []
    for number in range(tick_hz):
        outbox.add(RUN, number / tick_hz)
        if due := outbox.take_due(number / tick_hz, stalled=True):
            sizes.append(len(due))
    assert sizes == [batch] * 10


def test_take_brings_everything_in_order():
    outbox = Outbox(30)
    commands = [Command(0, number) for number in range(5)]
    for command in commands:
        outbox.add(command, 0.0)
    assert outbox.take() == commands
    assert outbox.take() == []
