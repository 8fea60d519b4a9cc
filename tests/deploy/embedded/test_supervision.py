"""When what is started, restarted and stopped: on a clock that moves when told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.embedded.supervision import (
    FIRST_DELAY_S,
    LONGEST_DELAY_S,
    REFUSED,
    STEADY_S,
    Act,
    Child,
    Supervision,
    Verb,
)


def start(name):
    return Act(Verb.START, name)


def ask(name):
    return Act(Verb.ASK, name)


def kill(name):
    return Act(Verb.KILL, name)


@pytest.fixture
def both():
    supervision = Supervision([Child("server", 7), Child("caddy", 4)])
    assert supervision.begin(0) == [start("server"), start("caddy")]
    return supervision


def test_what_dies_is_started_again_after_a_moment(both):
    assert both.exited("server", -9, 1) == []
    assert both.next_due() == 1 + FIRST_DELAY_S
    assert both.due(1 + FIRST_DELAY_S / 2) == []
    assert both.due(1 + FIRST_DELAY_S) == [start("server")]
    assert both.children[0].restarts == 1
    assert both.next_due() is None


def test_what_dies_again_and_again_waits_longer_each_time(both):
    now, delays = 0.0, []
    for _ in range(9):
        both.exited("server", 1, now)
        delays.append(both.next_due() - now)
        now = both.next_due()
        assert both.due(now) == [start("server")]
    assert delays[:4] == pytest.approx([0.2, 0.4, 0.8, 1.6])
    assert delays[-1] == LONGEST_DELAY_S


def test_after_a_steady_while_the_patience_is_new(both):
    both.exited("server", 1, 0)
    both.due(1)
    both.exited("server", 1, 1 + STEADY_S)
    assert both.next_due() == pytest.approx(1 + STEADY_S + FIRST_DELAY_S)


def test_a_clean_exit_that_nobody_asked_for_is_a_death_too(both):
    both.exited("caddy", 0, 1)
    assert both.due(2) == [start("caddy")]


def test_the_server_stops_before_its_door(both):
    assert both.stop(10) == [ask("server")]
    assert both.exited("server", 0, 12) == [ask("caddy")]
    assert not both.is_over
    assert both.exited("caddy", 0, 13) == []
    assert both.is_over


def test_who_does_not_stop_is_ended(both):
    both.stop(10)
    assert both.next_due() == 17
    assert both.due(17) == [kill("server")]
    assert both.exited("server", -9, 17) == [ask("caddy")]


def test_asking_twice_to_stop_changes_nothing(both):
    both.stop(10)
    assert both.stop(11) == []
    assert both.next_due() == 17


def test_a_stop_cancels_a_restart(both):
    both.exited("server", 1, 1)
    assert both.stop(1.1) == [ask("caddy")]
    assert both.due(60) == [kill("caddy")]


def test_a_door_that_dies_while_the_server_stops_is_not_asked(both):
    both.stop(10)
    assert both.exited("caddy", 1, 11) == []
    assert both.exited("server", 0, 12) == []
    assert both.is_over


def test_refused_settings_stop_everything_and_are_named(both):
    assert both.exited("server", REFUSED, 1) == [ask("caddy")]
    assert both.failure == "server refused its settings"
    both.exited("caddy", 0, 2)
    assert both.is_over


DEEDS = st.lists(
    st.tuples(st.sampled_from(["exit server", "exit caddy", "wait", "stop"]), st.floats(0, 40))
)


@given(DEEDS)
def test_whatever_happens_it_can_be_stopped_and_nothing_runs_twice(deeds):
    supervision, running, now = Supervision([Child("server", 7), Child("caddy", 4)]), set(), 0.0

    def do(acts):
        for act in acts:
            if act.verb is Verb.START:
                assert act.name not in running
                assert not supervision.is_stopping
                running.add(act.name)
            else:
                assert act.name in running

    do(supervision.begin(now))
    for deed, seconds in deeds:
        now += seconds
        do(supervision.due(now))
        name = deed.partition(" ")[2]
        if name in running:
            running.discard(name)
            do(supervision.exited(name, 1, now))
        elif deed == "stop":
            do(supervision.stop(now))
    do(supervision.stop(now))
    for name in ("server", "caddy"):
        if name in running:
            running.discard(name)
            do(supervision.exited(name, 0, now))
    assert supervision.is_over
