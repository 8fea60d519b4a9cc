import pytest

from support.clock import FakeClock


def test_time_stands_still_until_it_is_told_to_pass():
    clock = FakeClock(5.0)
    assert (clock(), clock()) == (5.0, 5.0)
    assert clock.advance(0.25) == 5.25
    assert clock() == 5.25


def test_time_can_be_moved_to_a_moment():
    clock = FakeClock(5.0)
    assert clock.advance_to(7.0) == clock() == 7.0


@pytest.mark.parametrize("back", [-0.001, -10.0])
def test_time_never_runs_backwards(back):
    clock = FakeClock()
    with pytest.raises(ValueError, match="does not go back"):
        clock.advance(back)
