"""The session as the client keeps it: tokens, numbers, and acts that outlive a connection."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec import structs

from game.body import Body, Command
from game.inputs import ActKind
from protocol.codec import decode_client, encode
from protocol.conversation import ClientConversation, Next, Refused, ServerConversation
from protocol.hot import Snap
from protocol.messages import Act, Bye, Chat, Notice, Reject, Saved, Say, Stats, Travel, Welcome
from protocol.reasons import Reason
from protocol.table import Phase

INVITE = "i" * 22
SNAP = encode(Snap(1, 0, 0, Body(0, 0), (), (), ()))


def welcome(token="t" * 22, *, resumed=False, last_act_id=0, last_seq=0):
    return Welcome(
        minor=0,
        server="Lanternhold",
        world="home",
        epoch=1,
        player="0" * 32,
        eid=1,
        token=token,
        resumed=resumed,
        tick=1,
        tick_hz=30,
        rules={},
        rules_hash="x",
        last_act_id=last_act_id,
        last_seq=last_seq,
        resume_s=60,
    )


def playing():
    client = ClientConversation()
    client.hello("Ann", INVITE)
    client.receive(encode(welcome()))
    return client


def resumed(client, **changes):
    client.closed(None)
    client.hello("Ann", INVITE)
    client.receive(encode(welcome("u" * 22, resumed=True, **changes)))
    return client


def saved(client, act_id):
    return client.receive(encode(Saved(act_id=act_id)))


def test_the_first_hello_brings_the_invite_and_the_next_the_token():
    client = ClientConversation()
    first = decode_client(client.hello("Ann", INVITE, team=1, bot=True))
    assert (first.invite, first.resume, first.team, first.bot) == (INVITE, None, 1, True)
    client.receive(encode(welcome()))
    client.closed(None)
    again = decode_client(client.hello("Ann", INVITE))
    assert (again.invite, again.resume) == (None, "t" * 22)


def test_a_token_of_yesterday_is_tried_first():
    hello = decode_client(ClientConversation("y" * 22).hello("Ann", INVITE))
    assert (hello.invite, hello.resume) == (None, "y" * 22)


def test_commands_are_numbered_on_from_the_welcome():
    client = playing()
    (first,) = client.inputs([Command(1)] * 3, ack=0, hold_ms=0)
    (second,) = client.inputs([Command(2)], ack=5, hold_ms=100_000)
    assert decode_client(first).first_seq == 1
    assert decode_client(second).first_seq == 4
    assert decode_client(second).hold_ms == 65_535
    resumed(client, last_seq=2)
    (third,) = client.inputs([Command()], 0, 0)
    assert decode_client(third).first_seq == 3
    many = [decode_client(frame) for frame in client.inputs([Command()] * 130, 0, 0)]
    assert [(one.first_seq, len(one.commands)) for one in many] == [(4, 64), (68, 64), (132, 2)]


def test_stats_are_cut_to_what_a_server_takes_and_kept_from_one_that_knows_none():
    client = playing()
    assert client.stats(fps=60, stale_ms=1, jitter_ms=1, corrections=0) == b""
    client.closed(None)
    client.hello("Ann", INVITE)
    client.receive(encode(structs.replace(welcome(), minor=1)))
    far = client.stats(fps=1e9, stale_ms=1e9, jitter_ms=-1.0, corrections=10**9)
    assert decode_client(far) == Stats(fps=1000, stale_ms=60_000, jitter_ms=0, corrections=1000)
    near = client.stats(fps=59.6, stale_ms=41.4, jitter_ms=0.0, corrections=2)
    assert decode_client(near) == Stats(fps=60, stale_ms=41, jitter_ms=0, corrections=2)


def test_an_act_is_kept_until_it_is_saved():
    client = playing()
    acts = [decode_client(client.act(ActKind.DEPOSIT)) for _ in range(3)]
    assert [act.act_id for act in acts] == [1, 2, 3]
    saved(client, 2)
    assert client.pending == (acts[2],)
    assert client.saved == 2


def test_saved_twice_or_late_or_too_far_changes_nothing():
    client = playing()
    client.act(ActKind.DEPOSIT)
    client.act(ActKind.DROP)
    for act_id in (1, 1, 0, 0xFFFF_FFFF, 1):
        saved(client, act_id)
    assert client.saved == 2
    assert client.pending == ()
    assert decode_client(client.act(ActKind.PING)).act_id == 3


def test_after_a_resume_only_what_the_server_lacks_is_sent_again():
    client = playing()
    acts = [client.act(kind) for kind in (ActKind.DEPOSIT, ActKind.DROP, ActKind.READY)]
    resumed(client, last_act_id=1)
    assert client.resend() == acts[1:]
    assert len(client.pending) == 3  # applied is not yet saved
    # The server crashed before it had saved the first one, and says so after its restart.
    resumed(client, last_act_id=0)
    assert client.resend() == acts


def test_before_a_welcome_all_pending_acts_are_to_be_sent():
    client = ClientConversation()
    act = client.act(ActKind.READY, 1)
    assert client.resend() == [act]


def test_a_new_session_does_not_repeat_the_acts_of_a_lost_one():
    client = playing()
    client.act(ActKind.DEPOSIT)
    saved(client, 1)
    client.act(ActKind.DEPOSIT)
    assert client.closed(Reason.RESUME_LOST) is Next.JOIN
    client.hello("Ann", INVITE)
    client.receive(encode(welcome(last_act_id=0)))
    assert client.resend() == []
    assert client.saved == 0
    assert decode_client(client.act(ActKind.DEPOSIT)).act_id == 1


def test_a_new_process_numbers_its_acts_above_the_old_ones():
    client = ClientConversation("y" * 22)
    client.hello("Ann")
    client.receive(encode(welcome(resumed=True, last_act_id=41)))
    assert decode_client(client.act(ActKind.DEPOSIT)).act_id == 42


def test_travel_is_data_for_the_link_and_a_token():
    client = playing()
    travel = Travel(url="wss://other.example/w/far", world="far", ticket="v" * 22)
    client.receive(encode(travel))
    assert client.travel == travel
    assert client.closed(1012) is Next.RESUME
    assert decode_client(client.hello("Ann", INVITE)).resume == "v" * 22
    client.receive(encode(welcome("w" * 22, resumed=True)))
    assert client.travel is None
    assert client.token == "w" * 22


@pytest.mark.parametrize(
    "frame", [SNAP, encode(Saved(act_id=1)), encode(Chat(eid=0, channel="all", text="x"))]
)
def test_nothing_plays_before_the_welcome(frame):
    client = ClientConversation()
    client.hello("Ann", INVITE)
    with pytest.raises(Refused) as caught:
        client.receive(frame)
    assert caught.value.reason is Reason.PROTOCOL


@pytest.mark.parametrize(
    "message", [Notice(code="full", text="Wait."), Reject(code=4006, text="Full.")]
)
def test_a_notice_and_a_reject_may_come_at_once(message):
    client = ClientConversation()
    client.hello("Ann", INVITE)
    assert client.receive(encode(message)) == message


@pytest.mark.parametrize("frame", ["text", b"", b"\x02", b"\x82", encode(welcome()), encode(Bye())])
def test_a_server_that_breaks_the_rules_is_left(frame):
    with pytest.raises(Refused) as caught:
        playing().receive(frame)
    assert caught.value.reason is Reason.PROTOCOL


def test_play_goes_on_after_the_welcome():
    assert isinstance(playing().receive(SNAP), Snap)


@pytest.mark.parametrize(
    ("code", "next_step"),
    [
        (None, Next.RESUME),
        (1006, Next.RESUME),
        (1012, Next.RESUME),
        (Reason.RESTART, Next.RESUME),
        (Reason.TOO_SLOW, Next.RESUME),
        (Reason.RESUME_LOST, Next.JOIN),
        (Reason.KICKED, Next.STOP),
        (Reason.MOVED, Next.STOP),
        (Reason.BYE, Next.STOP),
        (1002, Next.STOP),
        (4999, Next.STOP),
    ],
)
def test_the_close_code_decides_what_is_next(code, next_step):
    client = playing()
    assert client.closed(code) is next_step
    assert (client.token is not None) is (next_step is Next.RESUME)
    assert client.phase is Phase.CLOSED


def test_without_a_token_there_is_nothing_to_resume():
    client = ClientConversation()
    assert client.closed(None) is Next.JOIN
    assert client.closed(Reason.RESUME_LOST) is Next.STOP


def test_bye_gives_the_token_up():
    client = playing()
    assert decode_client(client.bye()) == Bye()
    assert client.token is None


@pytest.mark.parametrize("text", ["x" * 1000, "ä" * 300, "灯" * 200, "🏮" * 200])
def test_a_long_line_of_chat_is_cut_not_refused(text):
    line = decode_client(playing().say(text, "team"))
    assert isinstance(line, Say)
    assert text.startswith(line.text)
    assert 119 <= len(line.text) <= 200


class CutAnywhere(RuleBasedStateMachine):
    """A server that applies and saves acts, crashes and restarts, and a line that is cut."""

    @initialize()
    def begin(self):
        self.client = ClientConversation()
        self.applied, self.durable = [], []
        self.asked = 0
        self.connect(fresh=True)

    def connect(self, *, fresh=False):
        self.server = ServerConversation(0.0)
        self.server.receive(self.client.hello("Ann", INVITE), 0.0)
        last = max(self.applied, default=0)
        self.server.welcome(0)
        self.client.receive(encode(welcome(resumed=not fresh, last_act_id=last)))
        self.way = self.client.resend()

    @rule()
    def ask(self):
        self.way.append(self.client.act(ActKind.DEPOSIT))
        self.asked += 1

    @precondition(lambda self: self.way)
    @rule()
    def arrive(self):
        act = decode_client(self.way.pop(0))
        assert isinstance(act, Act)
        self.applied.append(act.act_id)

    @rule(told=st.booleans())
    def save(self, told):
        self.durable = list(self.applied)
        if told:
            saved(self.client, max(self.durable, default=0))

    @rule(crash=st.booleans())
    def cut(self, crash):
        if crash:
            self.applied = list(self.durable)
        assert self.client.closed(None) is Next.RESUME
        self.connect()

    @invariant()
    def nothing_is_done_twice_or_in_another_order(self):
        assert self.applied == list(range(1, len(self.applied) + 1))

    @invariant()
    def nothing_is_lost(self):
        coming = [decode_client(frame).act_id for frame in self.way]
        assert self.applied + coming == list(range(1, self.asked + 1))
        assert self.client.saved <= len(self.durable)


TestCutAnywhere = CutAnywhere.TestCase
TestCutAnywhere.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
