"""One server on a fake clock: what players tell each other, what the host sees and orders."""

import json

import pytest

from game.body import Body, Command, Keys
from game.events import EventKind
from game.inputs import ActKind
from game.player import Player
from protocol.hot import Snap
from protocol.messages import Chat, Roster, Round
from protocol.reasons import Reason
from server.admin import Admin, AdminError, admin_token
from server.herald import CHANGES, PIECE
from server.recordings import Recordings
from server.routine import INSPECT_S

RIGHT = Command(int(Keys.RIGHT))


# ---------------------------------------------------------------------- what players see


def test_players_see_each_other_and_know_the_names_first(house):
    ann = house.join("Ann", team=0)
    bob = house.join("Bob", team=0)
    house.tick()
    names = {e.eid: e.name for roster in ann.all(Roster) for e in roster.entries}
    assert names == {ann.eid: "Ann", bob.eid: "Bob"}
    shown = 0
    named = set()
    for message in ann.heard:
        if isinstance(message, Roster):
            named |= {entry.eid for entry in message.entries}
        elif isinstance(message, Snap):
            players = {mover.eid for mover in message.movers if mover.eid < 60_000}
            assert players <= named
            shown += bool(players)
    assert shown


def test_the_own_body_is_exact_and_moves_by_commands_only(house):
    ann = house.join("Ann")
    still = ann.last(Snap).body
    house.tick(10)
    assert ann.last(Snap).body == still
    ann.move(*[RIGHT] * 5, ack=ann.last(Snap).tick)
    house.tick(8)
    snap = ann.last(Snap)
    assert snap.last_seq == 5
    assert snap.body == house.world.players[ann.eid].body
    assert snap.body != still


def test_acts_are_applied_in_their_order_among_commands(house):
    ann = house.join("Ann")
    ann.say(ann.conversation.act(ActKind.READY, 1))
    ann.say(ann.conversation.act(ActKind.READY, 0))
    house.tick(2)
    player = house.world.players[ann.eid]
    assert (player.ready, player.last_act) == (False, 2)


def test_the_roster_and_the_round_are_told_when_they_change_and_not_more(house):
    ann = house.join("Ann")
    house.wait(2, ann)
    rosters, rounds = len(ann.all(Roster)), len(ann.all(Round))
    house.wait(3, ann)
    assert (len(ann.all(Roster)), len(ann.all(Round))) == (rosters, rounds)
    for number in range(20):
        ann.say(ann.conversation.act(ActKind.READY, number % 2))
        house.wait(0.1, ann)
    assert rosters < len(ann.all(Roster)) <= rosters + 5


def test_a_new_phase_is_told_at_once_with_wire_ticks(build):
    first = build()
    first.join("Ann")
    first.wait(1)
    house = build()
    bob = house.join("Bob")
    assert house.match.tick_base > 0
    bob.say(bob.conversation.act(ActKind.READY, 1))
    house.tick(2)
    told = bob.last(Round)
    assert told.phase == house.world.phase.value == "countdown"
    assert told.ends == house.world.phase_ends + house.match.tick_base
    kinds = [happening.kind for snap in bob.all(Snap) for happening in snap.happenings]
    assert EventKind.PHASE in kinds


def test_chat_reaches_everybody_or_the_team(house):
    ann = house.join("Ann", team=0)
    bob = house.join("Bob", team=0)
    cy = house.join("Cy", team=1)
    ann.say(ann.conversation.say("hello all"))
    ann.say(ann.conversation.say("for us", "team"))
    assert [chat.text for chat in bob.all(Chat)] == ["hello all", "for us"]
    assert [chat.text for chat in cy.all(Chat)] == ["hello all"]
    assert {chat.eid for chat in cy.all(Chat)} == {ann.eid}


def test_chat_cannot_carry_control_characters_and_nobody_speaks_as_the_server(house):
    ann, bob = house.join("Ann"), house.join("Bob")
    ann.say(ann.conversation.say("a\x1b[2Jb\nc\u202e"))
    ann.say(ann.conversation.say("\n\t"))
    house.match.say("from the host")
    assert [(chat.eid, chat.text) for chat in bob.all(Chat)] == [
        (ann.eid, "a[2Jbc"),
        (0, "from the host"),
    ]


