"""Coming, going and coming back, on a fake clock."""

import json
from collections import deque

import msgspec
import pytest

from game.body import IDLE, Command, Keys
from game.events import EventKind
from game.inputs import ActKind
from game.rules import Mode
from protocol.hot import Snap
from protocol.messages import Notice, Reject, Roster, Round, Saved, Welcome
from protocol.reasons import Reason
from protocol.resume import hashed
from server.folder import write_private
from server.reception import UNPROVEN_S
from server.sessions import EID_REST_S

RIGHT = Command(int(Keys.RIGHT))


def refused(visitor):
    """The reason and the sentence a visitor was turned away with."""
    reject = visitor.last(Reject)
    assert visitor.line.closed == (reject.code, Reason(reject.code).name.lower())
    return Reason(reject.code), reject.text


# ---------------------------------------------------------------------- joining


def test_a_join_is_welcomed_told_all_and_then_one_snap_a_tick(house):
    ann = house.join("Ann")
    kinds = [type(message) for message in ann.heard]
    assert kinds[:3] == [Welcome, Roster, Round]
    welcome = ann.last(Welcome)
    assert not welcome.resumed
    assert (welcome.last_seq, welcome.last_act_id, welcome.tick_hz) == (0, 0, 30)
    assert welcome.rules_hash == house.world.rules.hash()
    ann.move(IDLE, ack=ann.last(Snap).tick)
    before = len(ann.all(Snap))
    for _ in range(10):
        house.tick()
        ann.move(IDLE, ack=ann.last(Snap).tick)
    snaps = ann.all(Snap)
    assert len(snaps) == before + 10
    assert snaps[-1].tick == house.world.tick + house.match.tick_base
    assert snaps[-1].body == house.world.players[ann.eid].body


def test_nobody_is_welcomed_before_it_is_on_disk(house):
    house.disk.holds = True
    ann = house.visit()
    ann.say(ann.conversation.hello("Ann", house.secret))
    house.tick(10)
    assert ann.listen() == []
    house.disk.release()
    house.tick()
    token = ann.last(Welcome).token
    (row,) = house.database.sessions()
    assert row.tokens.current == hashed(token)
    assert token not in repr(row)


def test_a_full_disk_does_not_end_the_evening(house):
    house.disk.fails = True
    ann = house.visit()
    ann.say(ann.conversation.hello("Ann", house.secret))
    house.tick(5)
    assert len(ann.all(Welcome)) == 1
    house.disk.fails = False
    house.wait(3)
    assert len(ann.all(Welcome)) == 1
    assert len(house.database.sessions()) == 1


def test_a_wrong_invite(house):
    mallory = house.visit()
    mallory.say(mallory.conversation.hello("M", "x" * 24))
    assert refused(mallory) == (Reason.BAD_INVITE, Reason.BAD_INVITE.sentence)
    assert house.value("lanternhold_joins_refused_total", reason="bad_invite") == 1
    house.tick()
    assert house.world.players == {}


def test_guessing_locks_the_address_out_and_nobody_else(house):
    for _ in range(5):
        guess = house.visit("203.0.113.5")
        guess.say(guess.conversation.hello("M", "x" * 24))
    late = house.visit("203.0.113.5")
    late.say(late.conversation.hello("M", house.secret))
    assert "try again in 60 s" in refused(late)[1]
    assert late.last(Reject).retry_after_s == 61
    house.join("Ann", "203.0.113.6")
    house.clock.advance(61)
    house.join("Bob", "203.0.113.5")


def test_guessing_through_our_own_proxy_locks_nobody_out(house):
    for _ in range(20):
        guess = house.visit("127.0.0.1")
        guess.say(guess.conversation.hello("M", "x" * 24))
    house.join("Ann", "127.0.0.1")


def test_an_invite_that_was_withdrawn(house):
    house.invites.withdraw("friends")
    house.invites.reread()
    late = house.visit()
    late.say(late.conversation.hello("Late", house.secret))
    assert refused(late)[0] is Reason.EXPIRED


