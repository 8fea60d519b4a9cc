from protocol.resume import TokenState
from server.inbox import Inbox
from server.sessions import Session, Sessions


def session(eid, away_since=None):
    tokens = TokenState(bytes((eid,)) * 32)
    return Session(f"{eid:032x}", eid, "Ann", tokens, Inbox(eid, 20), away_since=away_since)


def test_a_tick_takes_from_those_who_are_welcomed_in_the_order_in_which_they_came():
    sessions, ann, bob, cat = Sessions(), session(3), session(1), session(2)
    for one in (ann, bob, cat):
        sessions.add(one)
    assert sessions.inboxes == []
    for one in (cat, ann, bob):
        sessions.set_welcomed(one, is_welcomed=True)
    assert sessions.inboxes == [ann.inbox, bob.inbox, cat.inbox]
    sessions.set_welcomed(bob, is_welcomed=False)
    assert sessions.inboxes == [ann.inbox, cat.inbox]
    sessions.remove(ann, 0.0)
    assert sessions.inboxes == [cat.inbox]


def test_it_is_known_who_is_away():
    sessions, ann, bob = Sessions(), session(1, away_since=5.0), session(2)
    sessions.add(ann)
    sessions.add(bob)
    assert sessions.away == {1: ann}
    sessions.set_away(bob, 7.0)
    sessions.set_away(ann, None)
    assert sessions.away == {2: bob}
    assert (ann.away_since, bob.away_since) == (None, 7.0)
    sessions.remove(bob, 9.0)
    assert sessions.away == {}
