"""The line is cut within the exchange that resumes: nobody is lost, nothing is done twice."""

import pytest

from support.bytewise import Stage

STRIDE = 7
"""Between frames' ends not every byte is tried here; `scripts/prove every-byte` tries them all."""


@pytest.fixture
def stage(build):
    return Stage(build(tick_hz=20))


def test_wherever_the_line_is_cut_everybody_comes_back_and_acts_are_done_once(stage):
    length, edges = stage.exchange()
    assert length > 500  # HELLO, WELCOME, the first word
    near = {edge + off for edge in edges for off in (-1, 0, 1)}
    cuts = sorted(cut for cut in near | set(range(1, length, STRIDE)) if 0 < cut <= length)
    acts = [stage.come_back(cut) for cut in cuts]
    assert stage.done == dict.fromkeys([1, *acts], 1)
    assert stage.is_same_body()
    assert stage.house.value("lanternhold_dead_tokens_total") == 0
    assert stage.house.value("lanternhold_resumes_total") > 1.5 * len(cuts)


def test_an_act_that_arrived_and_was_not_confirmed_is_not_done_again(stage):
    """The line breaks after the act and before SAVED, by whichever byte."""
    stage.house.disk.holds = True
    act = stage.ask()
    stage.pass_time(0.2)
    stage.house.disk.release()
    stage.house.disk.holds = False
    stage.come_back()
    assert stage.done[act] == 1
