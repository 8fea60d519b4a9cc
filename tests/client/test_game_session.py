"""The window's session, with its thread, on the real server; and through its restart."""

import signal
import time

import pytest

from client.game_session import GameSession
from client.state import Connecting, Failed, Left, Playing, Waiting
from game.body import Keys
from game.inputs import ActKind
from protocol.invite import Invite
from support.game_server import game_server

STILL = Keys(0)


def frames(session, seconds, until=lambda: False, keys=STILL):
    """Live like a window for a while; whether `until` came true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not until():
        now = time.monotonic()
        session.set_keys(keys, session.target_near())
        session.poll(now)
        session.others(now)
        time.sleep(1 / 60)
    return until()


def enter(server, folder, name="Ada"):
    return GameSession(server.invite, name, data_dir=folder, target=server.target)


def test_before_anything_came_there_is_nothing_to_show_and_nothing_breaks(tmp_path):
    nowhere = Invite(name="localhost", addresses=("127.0.0.1",), port=1, secret="A" * 24)
    session = GameSession(nowhere, "Ada", data_dir=tmp_path)
    assert isinstance(session.state, Connecting)
    assert session.others(0.0) == []
    assert (session.own, session.terrain, session.rules, session.round) == (None,) * 4
    assert (session.eid, session.team, session.tick, session.saved, session.acted) == (
        0,
        -1,
        0,
        0,
        0,
    )
    assert not session.nodes
    assert not session.roster
    assert session.seconds_left is None
    assert session.stalled
    assert session.act(ActKind.DEPOSIT) == 0
    assert not session.say("hello")
    assert frames(session, 5, lambda: isinstance(session.state, Failed))
    assert "no server runs there" in session.state.sentence
    session.close()


@pytest.mark.slow
def test_a_player_joins_plays_and_survives_a_restart_of_the_server(tmp_path):
    with game_server(tmp_path / "data", MODE="village") as server:
        ada, bob = enter(server, tmp_path), enter(server, tmp_path, "Bob")
        assert frames(ada, 5, lambda: ada.own is not None)
        assert frames(bob, 5, lambda: bob.own is not None)
        before = ada.own
        assert ada.terrain is not None
        assert ada.nodes
        frames(ada, 0.7, keys=Keys.RIGHT)
        frames(ada, 0.7, keys=Keys.DOWN)
        assert (before.x, before.y) != (ada.own.x, ada.own.y)
        assert frames(bob, 3, lambda: any(m.eid == ada.eid for m in bob.others(time.monotonic())))
        assert ada.roster[ada.eid].name == "Ada"
        assert ada.act(ActKind.PING, 1) == 1
        assert frames(ada, 3, lambda: ada.saved == 1)
        assert ada.say("hello")
        assert frames(bob, 3, lambda: bool(bob.chat))
        assert bob.chat[-1].text == "hello"
        frames(ada, 0.4)
        where, eid = (ada.own.x, ada.own.y), ada.eid
        assert ada.stats.mispredictions == 0
        server.process.send_signal(signal.SIGTERM)
        assert frames(ada, 10, lambda: isinstance(ada.state, Waiting))
        server.process.wait(15)
        assert ada.own is not None, "the world stays on the screen"
        port = server.port
        bob.close()
        with game_server(tmp_path / "data", MODE="village", PORT=port):
            assert frames(ada, 15, lambda: ada.state == Playing(resumed=True))
            assert frames(ada, 3, lambda: not ada.stalled)
            frames(ada, 0.5)
            assert ada.eid == eid
            assert (ada.own.x, ada.own.y) == pytest.approx(where, abs=0.6)
            ada.close()
            assert isinstance(ada.state, Left)