def withdraw(house, label):
    """What a running server does when the host's command was used."""
    house.invites.withdraw(label)
    house.match.invites_changed()


def join_by(house, name, secret):
    """A player who came in with that invite."""
    visitor = house.visit()
    visitor.say(visitor.conversation.hello(name, secret))
    house.tick(4)
    visitor.last(Welcome)
    visitor.move(RIGHT)
    return visitor


def test_who_came_by_an_invite_goes_with_it(house, lines):
    bob = house.join("Bob")
    guests = house.invites.make("guests")
    ann, cy = (join_by(house, name, guests.secret) for name in ("Ann", "Cy"))
    tokens = [visitor.conversation.token for visitor in (ann, cy)]
    cy.vanish()
    withdraw(house, "guests")
    assert refused(ann) == (Reason.EXPIRED, Reason.EXPIRED.sentence)
    house.tick()
    assert set(house.world.players) == {bob.eid}
    assert bob.line.closed is None
    for token in tokens:
        back = house.resume(token)
        assert refused(back)[0] is Reason.RESUME_LOST  # the game tries the invite then:
        back = house.visit()
        back.say(back.conversation.hello("Ann", guests.secret))
        assert refused(back)[0] is Reason.EXPIRED
    house.wait(1, bob)
    assert [row.eid for row in house.database.sessions()] == [bob.eid]
    told = [line for line in lines.getvalue().splitlines() if "invite withdrawn" in line]
    assert len(told) == 1
    assert '"players": 2' in told[0]


def test_an_invite_withdrawn_while_the_server_stood_still(build):
    house = build()
    guests = house.invites.make("guests")
    ann, bob = join_by(house, "Ann", guests.secret), house.join("Bob")
    bob.move(RIGHT)
    house.wait(2)
    house.invites.withdraw("guests")
    after = build()
    after.tick(2)
    assert set(after.world.players) == {bob.eid}
    assert refused(after.resume(ann.conversation.token))[0] is Reason.RESUME_LOST
    assert after.resume(bob.conversation.token).last(Welcome).resumed


def test_whoever_is_on_the_way_in_is_put_out_too(house):
    house.disk.holds = True
    ann = house.visit()
    ann.say(ann.conversation.hello("Ann", house.secret))
    house.tick()
    withdraw(house, "friends")
    house.disk.release()
    house.tick(3)
    assert refused(ann)[0] is Reason.EXPIRED
    assert house.world.players == {}


def test_an_evening_does_not_end_because_its_invite_runs_out(house, tmp_path):
    (entry,) = house.invites.entries
    ann = house.join("Ann")
    ann.move(RIGHT)
    ran_out = msgspec.structs.replace(entry, expires=1.0)
    write_private(tmp_path / "invites.json", msgspec.json.encode([ran_out]))
    house.invites.reread()
    house.match.invites_changed()
    house.tick()
    assert ann.line.closed is None
    ann.vanish()
    assert house.resume(ann.conversation.token).last(Welcome).resumed
    late = house.visit()
    late.say(late.conversation.hello("Late", house.secret))
    assert refused(late)[0] is Reason.EXPIRED
    withdraw(house, "friends")
    assert refused(house.resume(ann.conversation.token))[0] is Reason.RESUME_LOST


def test_players_of_unknown_invites_are_left_alone(house, tmp_path):
    ann = house.join("Ann")
    house.match.sessions.by_eid[ann.eid].invite = None  # of an older version's save
    bob = house.join("Bob")
    withdraw(house, "friends")
    assert ann.line.closed is None
    assert refused(bob)[0] is Reason.EXPIRED
    cy = join_by(house, "Cy", house.invites.first().secret)
    (tmp_path / "invites.json").unlink()
    house.invites.reread()
    house.match.invites_changed()
    house.tick()
    assert cy.line.closed is None


