"""A session against servers that are rude, broken or hostile: it costs them their line only."""

from random import Random

import pytest

from client.link import Lost, Measured, Opened, Received, Stepped
from client.problem import Fault
from client.session import HELLO_SILENT_S, SILENT_S, Identity, Session
from client.state import Connecting, Failed, Left, Playing, Waiting
from client.tokens import TokenFile, TokenMemory
from game.body import Body
from game.inputs import ActKind
from game.rules import Rules
from protocol.codec import decode_client, encode
from protocol.hot import Snap
from protocol.invite import Invite
from protocol.messages import Act, Bye, Chat, Hello, Notice, Reject, Saved, Say, Welcome
from protocol.reasons import Reason
from protocol.rules import to_wire

RULES = Rules(map_tiles=64)
INVITE = "A" * 24


class Line:
    """Notes what a session asks of the network."""

    def __init__(self):
        self.number, self.sent, self.is_cut, self.is_finished = 0, [], False, False

    def connect(self, destination=None):
        self.number += 1
        self.destination = destination
        self.is_cut = False
        return self.number

    def send(self, data):
        self.sent.append(decode_client(data))

    def cut(self):
        self.is_cut = True

    def finish(self):
        self.is_finished = True


class Stage:
    def __init__(self, token=None, tokens=None):
        self.line, self.tokens, self.now = Line(), tokens or TokenMemory(), 100.0
        if token:
            self.tokens.save(token)
        who = Identity("Ada", INVITE, team=1)
        self.session = Session(self.line, who, self.tokens, Random(1), self.now)
        self.session.start()

    def open(self):
        self.session.handle(Opened(self.line.number, self.now))

    def hear(self, data, line=None):
        frame = data if isinstance(data, bytes | str) else encode(data)
        self.session.handle(Received(line or self.line.number, self.now, frame))

    def lose(self, code=None, text=""):
        self.session.handle(Lost(self.line.number, self.now, code, text))

    def wait(self, seconds, step=0.05):
        end = self.now + seconds
        while self.now < end:
            self.now += step
            self.session.advance(self.now)

    def join(self, **changes):
        self.open()
        self.hear(welcome(**changes))
        self.hear(snap(5))
        return self


def welcome(**changes):
    given = {
        "minor": 0, "server": "A test", "world": "home", "epoch": 1, "player": "0" * 32, "eid": 1,
        "token": "T" * 24, "resumed": False, "tick": 1, "tick_hz": 30, "rules": to_wire(RULES),
        "rules_hash": RULES.hash(), "last_act_id": 0, "last_seq": 0, "resume_s": 60,
    } | changes  # fmt: skip
    return Welcome(**given)


def snap(tick, last_seq=0):
    return Snap(tick, last_seq, 0, Body(5 << 16, 5 << 16), (), (), ())


def test_the_first_thing_said_is_hello_with_the_invite():
    stage = Stage()
    assert isinstance(stage.session.state, Connecting)
    stage.open()
    hello = stage.line.sent[0]
    assert isinstance(hello, Hello)
    assert (hello.name, hello.invite, hello.resume, hello.team) == ("Ada", INVITE, None, 1)


def test_a_kept_token_is_tried_first_and_the_invite_when_the_body_is_gone():
    stage = Stage(token="K" * 24)
    stage.open()
    assert (stage.line.sent[0].resume, stage.line.sent[0].invite) == ("K" * 24, None)
    stage.hear(Reject(code=Reason.RESUME_LOST, text="gone"))
    stage.lose(Reason.RESUME_LOST)
    assert stage.tokens.load() is None
    stage.wait(0.1)
    stage.open()
    assert stage.line.sent[1].invite == INVITE


def test_the_token_is_kept_before_anything_is_said():
    stage = Stage()
    stage.open()
    said_before = len(stage.line.sent)
    stage.hear(welcome())
    assert stage.tokens.load() == "T" * 24
    assert len(stage.line.sent) == said_before
    assert stage.session.state == Playing()


def test_steps_are_shown_while_connecting_and_rtt_is_measured():
    stage = Stage()
    stage.session.handle(Stepped(1, 100.0, "Knocking"))
    assert stage.session.state == Connecting("Knocking")
    stage.session.handle(Measured(1, 100.0, 0.042))
    assert stage.session.figures.rtt_ms == pytest.approx(42)


def test_events_of_an_earlier_line_are_nothing():
    stage = Stage().join()
    stage.lose()
    stage.wait(1)
    assert stage.line.number == 2
    stage.hear(snap(9), line=1)
    assert stage.session.presence is None
    assert not stage.line.is_cut
    stage.join(resumed=True)
    assert stage.session.state == Playing(resumed=True)


@pytest.mark.parametrize(
    "rude",
    [
        b"",
        b"\x82",
        b"\x82" + b"\xff" * 60,
        b"\x81" + b"\xc1" * 9,
        "text",
        b"\x02" + b"\x00" * 12,
        b"\x83" + b"\x92" * 5000,
        encode(welcome()),
        encode(snap(5)),
        encode(snap(1)),
    ],
)
def test_what_makes_no_sense_costs_the_line_and_the_player_comes_back(rude):
    stage = Stage().join()
    stage.hear(rude)
    assert stage.line.is_cut
    assert isinstance(stage.session.state, Waiting)
    stage.wait(1)
    assert stage.line.number == 2
    stage.open()
    assert stage.line.sent[-1].resume == "T" * 24


