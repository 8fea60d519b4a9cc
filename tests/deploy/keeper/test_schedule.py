"""When things are looked at again."""

from deploy.keeper.schedule import LONGEST_RETRY_S, Schedule


def test_new_things_come_at_once_and_gone_ones_never():
    schedule = Schedule()
    assert schedule.next_due() is None
    schedule.hold(["a", "b"], 10.0)
    assert schedule.due(10.0) == ["a", "b"]
    schedule.succeeded("a", 10.0, 30.0)
    schedule.hold(["a"], 11.0)
    assert schedule.due(11.0) == []
    assert schedule.next_due() == 40.0
    schedule.succeeded("b", 11.0, 1.0)
    schedule.failed("b", 11.0)
    assert schedule.next_due() == 40.0


def test_failing_things_are_tried_less_and_less_often():
    schedule = Schedule()
    schedule.hold(["a"], 0.0)
    waits = []
    now = 0.0
    for _ in range(6):
        schedule.failed("a", now)
        waits.append(schedule.next_due() - now)
        now = schedule.next_due()
    assert waits == [2.0, 4.0, 8.0, 15.0, 15.0, 15.0]
    assert max(waits) == LONGEST_RETRY_S
    schedule.succeeded("a", now, 60.0)
    schedule.failed("a", now)
    assert schedule.next_due() == now + 2.0


def test_a_hurry_brings_everything_forward_and_nothing_back():
    schedule = Schedule()
    schedule.hold(["a", "b"], 0.0)
    schedule.succeeded("a", 0.0, 100.0)
    schedule.hurry(5.0)
    assert schedule.due(5.0) == ["a", "b"]
    schedule.failed("a", 5.0)
    schedule.hurry(6.0)
    assert schedule.due(6.0) == ["a", "b"]