def test_the_log_names_players(house, lines):
    ann = house.join("Ann")
    ann.move(RIGHT)
    ann.vanish()
    house.resume(ann.conversation.token).say(ann.conversation.bye())
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [
        (line["event"], line["eid"], line["name"])
        for line in told
        if line["event"].startswith("player ")
    ] == [(f"player {what}", ann.eid, "Ann") for what in ("joined", "back", "left")]


@pytest.mark.parametrize("name", ["a\x07b", "x" * 17, " \t ", "a\u0301\u0301\u0301"])
def test_names_that_cannot_be_read(house, name):
    odd = house.visit()
    odd.say(odd.conversation.hello(name, house.secret))
    reason, sentence = refused(odd)
    assert reason is Reason.NAME
    assert "name" in sentence


@pytest.mark.parametrize(
    "name",
    ["Paul", "paul", "PAUL", "\u0420\u0430ul", "P a u l", "\uff50\uff41\uff55\uff4c", "Pau1"],
)
def test_a_name_that_looks_like_another_one(house, name):
    house.join("Paul")
    twin = house.visit()
    twin.say(twin.conversation.hello(name, house.secret))
    assert "Paul is here already" in refused(twin)[1]


def test_a_full_house(build):
    house = build(max_players=1)
    house.join("Ann")
    bob = house.visit()
    bob.say(bob.conversation.hello("Bob", house.secret))
    assert refused(bob)[0] is Reason.FULL
    assert bob.last(Reject).retry_after_s > 0


def test_one_invite_cannot_be_used_to_come_and_go_without_end(build):
    house = build(max_players=5)
    for number in range(10):
        visitor = house.visit()
        visitor.say(visitor.conversation.hello(f"Guest {number}", house.secret))
        house.match.kick(visitor.peer.session.eid)
    late = house.visit()
    late.say(late.conversation.hello("Late", house.secret))
    assert "try again in a few seconds" in refused(late)[1]
    house.invites.make("others")
    house.invites.reread()
    other = house.visit()
    other.say(other.conversation.hello("Other", house.invites.entries[-1].secret))
    house.tick(3)
    other.last(Welcome)
    house.clock.advance(1.0)
    again = house.visit()
    again.say(again.conversation.hello("Again", house.secret))
    house.tick(3)
    again.last(Welcome)


def test_a_team_may_be_wished_for_and_an_unknown_one_is_balanced(house):
    ann, bob, cy = house.join("Ann", team=1), house.join("Bob", team=1), house.join("Cy", team=7)
    teams = [house.world.players[visitor.eid].team for visitor in (ann, bob, cy)]
    assert teams == [1, 1, 0]


# ---------------------------------------------------------------------- leaving


def test_bye_leaves_at_once_and_for_good(house):
    ann = house.join("Ann")
    token = ann.conversation.token
    ann.say(ann.conversation.bye())
    assert ann.line.closed == (Reason.BYE, "bye")
    house.tick()
    assert house.world.players == {}
    back = house.resume(token)
    assert refused(back)[0] is Reason.RESUME_LOST
    house.wait(2)
    assert house.database.sessions() == []


def test_a_lost_line_leaves_the_body_away_until_the_time_is_up(house):
    ann, bob = house.join("Ann"), house.join("Bob")
    ann.move(RIGHT)
    house.tick()
    ann.vanish()
    house.tick()
    assert house.world.players[ann.eid].away
    house.wait(1, bob)
    assert [e.away for e in bob.last(Roster).entries if e.eid == ann.eid] == [True]
    house.wait(house.settings.resume_seconds + 1, bob)
    assert ann.eid not in house.world.players
    assert ann.eid in bob.last(Roster).gone


def test_who_breaks_the_rules_loses_the_body_too(house):
    ann = house.join("Ann")
    ann.say(b"\x99")
    assert refused(ann)[0] is Reason.PROTOCOL
    house.tick()
    assert house.world.players == {}


