from random import Random

import pytest

from client import diagnosis
from client.comeback import FIRST_ATTEMPTS, STEADY_S, Comeback, trying
from client.link import Lost
from client.problem import Fault, Problem
from client.state import Connecting, Failed, Waiting
from protocol.client_conversation import Next
from protocol.errors import Refused
from protocol.messages import Reject
from protocol.reasons import Reason


def lost(at=100.0, code=None, text="", problem=None):
    return Lost(1, at, code, text, problem)


def starting(retry_after_s=0.0):
    return Problem(Fault.STARTING, "The server is starting.", retry_after_s=retry_after_s)


def began():
    comeback = Comeback.create(Random(1))
    comeback.welcomed(50.0)
    return comeback


def test_a_first_join_that_fails_is_told_and_not_repeated():
    problem = Problem(Fault.REFUSED, "No server runs there.")
    state = Comeback.create(Random(1)).after(lost(problem=problem), Next.JOIN, 100.0)
    assert state == Failed(problem)
    assert state.sentence == "No server runs there."


def test_a_server_that_is_starting_is_waited_for_but_not_for_ever():
    comeback = Comeback.create(Random(1))
    states = [
        comeback.after(lost(problem=starting()), Next.JOIN, 100.0)
        for _ in range(FIRST_ATTEMPTS + 1)
    ]
    assert all(isinstance(state, Waiting) for state in states[:-1])
    assert isinstance(states[-1], Failed)


def test_a_lost_line_is_waited_for_longer_and_longer():
    comeback = began()
    delays = []
    for _ in range(6):
        state = comeback.after(lost(), Next.RESUME, 100.0)
        delays.append(state.seconds_left(100.0))
    assert delays[:3] == sorted(delays[:3])
    assert delays[0] < 0.4
    assert all(0.7 < delay < 1.3 for delay in delays[2:])
    assert state.reason == "The connection was lost; trying to get it back."


def test_time_in_the_world_makes_the_next_trouble_a_new_one():
    comeback = began()
    for _ in range(5):
        comeback.after(lost(at=51.0), Next.RESUME, 51.0)
    comeback.welcomed(60.0)
    early = comeback.after(lost(at=61.0), Next.RESUME, 61.0)
    comeback.welcomed(70.0)
    later = comeback.after(lost(at=71.0 + STEADY_S), Next.RESUME, 71.0 + STEADY_S)
    assert early.seconds_left(61.0) > 0.7, "a server that lets in and cuts at once is not hammered"
    assert later.seconds_left(71.0 + STEADY_S) < 0.4


def test_a_long_outage_does_not_start_the_waits_again():
    comeback = began()
    delays = [
        comeback.after(lost(at=now), Next.RESUME, now).seconds_left(now)
        for now in (100.0, 110.0, 120.0, 130.0, 140.0)
    ]
    assert delays[-1] > 0.7


def test_what_the_server_said_last_is_the_reason():
    comeback = began()
    comeback.rejected = Reject(code=Reason.KICKED, text="Out you go.")
    state = comeback.after(lost(code=1006), Next.STOP, 100.0)
    assert state.problem.fault is Fault.REJECTED
    assert state.sentence == "Out you go."
    assert comeback.rejected is None


def test_a_restart_is_waited_for_as_long_as_it_asks():
    comeback = began()
    comeback.rejected = Reject(code=Reason.RESTART, text="Back soon.", retry_after_s=7)
    lost_line = lost(code=Reason.RESTART)
    assert comeback.code(lost_line) == Reason.RESTART
    state = comeback.after(lost_line, Next.RESUME, 100.0)
    assert 7.0 <= state.seconds_left(100.0) <= 8.0


def test_a_drained_servers_close_text_counts_too():
    state = began().after(lost(code=1012, text="retry after 9 s"), Next.RESUME, 100.0)
    assert 9.0 <= state.seconds_left(100.0) <= 10.0


def test_a_body_that_is_gone_is_replaced_at_once():
    state = Comeback.create(Random(1)).after(lost(code=Reason.RESUME_LOST), Next.JOIN, 100.0)
    assert state.seconds_left(100.0) == 0.0


@pytest.mark.parametrize("code", [Reason.BAD_INVITE, Reason.FULL, Reason.VERSION, Reason.NAME])
def test_refusals_are_final_and_in_the_words_of_the_protocol(code):
    state = Comeback.create(Random(1)).after(lost(code=code), Next.STOP, 100.0)
    assert state.sentence == code.sentence


@pytest.mark.parametrize("reject", [None, Reject(code=Reason.MOVED, text="It goes on there.")])
def test_who_is_pushed_out_by_another_window_learns_how_to_play_in_both(reject):
    comeback = began()
    comeback.rejected = reject
    state = comeback.after(lost(code=Reason.MOVED), Next.STOP, 100.0)
    assert state.sentence.startswith(reject.text if reject else Reason.MOVED.sentence)
    assert state.sentence.endswith("To play in both, choose another name in one of them.")


def test_an_attempt_under_way_keeps_the_reason_on_the_screen():
    waiting = Waiting("The line broke.", 5.0, 2)
    assert trying(waiting, "Joining") == Waiting("The line broke.", 5.0, 2, "Joining")
    assert trying(Connecting("a"), "b") == Connecting("b")


@pytest.mark.parametrize("fault", [Fault.VERSION, Fault.NOT_FOUND])
def test_an_odd_answer_at_the_door_throws_nobody_out_who_was_in(fault):
    odd = Lost(1, 100.0, None, "", diagnosis.problem(fault))
    first = Comeback.create(Random(1)).after(odd, Next.JOIN, 100.0)
    assert first == Failed(odd.problem)
    comeback = began()
    for _ in range(20):
        assert isinstance(comeback.after(odd, Next.RESUME, 100.0), Waiting)


def test_a_server_that_itself_says_another_version_is_believed_later_too():
    changed = diagnosis.misunderstood(Refused(Reason.VERSION, "rules"))
    state = began().after(lost(problem=changed), Next.RESUME, 100.0)
    assert isinstance(state, Failed)