@pytest.mark.parametrize(
    "changes",
    [
        {"rules_hash": "0" * 16},
        {"rules": to_wire(RULES) | {"map_tiles": 10**9}},
        {"rules": {"speed": "fast"}},
        {"tick_hz": 60},
    ],
)
def test_rules_that_this_build_does_not_know_are_final_and_say_update(changes):
    stage = Stage()
    stage.open()
    stage.hear(welcome(**changes))
    assert isinstance(stage.session.state, Failed)
    assert stage.session.state.problem.fault is Fault.VERSION
    assert "update" in stage.session.state.sentence


def test_snapshots_before_welcome_are_refused():
    stage = Stage()
    stage.open()
    stage.hear(snap(1))
    assert stage.line.is_cut
    assert isinstance(stage.session.state, Failed), "a first join is not repeated by itself"


def test_a_notice_may_come_before_welcome_and_is_shown_as_what_happens():
    stage = Stage()
    stage.open()
    stage.hear(Notice(code="full", text="One place is\nkept for you."))
    assert stage.session.state == Connecting("One place is kept for you.")
    stage.hear(welcome())
    assert stage.session.state == Playing()


def test_the_server_moved_to_another_window_leaves_that_windows_token(tmp_path):
    invite = Invite(addresses=("192.168.1.10",), port=8443, secret=INVITE)
    ours, theirs = TokenFile(tmp_path, invite, "Ada"), TokenFile(tmp_path, invite, "Ada")
    stage = Stage(tokens=ours).join()
    theirs.save("N" * 24)
    stage.hear(Reject(code=Reason.MOVED, text=Reason.MOVED.sentence))
    stage.lose(Reason.MOVED)
    assert isinstance(stage.session.state, Failed)
    assert ours.load() is None, "it goes on there: this window does not take it back"
    assert TokenFile(tmp_path, invite, "Ada").load() == "N" * 24


def test_a_server_that_says_nothing_is_given_up():
    stage = Stage()
    stage.wait(60)
    assert stage.line.number == 1, "connecting has time limits of its own"
    stage.open()
    stage.wait(HELLO_SILENT_S + 0.2)
    assert stage.session.state.problem.fault is Fault.SILENT


def test_a_player_in_the_world_is_less_patient():
    stage = Stage().join()
    stage.wait(SILENT_S - 0.2)
    assert stage.session.state == Playing()
    stage.wait(0.4)
    assert isinstance(stage.session.state, Waiting)
    assert stage.session.figures.disconnects == 1


def test_the_countdown_can_be_cut_short_and_a_failure_tried_again():
    stage = Stage().join()
    for _ in range(5):
        stage.lose()
        stage.session.retry_now()
    assert stage.line.number == 6
    stage.open()
    stage.hear(Reject(code=Reason.FULL, text="Full."))
    stage.lose(Reason.FULL)
    assert stage.session.state.sentence == "Full."
    stage.session.retry_now()
    stage.open()
    assert stage.line.sent[-1].invite == INVITE, "the token was proven worthless"


def test_acts_that_were_not_saved_are_sent_again_by_number():
    stage = Stage().join()
    assert stage.session.act(ActKind.DEPOSIT, 0, stage.now) == 1
    assert stage.session.act(ActKind.PING, 7, stage.now) == 2
    assert stage.session.act(ActKind.DROP, 0, stage.now) == 3
    stage.hear(Saved(act_id=1))
    assert stage.session.figures.saved == 1
    stage.lose()
    assert stage.session.act(ActKind.DROP, 0, stage.now) == 0, "nothing can be asked for now"
    stage.wait(1)
    stage.line.sent.clear()
    stage.join(resumed=True, last_act_id=2, last_seq=4)
    acts = [message for message in stage.line.sent if isinstance(message, Act)]
    assert [act.act_id for act in acts] == [3]
    assert stage.session.figures.resumes == 1


def test_too_much_at_once_is_kept_back_instead_of_being_cut_for_it():
    stage = Stage().join()
    acts = [stage.session.act(ActKind.PING, 0, stage.now) for _ in range(100)]
    says = [stage.session.say("hello", "all", stage.now) for _ in range(100)]
    assert 0 < sum(map(bool, acts)) <= 30
    assert 0 < sum(says) <= 8
    assert not stage.session.say(" \u200b\n", "all", stage.now + 60), "nothing visible"


def test_chat_is_one_visible_line_in_both_directions():
    stage = Stage().join()
    assert stage.session.say("a\nb\x1b[31m  c" + "d" * 300, "team", stage.now)
    said = stage.line.sent[-1]
    assert isinstance(said, Say)
    assert said.text.startswith("a b [31m cddd")
    assert len(said.text) == 200
    stage.hear(Chat(eid=2, channel="all", text="x\u202ey\n" + "z" * 490))
    stage.hear(Notice(code="n", text="\x00soon"))
    assert stage.session.view.chat[-1].text == "x y " + "z" * 296
    assert stage.session.view.notices[-1].text == "soon"


def test_leaving_says_goodbye_and_forgets_the_token():
    stage = Stage().join()
    stage.session.leave()
    assert isinstance(stage.line.sent[-1], Bye)
    assert stage.line.is_finished
    assert stage.tokens.load() is None
    assert isinstance(stage.session.state, Left)
    stage.wait(30)
    assert stage.line.number == 1


def test_leaving_while_the_line_is_down_keeps_the_way_back():
    stage = Stage().join()
    stage.lose()
    stage.session.leave()
    assert stage.line.is_cut
    assert stage.tokens.load() == "T" * 24


def test_what_was_known_stands_after_a_resume_and_not_after_a_new_join():
    stage = Stage().join()
    before = stage.session.view
    stage.lose()
    stage.wait(1)
    stage.join(resumed=True)
    assert stage.session.view is before
    stage.lose()
    stage.wait(5)
    stage.join(resumed=False, eid=9)
    assert stage.session.view is not before