def test_too_much_chat_is_too_much(house):
    ann = house.join("Ann")
    for _ in range(20):
        ann.say(ann.conversation.say("spam"))
    assert ann.line.closed[0] == Reason.RATE


def test_happenings_wait_for_a_line_that_is_full(house):
    ann, bob = house.join("Ann"), house.join("Bob")
    house.wait(2, bob)  # Ann acknowledges nothing: her window is full
    seen = len(ann.all(Snap))
    bob.say(bob.conversation.act(ActKind.PING, 3))
    house.tick(3)
    assert len(ann.all(Snap)) == seen
    house.wait(0.1, ann)
    house.tick(2)
    kinds = [happening.kind for snap in ann.all(Snap)[seen:] for happening in snap.happenings]
    same_team = house.world.players[ann.eid].team == house.world.players[bob.eid].team
    assert (EventKind.POINTED in kinds) == same_team


def test_pings_from_a_client_have_a_budget(house):
    ann = house.join("Ann")
    for _ in range(20):
        ann.peer.control(house.now)
    assert not ann.line.is_cut
    ann.peer.control(house.now)
    assert ann.line.is_cut
    assert house.value("lanternhold_connections_closed_total", reason="rate") == 1


# ---------------------------------------------------------------------- what the host sees


def test_the_metrics_count(house):
    ann, bob = house.join("Ann"), house.join("Bob")
    house.wait(2, ann, bob)
    bob.vanish()
    house.wait(1.1, ann)
    assert house.value("lanternhold_players") == 1
    assert house.value("lanternhold_players_away") == 1
    assert house.value("lanternhold_peers") == 1
    assert house.value("lanternhold_joins_total") == 2
    assert house.value("lanternhold_epoch") == 1
    assert house.value("lanternhold_inputs_total") > 20
    assert house.value("lanternhold_snapshots_sent_total") > 100
    assert house.value("lanternhold_sent_bytes_total") > 5_000
    assert house.value("lanternhold_client_rtt_seconds_count") > 1
    assert house.value("lanternhold_tick_duration_seconds_count") > 90
    assert house.value("lanternhold_store_commit_seconds_count") >= 2
    assert house.value("lanternhold_invariants_broken_total") == 0
    for edge in ("0.01", repr(1 / 30), repr(2 / 30)):
        assert house.value("lanternhold_tick_duration_seconds_bucket", le=edge) is not None


def test_the_number_of_series_does_not_grow_with_people(house):
    def series():
        return house.metrics.render().count(b"\n")

    house.join("Ann")
    before = series()
    for number in range(30):
        house.join(f"Player {number}", f"192.0.2.{number}")
        wrong = house.visit(f"198.51.100.{number}")
        wrong.say(wrong.conversation.hello(f"Wrong {number}", "z" * 24))
    assert series() == before
    assert before < 400


def test_a_broken_world_is_told_loudly(house, lines):
    house.join("Ann")
    house.wait(1.1)
    house.world.spawned = (house.world.spawned[0] + 1, *house.world.spawned[1:])
    house.wait(INSPECT_S + 1.1)
    assert house.value("lanternhold_invariants_broken_total") >= 1
    assert "the world is broken" in lines.getvalue()


def test_no_secret_is_ever_logged(house, lines):
    ann = house.join("Ann")
    token = ann.conversation.token
    ann.move(RIGHT)
    ann.vanish()
    back = house.resume(token)
    house.resume("w" * 30)
    wrong = house.visit()
    wrong.say(wrong.conversation.hello("M", "q" * 30))
    text = lines.getvalue()
    assert "player back" in text
    for secret in (token, back.conversation.token, house.secret, "w" * 30, "q" * 30):
        assert secret not in text


# ---------------------------------------------------------------------- what the host orders


