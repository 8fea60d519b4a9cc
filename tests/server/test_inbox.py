from hypothesis import given
from hypothesis import strategies as st

from game.body import Command
from game.inputs import Act, Commands
from server.inbox import KEEP, Inbox

HZ = 30
GO = Command(1)


def put(inbox, first, count):
    inbox.put_commands(first, (GO,) * count)


def applied(inputs):
    return sum(len(given.commands) for given in inputs if isinstance(given, Commands))


def test_one_command_a_tick():
    inbox = Inbox(HZ)
    put(inbox, 1, 2)
    assert inbox.take(5) == [Commands(5, 1, (GO,))]
    assert inbox.wait == 1
    assert inbox.take(5) == [Commands(5, 2, (GO,))]
    assert inbox.wait == 0
    assert inbox.take(5) == []
    assert inbox.wait == -1


def test_a_burst_after_a_stall_is_caught_up_with():
    inbox = Inbox(HZ)
    put(inbox, 1, 1)
    inbox.take(5)
    for _ in range(10):
        assert inbox.take(5) == []
    assert inbox.wait == -10
    put(inbox, 2, 11)
    taken = [applied(inbox.take(5)) for _ in range(11)]
    assert sum(taken) == 11
    assert taken[:7] == [2, 2, 2, 2, 1, 1, 1]  # until only the cushion is left
    assert KEEP == 2


def test_a_fast_clock_gains_nothing():
    inbox = Inbox(HZ)
    count, seq = 0, 1
    for _ in range(600):
        put(inbox, seq, 2)
        seq += 2
        count += applied(inbox.take(5))
    assert count <= 600
    assert inbox.dropped > 500
    assert inbox.wait <= 2 * HZ


def test_credit_is_saved_up_for_half_a_second_only():
    inbox = Inbox(HZ)
    for _ in range(1000):
        inbox.take(5)
    put(inbox, 1, 60)
    taken = [applied(inbox.take(5)) for _ in range(20)]
    assert taken == [2] * 14 + [1] * 6  # what the tick itself gives is part of the half second


def test_an_act_goes_with_the_command_behind_it():
    inbox = Inbox(HZ)
    put(inbox, 1, 1)
    inbox.put_act(5, 1, 1, 0)
    put(inbox, 2, 1)
    inbox.put_act(5, 2, 4, 0)
    assert inbox.take(5) == [Commands(5, 1, (GO,))]
    assert inbox.take(5) == [Act(5, 1, 1), Commands(5, 2, (GO,)), Act(5, 2, 4)]


def test_an_act_alone_is_done_at_once():
    inbox = Inbox(HZ)
    inbox.put_act(5, 1, 2, 1)
    assert inbox.take(5) == [Act(5, 1, 2, 1)]


def test_two_commands_of_one_tick_keep_an_act_between_them():
    inbox = Inbox(HZ)
    for _ in range(20):
        inbox.take(5)
    put(inbox, 1, 1)
    inbox.put_act(5, 1, 1, 0)
    put(inbox, 2, 5)
    assert inbox.take(5) == [Commands(5, 1, (GO,)), Act(5, 1, 1), Commands(5, 2, (GO,))]


def test_too_much_drops_the_oldest_command_and_no_act():
    inbox = Inbox(HZ)
    inbox.put_act(5, 1, 1, 0)
    put(inbox, 1, 2 * HZ + 5)
    assert inbox.dropped == 5
    assert inbox.take(5) == [Act(5, 1, 1), Commands(5, 6, (GO,))]


def test_clear_forgets():
    inbox = Inbox(HZ)
    put(inbox, 1, 3)
    inbox.put_act(5, 1, 1, 0)
    inbox.clear()
    assert inbox.take(5) == []


def test_nobody_is_late_before_a_first_command_or_after_two_seconds():
    inbox = Inbox(HZ)
    inbox.take(5)
    assert inbox.late == 0
    put(inbox, 1, 1)
    inbox.take(5)
    assert inbox.late == 0
    inbox.take(5)
    assert inbox.late == 1
    for _ in range(2 * HZ):
        inbox.take(5)
    assert inbox.late == 2 * HZ - 1
    for _ in range(300):
        inbox.take(5)
    assert inbox.wait == -128


@given(
    st.lists(
        st.one_of(st.just("tick"), st.just("act"), st.integers(min_value=1, max_value=40)),
        max_size=60,
    )
)
def test_everything_is_applied_once_and_in_order_or_dropped(steps):
    inbox = Inbox(HZ)
    seq, act, taken = 1, 1, []
    for step in [*steps, *["tick"] * 200]:
        if step == "tick":
            inputs = inbox.take(5)
            assert applied(inputs) <= 2
            taken += inputs
        elif step == "act":
            inbox.put_act(5, act, 1, 0)
            act += 1
        else:
            put(inbox, seq, step)
            seq += step
    assert [given.act_id for given in taken if isinstance(given, Act)] == list(range(1, act))
    seqs = [given.seq for given in taken if isinstance(given, Commands)]
    assert seqs == sorted(set(seqs))
    assert applied(taken) + inbox.dropped == seq - 1
    assert inbox.wait < 0 or not steps or seq == 1
