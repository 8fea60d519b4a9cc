from hypothesis import given
from hypothesis import strategies as st

from game.body import Command
from game.inputs import Act, Commands
from server.inbox import KEEP, Inbox, take

HZ = 30
GO = Command(1)


def put(inbox, first, count):
    inbox.put_commands(first, (GO,) * count)


def tick(*inboxes):
    inputs, commands = take(inboxes)
    assert commands == applied(inputs)
    return inputs


def applied(inputs):
    return sum(len(given.commands) for given in inputs if isinstance(given, Commands))


def test_one_command_a_tick():
    inbox = Inbox(5, HZ)
    put(inbox, 1, 2)
    assert tick(inbox) == [Commands(5, 1, (GO,))]
    assert inbox.wait == 1
    assert tick(inbox) == [Commands(5, 2, (GO,))]
    assert inbox.wait == 0
    assert tick(inbox) == []
    assert inbox.wait == -1


def test_a_burst_after_a_stall_is_caught_up_with():
    inbox = Inbox(5, HZ)
    put(inbox, 1, 1)
    tick(inbox)
    for _ in range(10):
        assert tick(inbox) == []
    assert inbox.wait == -10
    put(inbox, 2, 11)
    taken = [applied(tick(inbox)) for _ in range(11)]
    assert sum(taken) == 11
    assert taken[:7] == [2, 2, 2, 2, 1, 1, 1]  # until only the cushion is left
    assert KEEP == 2


def test_a_fast_clock_gains_nothing():
    inbox = Inbox(5, HZ)
    count, seq = 0, 1
    for _ in range(600):
        put(inbox, seq, 2)
        seq += 2
        count += applied(tick(inbox))
    assert count <= 600
    assert inbox.dropped > 500
    assert inbox.wait <= 2 * HZ


def test_credit_is_saved_up_for_half_a_second_only():
    inbox = Inbox(5, HZ)
    for _ in range(1000):
        tick(inbox)
    put(inbox, 1, 60)
    taken = [applied(tick(inbox)) for _ in range(20)]
    assert taken == [2] * 14 + [1] * 6  # what the tick itself gives is part of the half second


def test_an_act_goes_with_the_command_behind_it():
    inbox = Inbox(5, HZ)
    put(inbox, 1, 1)
    inbox.put_act(1, 1, 0)
    put(inbox, 2, 1)
    inbox.put_act(2, 4, 0)
    assert tick(inbox) == [Commands(5, 1, (GO,))]
    assert tick(inbox) == [Act(5, 1, 1), Commands(5, 2, (GO,)), Act(5, 2, 4)]


def test_an_act_alone_is_done_at_once():
    inbox = Inbox(5, HZ)
    inbox.put_act(1, 2, 1)
    assert tick(inbox) == [Act(5, 1, 2, 1)]


def test_two_commands_of_one_tick_keep_an_act_between_them():
    inbox = Inbox(5, HZ)
    for _ in range(20):
        tick(inbox)
    put(inbox, 1, 1)
    inbox.put_act(1, 1, 0)
    put(inbox, 2, 5)
    assert tick(inbox) == [Commands(5, 1, (GO,)), Act(5, 1, 1), Commands(5, 2, (GO,))]


def test_too_much_drops_the_oldest_command_and_no_act():
    inbox = Inbox(5, HZ)
    inbox.put_act(1, 1, 0)
    put(inbox, 1, 2 * HZ + 5)
    assert inbox.dropped == 5
    assert tick(inbox) == [Act(5, 1, 1), Commands(5, 6, (GO,))]


def test_too_many_that_came_one_by_one_are_dropped_by_the_tick():
    inbox = Inbox(5, HZ)
    for seq in range(1, 2 * HZ + 6):
        put(inbox, seq, 1)
    assert tick(inbox) == [Commands(5, 6, (GO,))]
    assert inbox.dropped == 5


def test_a_tick_takes_of_everybody_in_their_order():
    usual, none, both = Inbox(5, HZ), Inbox(2, HZ), Inbox(9, HZ)
    for _ in range(2):
        tick(both)
    put(usual, 4, 2)
    both.put_act(1, 1, 0)
    put(both, 1, KEEP + 2)
    assert tick(both, none, usual) == [
        Act(9, 1, 1),
        Commands(9, 2, (GO, GO)),
        Commands(5, 4, (GO,)),
    ]
    assert (both.wait, none.wait, usual.wait) == (2, -128, 1)


def test_clear_forgets():
    inbox = Inbox(5, HZ)
    put(inbox, 1, 3)
    inbox.put_act(1, 1, 0)
    inbox.clear()
    assert tick(inbox) == []


def test_nobody_is_late_before_a_first_command_or_after_two_seconds():
    inbox = Inbox(5, HZ)
    tick(inbox)
    assert inbox.late == 0
    put(inbox, 1, 1)
    tick(inbox)
    assert inbox.late == 0
    tick(inbox)
    assert inbox.late == 1
    for _ in range(2 * HZ):
        tick(inbox)
    assert inbox.late == 2 * HZ - 1
    for _ in range(300):
        tick(inbox)
    assert inbox.wait == -128


@given(
    st.lists(
        st.one_of(st.just("tick"), st.just("act"), st.integers(min_value=1, max_value=40)),
        max_size=60,
    )
)
def test_everything_is_applied_once_and_in_order_or_dropped(steps):
    inbox = Inbox(5, HZ)
    seq, act, taken = 1, 1, []
    for step in [*steps, *["tick"] * 200]:
        if step == "tick":
            inputs = tick(inbox)
            assert applied(inputs) <= 2
            taken += inputs
        elif step == "act":
            inbox.put_act(act, 1, 0)
            act += 1
        else:
            put(inbox, seq, step)
            seq += step
    assert [given.act_id for given in taken if isinstance(given, Act)] == list(range(1, act))
    seqs = [given.seq for given in taken if isinstance(given, Commands)]
    assert seqs == sorted(set(seqs))
    assert applied(taken) + inbox.dropped == seq - 1
    assert inbox.wait < 0 or not steps or seq == 1