def test_a_deaf_player_is_cut_and_may_resume(house):
    ann = house.join("Ann")
    ann.move(RIGHT)
    house.wait(11)
    assert refused(ann)[0] is Reason.TOO_SLOW
    sent = len(ann.all(Snap))
    assert sent < 40  # the window was full long before
    assert house.value("lanternhold_snapshots_skipped_total") > 200
    assert house.world.players[ann.eid].away
    assert house.resume(ann.conversation.token).last(Welcome).resumed


def test_who_reads_nothing_is_hung_up_on(house):
    ann = house.join("Ann")
    ann.line.unread = 256 * 1024 + 1
    house.wait(0.2)
    assert ann.line.is_cut


def test_the_silent_are_sent_off(house):
    mute = house.visit()
    house.wait(4.9)
    assert mute.line.closed is None
    house.wait(0.5)
    assert mute.line.closed == (Reason.HELLO_LATE, "hello_late")


def test_an_eid_rests_for_ten_minutes(house):
    first = house.join("Ann")
    house.match.sessions._next_eid = first.eid
    first.say(first.conversation.bye())
    assert house.join("Bob").eid != first.eid
    house.clock.advance(EID_REST_S + 1)
    house.match.sessions._next_eid = first.eid
    assert house.join("Cy").eid == first.eid


# ---------------------------------------------------------------------- resuming


def test_a_resume_goes_on_as_the_same_player(house):
    ann = house.join("Ann")
    ann.move(*[RIGHT] * 3)
    house.tick(5)
    ann.vanish()
    house.wait(5)
    back = house.resume(ann.conversation.token)
    welcome = back.last(Welcome)
    assert welcome.resumed
    assert (welcome.eid, welcome.player) == (ann.eid, ann.last(Welcome).player)
    assert welcome.last_seq == 3
    assert welcome.token != ann.conversation.token
    house.tick()
    assert not house.world.players[ann.eid].away
    assert len(back.all(Snap)[0].cells) == 9  # cells start whole
    assert house.value("lanternhold_resumes_total") == 1


def test_others_see_somebody_away_and_back_and_not_a_leave_and_a_join(build):
    house = build(mode=Mode.VILLAGE)  # one lantern: they see each other
    ann, bob = house.join("Ann"), house.join("Bob")
    ann.move(RIGHT)
    house.wait(1, bob)
    begun = len(bob.all(Snap))
    ann.vanish()
    house.wait(1, bob)
    assert [e.away for e in bob.last(Roster).entries if e.eid == ann.eid] == [True]
    assert [m.away for m in bob.last(Snap).movers if m.eid == ann.eid] == [True]
    back = house.resume(ann.conversation.token)
    house.wait(1, bob, back)
    assert [e.away for e in bob.last(Roster).entries if e.eid == ann.eid] == [False]
    assert [m.away for m in bob.last(Snap).movers if m.eid == ann.eid] == [False]
    assert not any(ann.eid in roster.gone for roster in bob.all(Roster))
    said = {h.kind for snap in bob.all(Snap)[begun:] for h in snap.happenings if h.eid == ann.eid}
    assert not said & {EventKind.JOINED, EventKind.LEFT}


def test_after_a_resume_every_cell_in_view_comes_whole_once(house):
    ann = house.join("Ann")
    house.wait(2, ann)
    known = {(cell.cx, cell.cy) for snap in ann.all(Snap) for cell in snap.cells}
    assert len(known) >= 9
    ann.vanish()
    back = house.resume(ann.conversation.token)
    house.wait(2, back)
    cells = [cell for snap in back.all(Snap) for cell in snap.cells]
    first = {}
    for cell in cells:
        first.setdefault((cell.cx, cell.cy), cell)
    assert first.keys() == known
    assert all(cell.tiles is not None for cell in first.values())


