from client.problem import Fault, Problem
from client.route import Route
from client.target import Destination
from protocol.client_conversation import Next
from protocol.reasons import Reason

FAR = Destination("wss://far.example/w/far", "far")
BROKE = Problem(Fault.LOST, "The line broke.", retry_after_s=3)


def arrived():
    route = Route()
    route.told = FAR
    route.after(BROKE, Next.RESUME)
    route.welcomed()
    return route


def test_a_session_that_was_not_sent_anywhere_stays_with_the_invites_server():
    route = Route()
    for step in Next:
        assert route.after(BROKE, step) == (BROKE, step)
        assert route.destination is None


def test_a_travel_is_obeyed_when_its_line_is_gone_as_late_as_the_close_asks():
    route = Route()
    route.told = FAR
    problem, step = route.after(BROKE, Next.RESUME)
    assert (route.destination, step) == (FAR, Next.RESUME)
    assert (problem.fault, problem.retry_after_s, problem.may_retry) == (Fault.TRAVEL, 3, True)
    assert "far" in problem.sentence


def test_a_world_that_sent_on_and_then_ended_the_session_is_believed_in_that():
    route, kicked = Route(), Problem(Fault.REJECTED, "Out.", reason=Reason.KICKED)
    route.told = FAR
    assert route.after(kicked, Next.STOP) == (kicked, Next.STOP)
    assert route.destination is None


def test_who_is_welcomed_after_all_does_not_go():
    route = Route()
    route.told = FAR
    route.welcomed()
    assert route.after(BROKE, Next.RESUME) == (BROKE, Next.RESUME)
    assert route.destination is None


def test_a_line_lost_there_is_resumed_there():
    route = arrived()
    assert route.after(BROKE, Next.RESUME) == (BROKE, Next.RESUME)
    assert route.destination == FAR


def test_a_journey_that_fails_leads_back_whatever_was_said_there():
    for step, after in ((Next.RESUME, Next.RESUME), (Next.JOIN, Next.JOIN), (Next.STOP, Next.JOIN)):
        route = Route()
        route.told = FAR
        route.after(BROKE, Next.RESUME)
        final = Problem(
            Fault.NOT_FOUND, "No such world.", may_retry=False, reason=step is Next.JOIN
        )
        problem, told_step = route.after(final, step)
        assert (route.destination, told_step) == (None, after)
        assert (problem.fault, problem.may_retry) == (Fault.TRAVEL, True)
        assert problem.reason == final.reason
        assert "No such world." in problem.sentence


def test_one_journey_may_lead_to_the_next():
    route = Route()
    route.told = Destination("wss://hall.example/w/hall", "hall")
    route.after(BROKE, Next.RESUME)
    route.told = FAR
    route.after(BROKE, Next.RESUME)
    assert route.destination == FAR


def test_with_the_way_back_lost_only_the_invites_server_is_left():
    for step in (Next.JOIN, Next.STOP):
        route = arrived()
        assert route.after(BROKE, step) == (BROKE, step)
        assert route.destination is None


def test_a_world_that_is_gone_is_not_asked_for_again():
    route = arrived()
    gone = Problem(Fault.NOT_FOUND, "No such world.", may_retry=False)
    assert route.after(gone, Next.RESUME) == (gone, Next.RESUME)
    assert route.destination is None
