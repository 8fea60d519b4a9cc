"""The resume token: whatever is cut, an honest client comes back and a thief does not."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.resume import DEAD_KEPT, TokenState, Verdict

A, B, C, D = (bytes([letter]) * 32 for letter in b"ABCD")


def test_a_token_rotates_and_its_predecessor_stays_until_the_proof():
    state = TokenState(A).rotate(A, B)
    assert [state.judge(token) for token in (A, B, C)] == [
        Verdict.GOOD,
        Verdict.GOOD,
        Verdict.UNKNOWN,
    ]
    proven = state.proven(B)
    assert [proven.judge(token) for token in (A, B)] == [Verdict.DEAD, Verdict.GOOD]
    assert proven.proven(B) == proven


def test_a_client_that_never_got_the_new_token_comes_with_the_old_one():
    state = TokenState(A).rotate(A, B).rotate(A, C)
    assert [state.judge(token) for token in (A, B, C)] == [
        Verdict.GOOD,
        Verdict.DEAD,
        Verdict.GOOD,
    ]


def test_using_the_new_token_proves_it_too():
    state = TokenState(A).rotate(A, B).rotate(B, C)
    assert [state.judge(token) for token in (A, B, C)] == [
        Verdict.DEAD,
        Verdict.GOOD,
        Verdict.GOOD,
    ]


def test_a_message_on_an_older_connection_proves_nothing():
    state = TokenState(A).rotate(A, B).rotate(A, C)
    assert state.proven(B) == state
    assert state.proven(A) == state


@pytest.mark.parametrize("token", [A, D])
def test_only_a_good_token_is_rotated(token):
    state = TokenState(A).rotate(A, B).proven(B)
    with pytest.raises(ValueError, match="only a good token"):
        state.rotate(token, C)


def test_the_dead_are_remembered_for_a_while():
    state = TokenState(bytes([0]))
    for number in range(1, 20):
        state = state.rotate(bytes([number - 1]), bytes([number])).proven(bytes([number]))
    assert len(state.dead) == DEAD_KEPT
    assert state.judge(bytes([18])) is Verdict.DEAD
    assert state.judge(bytes([0])) is Verdict.UNKNOWN


class Session:
    """A server that commits before it speaks, and an honest client that may forget a WELCOME."""

    def __init__(self):
        self.state = TokenState(b"0")
        self.kept = b"0"
        self.issued = 0

    def resume(self, steps):
        """One connection of which `steps` steps happen before the line is cut."""
        if steps < 1:
            return  # HELLO is lost
        shown = self.kept
        assert self.state.judge(shown) is Verdict.GOOD, "an honest client was turned away"
        self.issued += 1
        fresh = b"%d" % self.issued
        self.state = self.state.rotate(shown, fresh)  # committed
        if steps < 2:
            return  # WELCOME is lost
        self.kept = fresh
        if steps < 3:
            return  # the first message is lost
        self.state = self.state.proven(fresh)
        assert self.state.judge(shown) is Verdict.DEAD


def test_an_honest_client_comes_back_wherever_five_lines_in_a_row_are_cut():
    for cuts in product(range(4), repeat=5):
        session = Session()
        for steps in cuts:
            session.resume(steps)
        session.resume(3)
        assert session.state.previous is None


@given(st.lists(st.integers(0, 3), max_size=12), st.booleans())
def test_of_a_client_and_a_thief_of_its_token_one_meets_a_dead_one(cuts, thief_plays):
    session = Session()
    for steps in cuts:
        session.resume(steps)
    session.state = session.state.rotate(session.kept, b"thief")
    if thief_plays:
        session.state = session.state.proven(b"thief")
        assert session.state.judge(session.kept) is Verdict.DEAD
    else:
        session.resume(3)
        assert session.state.judge(b"thief") is Verdict.DEAD