def test_a_line_that_stays_narrow_is_told_so_in_words_and_when_it_has_room(house):
    ann = house.join("Ann")
    acked = deque(maxlen=40)  # what is acknowledged is long since sent: the line is full

    def wait(seconds, *, is_narrow):
        for _ in range(round(seconds * 30)):
            house.tick()
            newest = ann.last(Snap).tick
            if is_narrow:
                acked.append(newest)
                ann.move(IDLE, ack=acked[0])
            else:
                ann.move(IDLE, ack=newest)

    def codes():
        return [notice.code for notice in ann.all(Notice)]

    wait(40, is_narrow=True)
    assert codes()[0] == "line-narrow"
    assert ann.all(Notice)[0].text.endswith(".")
    wait(60, is_narrow=False)
    assert codes()[-1] == "line-clear"
    before = len(ann.all(Snap))
    wait(1, is_narrow=False)
    assert len(ann.all(Snap)) - before == 30


def test_a_second_line_takes_over(house):
    ann = house.join("Ann")
    ann.move(RIGHT)
    there = house.resume(ann.conversation.token)
    assert refused(ann)[0] is Reason.MOVED
    ann.vanish()
    house.tick(2)
    assert not house.world.players[ann.eid].away
    there.move(RIGHT)
    house.tick(2)
    assert there.last(Snap).last_seq == 1  # what the old line had sent last was not applied


def test_the_predecessor_holds_until_the_new_token_is_proven(house):
    ann = house.join("Ann")
    ann.move(RIGHT)
    old = ann.conversation.token
    ann.vanish()
    lost = house.resume(old)  # the WELCOME never arrived
    lost.vanish()
    again = house.resume(old)
    assert again.last(Welcome).resumed
    again.move(RIGHT)  # the proof
    again.vanish()
    thief = house.resume(old)
    assert refused(thief)[0] is Reason.RESUME_LOST
    house.tick()
    assert house.world.players == {}  # in two hands: the session is over
    assert house.value("lanternhold_dead_tokens_total") == 1


def test_the_owner_is_sent_off_too_when_a_dead_token_is_shown(house):
    ann = house.join("Ann")
    ann.move(RIGHT)
    old = ann.conversation.token
    ann.vanish()
    back = house.resume(old)
    back.move(RIGHT)
    house.resume(old)
    assert refused(back)[0] is Reason.RESUME_LOST


def test_a_token_that_nobody_ever_had(house):
    assert refused(house.resume("y" * 32))[0] is Reason.RESUME_LOST


@pytest.mark.parametrize("seconds", [0.0, 0.03, 0.06, 0.1, 1.0])
def test_cut_anywhere_in_a_join_the_player_gets_in_at_the_second_try(house, seconds):
    """Whatever of the exchange was lost: with the token if it came, else by the invite again."""
    ann = house.visit()
    ann.say(ann.conversation.hello("Ann", house.secret))
    house.wait(seconds)
    ann.vanish()
    ann.listen()
    house.tick(2)
    if ann.conversation.token:
        again = house.resume(ann.conversation.token)
    else:
        again = house.visit()
        again.say(again.conversation.hello("Ann", house.secret))
        house.tick(4)
    again.last(Welcome)
    house.wait(UNPROVEN_S + 1)
    assert len(house.world.players) == 1
    assert len(house.database.sessions()) == 1


@pytest.mark.parametrize("arrives", [True, False])
@pytest.mark.parametrize("proves", [True, False])
def test_cut_anywhere_in_a_resume_the_session_goes_on(house, arrives, proves):
    ann = house.join("Ann")
    ann.move(RIGHT)
    token = ann.conversation.token
    for _ in range(4):
        ann.vanish()
        ann = house.resume(token)
        if arrives:
            token = ann.conversation.token
            if proves:
                ann.move(RIGHT)
                house.tick()
    assert ann.last(Welcome).resumed
    assert house.value("lanternhold_dead_tokens_total") == 0


