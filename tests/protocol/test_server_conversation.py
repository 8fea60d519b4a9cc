"""Any message in any phase: the server follows the table or refuses, and never acts early."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from game.body import Command
from protocol.codec import encode
from protocol.conversation import Refused, ServerConversation
from protocol.hot import Input
from protocol.input import TYPE as INPUT
from protocol.limits import HELLO_S, STALL_INPUTS_PER_S, STALL_S
from protocol.messages import Act, Bye, Hello, Saved, Say, Stats
from protocol.reasons import Reason
from protocol.table import BY_MESSAGE, Phase
from tests.protocol.strategies import CLIENT, SERVER

INVITE = "i" * 22
HELLO = encode(Hello(minor=0, name="Ann", invite=INVITE))


def said(seq, count=1):
    return encode(Input(seq, (Command(),) * count, 0, 0))


def playing(now=0.0, last_seq=0):
    conversation = ServerConversation(now)
    conversation.receive(HELLO, now)
    conversation.welcome(last_seq)
    return conversation


def refusal(conversation, frame, now=0.0):
    with pytest.raises(Refused) as caught:
        conversation.receive(frame, now)
    assert conversation.phase is Phase.CLOSED
    assert conversation.closed_by is caught.value.reason
    return caught.value.reason


def test_a_conversation_begins_with_hello():
    conversation = ServerConversation(0.0)
    assert conversation.receive(HELLO, 0.1) == Hello(minor=0, name="Ann", invite=INVITE)
    assert conversation.phase is Phase.HELLO
    assert conversation.hello is not None
    conversation.welcome()
    assert conversation.phase is Phase.PLAY
    assert conversation.receive(said(1), 0.2) == Input(1, (Command(),), 0, 0)
    assert conversation.receive(encode(Bye()), 0.3) == Bye()
    assert conversation.closed_by is Reason.BYE


@pytest.mark.parametrize("frame", [said(1), encode(Say(text="x")), encode(Bye())])
def test_nothing_else_is_heard_before_the_welcome(frame):
    assert refusal(ServerConversation(0.0), frame) is Reason.PROTOCOL
    waiting = ServerConversation(0.0)
    waiting.receive(HELLO, 0.0)
    assert refusal(waiting, frame) is Reason.PROTOCOL


def test_hello_is_said_once():
    waiting = ServerConversation(0.0)
    waiting.receive(HELLO, 0.0)
    assert refusal(waiting, HELLO, 100.0) is Reason.PROTOCOL
    assert refusal(playing(), HELLO, 100.0) is Reason.PROTOCOL


@pytest.mark.parametrize(
    ("rights", "reason"),
    [({}, Reason.BAD_INVITE), ({"invite": INVITE, "resume": INVITE}, Reason.PROTOCOL)],
)
def test_hello_comes_by_one_right(rights, reason):
    frame = encode(Hello(minor=0, name="Ann", **rights))
    conversation = ServerConversation(0.0)
    assert refusal(conversation, frame) is reason
    assert conversation.hello is None


@pytest.mark.parametrize(
    "frame",
    [b"", "text", b"\x06\x80", b"\x81\x80", encode(Saved(act_id=1)), b"\xff", b"\x02", b"\x04\xc0"],
)
def test_what_is_no_message_closes(frame):
    assert refusal(playing(), frame) is Reason.PROTOCOL


@pytest.mark.parametrize(
    ("head", "limit"), [(b"\x01", 1024), (b"\x02", 512), (b"\x03", 512), (b"\x04", 512)]
)
def test_the_size_is_judged_before_the_content(head, limit):
    for size in (limit, limit + 1):
        conversation = ServerConversation(0.0) if head == b"\x01" else playing()
        with pytest.raises(Refused) as caught:
            conversation.receive(head + b"\xc1" * (size - 1), 0.0)
        assert (f"{size} bytes" in caught.value.detail) is (size > limit)


@pytest.mark.parametrize(
    ("make", "burst", "rate"),
    [
        (said, 160, 80),
        (lambda n: encode(Act(act_id=n, kind=4)), 30, 10),
        (lambda n: encode(Say(text=str(n))), 8, 1),
        (lambda n: encode(Stats(stale_ms=n, jitter_ms=0, corrections=0)), 4, 1),
    ],
)
def test_a_flood_is_cut_after_the_burst(make, burst, rate):
    conversation = playing(0.0)
    for n in range(1, burst + 1):
        conversation.receive(make(n), 10.0)
    conversation.receive(make(burst + 1), 10.0 + 1.01 / rate)
    assert refusal(conversation, make(burst + 2), 10.0 + 1.01 / rate) is Reason.RATE


def test_sixty_a_second_and_a_stall_of_two_seconds_are_no_flood():
    conversation = playing(0.0)
    for tick in range(1, 1200):
        conversation.receive(said(tick), max(tick / 60, 8.0) if tick > 360 else tick / 60)


def test_a_client_that_speaks_little_in_a_stall_is_never_cut_for_what_arrives_behind_it():
    for stall_s in (2, 5, 10):
        conversation = playing(0.0)
        spoken = [n / 60 for n in range(1, int(60 * STALL_S))]
        spoken += [
            STALL_S + n / STALL_INPUTS_PER_S for n in range(int(stall_s * STALL_INPUTS_PER_S))
        ]
        for seq, at in enumerate(spoken, 1):
            conversation.receive(said(seq), max(at, stall_s))


def test_numbers_only_rise():
    conversation = playing(last_seq=10)
    conversation.receive(said(11, 5), 0.0)
    conversation.receive(said(20), 0.0)  # a client may leave numbers out
    assert refusal(conversation, said(20)) is Reason.PROTOCOL
    assert refusal(playing(last_seq=10), said(10)) is Reason.PROTOCOL


def test_hello_is_overdue_after_five_seconds():
    conversation = ServerConversation(100.0)
    assert not conversation.overdue(100.0 + HELLO_S)
    assert conversation.overdue(100.1 + HELLO_S)
    conversation.receive(HELLO, 105.2)
    assert not conversation.overdue(200.0)  # from here on it is the server that takes its time


def test_a_closed_conversation_says_why_for_good():
    conversation = playing()
    conversation.close(Reason.KICKED)
    conversation.close(Reason.BYE)
    assert refusal(conversation, said(1)) is Reason.KICKED


def test_nobody_is_welcomed_before_hello_or_twice():
    with pytest.raises(RuntimeError):
        ServerConversation(0.0).welcome()
    with pytest.raises(RuntimeError):
        playing().welcome()


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2),  # numbers that are left out
            st.sampled_from([1, 1, 1, 1, 0, 2]),  # runs
            st.sampled_from([0, 9, 31, 32]),
            st.sampled_from([0, 0, 300]),
            st.sampled_from([1, 1, 1, 1, 2, 60, 61, 0]),
            st.sampled_from([0.0, 0.001, 0.05]),
        ),
        max_size=40,
    ),
    st.sampled_from([0, 0xFFFF_FFF0]),
    st.booleans(),
)
def test_the_usual_input_is_judged_as_any_message_is(said, seq, is_at_the_limit):
    short, long = playing(last_seq=seq), playing(last_seq=seq)
    now = 1.0
    if is_at_the_limit:
        for conversation in (short, long):
            for _ in range(155):
                conversation._buckets[INPUT].take(now)
    for ahead, runs, keys, target, count, pause in said:
        now += pause
        seq += ahead
        data = struct.pack("<BIIHBBHB", INPUT, seq % 2**32, 7, 9, runs, keys, target, count)
        assert outcome(short.receive, data, now) == outcome(long._judged, data, now)
        assert (short.phase, short.closed_by) == (long.phase, long.closed_by)


def outcome(receive, data, now):
    try:
        return receive(data, now)
    except Refused as refused:
        return (refused.reason, refused.detail)


def test_text_as_long_as_the_usual_input_is_refused():
    assert refusal(playing(), "\x02" * 16) is Reason.PROTOCOL


class AnyMessageInAnyPhase(RuleBasedStateMachine):
    """The model: the phase, and which messages the table lets in."""

    @initialize()
    def begin(self):
        self.now = 0.0
        self.phase = Phase.HELLO
        self.greeted = False
        self.seq = 0
        self.conversation = ServerConversation(self.now)

    @rule(seconds=st.floats(0.0, 3.0))
    def wait(self, seconds):
        self.now += seconds

    @precondition(lambda self: self.phase is Phase.HELLO and self.greeted)
    @rule(last_seq=st.integers(0, 1000))
    def welcome(self, last_seq):
        self.conversation.welcome(last_seq)
        self.phase, self.seq = Phase.PLAY, last_seq

    @rule(message=st.one_of(*CLIENT.values()))
    def say(self, message):
        allowed = self.phase in BY_MESSAGE[type(message)].phases
        try:
            heard = self.conversation.receive(encode(message), self.now)
        except Refused:
            self.phase = Phase.CLOSED
            return
        assert allowed
        assert heard == message
        if isinstance(message, Hello):
            assert not self.greeted
            self.greeted = True
        if isinstance(message, Input):
            assert message.first_seq > self.seq
            self.seq = message.first_seq + len(message.commands) - 1
        if isinstance(message, Bye):
            self.phase = Phase.CLOSED

    @rule(message=st.one_of(SERVER["saved"], SERVER["chat"]))
    def say_what_only_a_server_says(self, message):
        self.refused(encode(message))

    @rule(kind=st.sampled_from([0, 6, 7, 0x8A, 255]), rest=st.binary(max_size=20))
    def say_nonsense(self, kind, rest):
        self.refused(bytes((kind,)) + rest)

    def refused(self, frame):
        with pytest.raises(Refused):
            self.conversation.receive(frame, self.now)
        self.phase = Phase.CLOSED

    @invariant()
    def agrees(self):
        assert self.conversation.phase is self.phase
        assert (self.conversation.closed_by is not None) is (self.phase is Phase.CLOSED)
        assert (self.conversation.hello is not None) is self.greeted


TestAnyMessageInAnyPhase = AnyMessageInAnyPhase.TestCase
TestAnyMessageInAnyPhase.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