@pytest.fixture
def admin(house, tmp_path):
    return Admin(house.match, admin_token(tmp_path), Recordings(tmp_path))


def order(admin, name, **arguments):
    return admin.order(name, json.dumps(arguments).encode())


def test_the_admin_token_is_made_once_and_private(tmp_path):
    token = admin_token(tmp_path)
    assert len(token) > 40
    assert admin_token(tmp_path) == token
    assert (tmp_path / "admin.token").stat().st_mode & 0o077 == 0


def test_only_the_right_token_is_right(admin, tmp_path):
    assert admin.is_right(admin_token(tmp_path))
    assert not admin.is_right("")
    assert not admin.is_right("é" * 43)


def test_orders(admin, house):
    ann = house.join("Ann")
    (seen,) = order(admin, "players")["players"]
    assert (seen["name"], seen["eid"], seen["away"]) == ("Ann", ann.eid, False)
    assert order(admin, "say", text="hello") == {"said": True}
    assert ann.last(Chat).eid == 0
    assert order(admin, "close-phase") == {"phase": "lobby"}
    house.tick()
    assert house.world.phase.value == "countdown"
    assert order(admin, "save")["tick"] == house.world.tick
    assert order(admin, "kick", eid=ann.eid) == {"kicked": ann.eid}
    house.tick()
    assert order(admin, "players")["players"] == []


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("shutdown", b"{}"),
        ("say", b""),
        ("say", b'{"text": ""}'),
        ("say", b'{"text": "x", "more": 1}'),
        ("kick", b'{"eid": "x"}'),
        ("kick", b'{"eid": 7}'),
        ("__init__", b"{}"),
    ],
)
def test_orders_that_make_no_sense_are_refused_with_a_sentence(admin, name, arguments):
    with pytest.raises(AdminError, match=r"[.:]"):
        admin.order(name, arguments)


def test_what_a_player_is_told_of_others_does_not_grow_with_how_many_they_are(build):
    house = build(max_players=2_000)
    ann = house.join("Ann")
    for eid in range(100, 100 + 3 * CHANGES):
        house.world.players[eid] = Player(eid, f"p{eid}", 0, Body(0, 0))
    house.wait(1, ann)
    for eid in range(100, 100 + 3 * CHANGES):
        house.world.players[eid].score += 1
    before = len(ann.all(Roster))
    house.wait(3, ann)
    told = [roster.entries for roster in ann.all(Roster)[before:]]
    assert [len(entries) for entries in told] == [CHANGES] * 3
    assert len({entry.eid for entries in told for entry in entries}) == 3 * CHANGES


def test_of_those_who_change_all_the_time_each_gets_a_turn(build):
    """The one who was told longest ago is told first."""
    house = build(max_players=2_000)
    ann = house.join("Ann")
    eids = range(100, 100 + 3 * CHANGES)
    for eid in eids:
        house.world.players[eid] = Player(eid, f"p{eid}", 0, Body(0, 0))
    house.wait(1, ann)
    before = len(ann.all(Roster))
    for _ in range(4):
        for eid in eids:
            house.world.players[eid].score += 1
        house.wait(0.5, ann)
    told = [{entry.eid for entry in roster.entries} for roster in ann.all(Roster)[before:]]
    assert len(told) >= 3
    assert set().union(*told[:3]) == set(eids)


def test_a_long_roster_comes_in_pieces_of_which_the_first_replaces_all(house):
    ann = house.join("Ann")
    for eid in range(100, 100 + 2 * PIECE):
        house.world.players[eid] = Player(eid, "\U0001f47b" * 16, 0, Body(0, 0))
    bob = house.join("Bob")
    pieces = bob.all(Roster)
    assert [roster.whole for roster in pieces] == [True, False, False]
    assert sum(len(roster.entries) for roster in pieces) == 2 * PIECE + 2
    for eid in range(100, 100 + 2 * PIECE):
        del house.world.players[eid]
    house.wait(1, ann)
    assert sum(len(roster.gone) for roster in ann.all(Roster)) == 2 * PIECE