def test_whoever_never_proved_a_token_does_not_wait_for_long(house):
    ann = house.join("Ann")
    ann.vanish()
    house.wait(UNPROVEN_S + 0.1)
    assert house.world.players == {}


# ---------------------------------------------------------------------- acts and restarts


def test_saved_is_told_when_it_is_on_disk_and_not_before(house):
    ann = house.join("Ann")
    house.disk.holds = True
    ann.say(ann.conversation.act(ActKind.READY, 1))
    house.tick(5)
    assert house.world.players[ann.eid].ready
    assert ann.all(Saved) == []
    house.disk.release()
    house.tick()
    assert ann.last(Saved).act_id == 1


def test_nothing_is_told_as_saved_while_the_disk_fails(house):
    ann = house.join("Ann")
    house.disk.fails = True
    ann.say(ann.conversation.act(ActKind.READY, 1))
    house.wait(3)
    assert ann.all(Saved) == []
    assert house.value("lanternhold_store_failed") == 1
    house.disk.fails = False
    house.wait(2)
    assert ann.last(Saved).act_id == 1
    assert house.value("lanternhold_store_failed") == 0


def test_acts_are_done_once_over_a_resume(house):
    ann = house.join("Ann")
    ann.say(ann.conversation.act(ActKind.READY, 1))
    house.tick(3)
    ann.vanish()
    back = house.resume(ann.conversation.token)
    assert back.last(Welcome).last_act_id == 1
    assert back.last(Saved).act_id == 1


def test_a_restart_gives_everybody_the_chance_to_resume(build):
    house = build()
    ann, bob = house.join("Ann"), house.join("Bob")
    ann.move(*[RIGHT] * 5)
    ann.say(ann.conversation.act(ActKind.READY, 1))
    house.wait(3)
    place = house.world.players[ann.eid].body
    told = ann.last(Snap).tick

    after = build()  # without a clean stop
    assert after.recovered.epoch == house.recovered.epoch + 1
    after.tick()
    assert all(player.away for player in after.world.players.values())
    back = after.resume(ann.conversation.token)
    welcome = back.last(Welcome)
    assert (welcome.resumed, welcome.eid, welcome.last_act_id) == (True, ann.eid, 1)
    assert after.world.players[ann.eid].body == place
    assert welcome.tick > told
    assert welcome.epoch == after.recovered.epoch
    assert back.last(Saved).act_id == 1
    after.wait(after.settings.resume_seconds + 1)
    assert bob.eid not in after.world.players


def test_a_dead_token_is_dead_after_a_restart_too(build):
    house = build()
    ann = house.join("Ann")
    ann.move(RIGHT)
    old = ann.conversation.token
    ann.vanish()
    back = house.resume(old)
    back.move(RIGHT)
    house.wait(3)
    after = build()
    assert refused(after.resume(old))[0] is Reason.RESUME_LOST
    assert after.value("lanternhold_dead_tokens_total") == 1


def test_sessions_without_a_body_are_forgotten(build):
    house = build()
    ann = house.join("Ann")
    ann.move(RIGHT)
    house.wait(2)
    other = build(map_tiles=128)  # another kind of world
    assert refused(other.resume(ann.conversation.token))[0] is Reason.RESUME_LOST


def test_the_host_kicks(house):
    ann = house.join("Ann")
    assert house.match.kick(ann.eid)
    assert refused(ann)[0] is Reason.KICKED
    assert not house.match.kick(ann.eid)
    house.tick()
    assert house.world.players == {}


def test_everybody_is_told_before_the_server_stops(house):
    ann = house.join("Ann")
    house.match.notify("restart", "Back in a moment.", 5)
    house.match.dismiss_all(Reason.RESTART, "stop")
    assert ann.last(Notice) == Notice(code="restart", text="Back in a moment.", seconds=5)
    assert refused(ann)[0] is Reason.RESTART
