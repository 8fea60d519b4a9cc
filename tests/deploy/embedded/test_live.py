"""Embedded mode for real: `up`, a player, a killed server, a killed supervisor, `down`."""

import asyncio
import json
import os
import signal
import time
import urllib.request
from pathlib import Path

import pytest

from deploy.clone import Clone
from deploy.embedded.stack import EmbeddedStack
from protocol.invite import Invite
from protocol.messages import Notice
from protocol.reasons import Reason
from support.guest import fetch, trusting, visiting
from support.home import Home, at_home

pytestmark = pytest.mark.slow

PATIENCE_S = 15


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with at_home(tmp_path_factory.mktemp("home") / "clone") as (home, said):
        home.said = said
        yield home


def record(home):
    return json.loads((home.folder / ".lanternhold" / "run" / "supervisor.json").read_text())


def pid_of(home, name):
    child = record(home)["children"][name]
    return child["process"]["pid"] if child["process"] else None


def until(is_so):
    deadline = time.monotonic() + PATIENCE_S
    while not (found := is_so()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def refused(home, *words):
    """What a command says that must fail; never a traceback."""
    with pytest.raises(AssertionError) as told:
        home.run(*words)
    assert "Traceback" not in str(told.value)
    return str(told.value)


def player(home, name):
    context, _ = trusting(Path(home.said["ca_file"]).read_text())
    invite = Invite.parse(home.said["invite"])
    return visiting(invite.port, context=context, name=name, invite=invite.secret)


def test_up_prints_what_programs_are_promised(home):
    said = home.said
    assert said.keys() == {"url", "page", "ca_file", "invite", "metrics", "mode"}
    assert said["mode"] == "embedded"
    invite = Invite.parse(said["invite"])
    assert said["url"] == f"wss://localhost:{invite.port}/w/home"
    assert said["page"] == f"https://localhost:{invite.port}/"
    _, sha256 = trusting(Path(said["ca_file"]).read_text())
    assert invite.ca_sha256 == sha256
    with urllib.request.urlopen(said["metrics"], timeout=5) as answer:  # noqa: S310  # our own
        assert b"lanternhold_players" in answer.read()


async def test_the_last_minute_is_recorded_and_replayed(home):
    async with player(home, "Ann"):
        said = json.loads(home.run("record", "--json"))
    assert said["recorded"] in {recording["file"] for recording in said["recordings"]}
    assert Path(said["recorded"]).parent == home.folder / ".lanternhold" / "recordings"
    assert json.loads(home.run("replay", said["recorded"], "--json"))["verdict"] == "same"


async def test_a_player_joins_by_the_printed_invite(home):
    async with player(home, "Ann"):
        status = json.loads(home.run("status", "--json"))
    assert status["running"] is True
    assert status["server"]["players"] == 1
    assert {part["state"] for part in status["parts"]} == {"running"}


def test_the_page_is_there_and_belongs_to_nobody_else(home):
    port = Invite.parse(home.said["invite"]).port
    status, headers, body = fetch(port, "/")
    assert status == 200
    assert b"lanternhold://join/" in body
    assert headers["X-Frame-Options"] == "DENY"


def test_a_second_up_says_that_it_runs_already(home):
    assert "already running here" in refused(home, "up", "--detach")


def test_a_second_clone_is_told_which_port_is_taken_and_by_whom(home, tmp_path):
    other = Home(tmp_path / "other")
    other.environment["LANTERNHOLD_HTTPS_PORT"] = str(record(home)["ports"]["https"])
    said = refused(other, "up", "--detach", "--mode", "embedded")
    taken = f"Port {record(home)['ports']['https']} is already used by"
    assert f"{taken} another Lanternhold, in {home.folder}" in " ".join(said.split())
    assert "Next:" in said


def test_what_lies_in_the_clone_is_for_this_user_alone(home):
    state = home.folder / ".lanternhold"
    open_to_others = [
        str(path) for path in state.rglob("*") if path.is_file() and path.stat().st_mode & 0o077
    ]
    assert state.stat().st_mode & 0o077 == 0
    assert open_to_others == []


def test_no_program_gets_the_secrets_of_another(home):
    for name, forbidden in (("server", b"LANTERNHOLD_HTTPS"), ("caddy", b"LANTERNHOLD_SERVER_")):
        assert forbidden not in Path(f"/proc/{pid_of(home, name)}/environ").read_bytes()


def test_the_logs_are_kept_and_shown(home):
    assert " server  serving" in home.run("logs", "server")
    assert '"event": "serving"' in home.run("logs", "--raw", "server")
    assert "server |" in home.run("logs", "--raw")


def test_another_invite_is_made_and_withdrawn(home):
    first = json.loads(home.run("invite", "--json"))
    anna = json.loads(home.run("invite", "--new", "anna", "--json"))
    assert (first["label"], anna["label"]) == ("friends", "anna")
    assert first["invite"] == home.said["invite"] != anna["invite"]
    home.run("invite", "--withdraw", "anna")
    assert "anna" in refused(home, "invite", "--withdraw", "anna2")


async def test_a_killed_server_comes_back(home):
    before = pid_of(home, "server")
    os.kill(before, signal.SIGKILL)
    until(lambda: pid_of(home, "server") not in {None, before})
    until(lambda: "lobby" in home.run("status", "--json") if is_up(home) else None)
    async with player(home, "Bob"):
        pass
    assert record(home)["children"]["server"]["restarts"] == 1


def test_a_killed_caddy_comes_back(home):
    before = pid_of(home, "caddy")
    os.kill(before, signal.SIGKILL)
    until(lambda: pid_of(home, "caddy") not in {None, before} and is_up(home))


def is_up(home):
    try:
        return fetch(record(home)["ports"]["https"], "/status")[0] == 200
    except OSError:  # no record yet, or nobody listens
        return False


async def test_players_are_told_of_a_stop_and_the_world_is_kept(home):
    async with player(home, "Cid") as guest:
        began = time.monotonic()
        stopping = asyncio.create_task(asyncio.to_thread(home.run, "down"))
        code = await guest.until_closed()
        await stopping
    assert time.monotonic() - began < 12
    assert code == Reason.RESTART
    assert [message for message in guest.heard if isinstance(message, Notice)]
    assert "Players cannot come in" in refused(home, "status")
    again = json.loads(home.run("up", "--detach", "--json"))
    assert again["invite"] == home.said["invite"]


def test_what_a_killed_supervisor_left_does_not_hinder_the_next_up(home):
    children = [pid_of(home, name) for name in ("server", "caddy")]
    os.kill(record(home)["supervisor"]["pid"], signal.SIGKILL)
    home.run("up", "--detach")
    assert is_up(home)
    assert not set(children) & {pid_of(home, name) for name in ("server", "caddy")}


def test_refused_settings_are_told_with_the_server_s_own_words(tmp_path):
    home = Home(tmp_path / "clone", LANTERNHOLD_SERVER_TEAMS="nine")
    said = refused(home, "up", "--detach", "--mode", "embedded")
    assert "LANTERNHOLD_SERVER_TEAMS" in said
    assert "Next:" in said
    assert not [p for p in ("supervisor.json",) if (home.folder / ".lanternhold/run" / p).exists()]


def test_an_unknown_key_in_env_is_told_before_anything_starts(tmp_path):
    home = Home(tmp_path / "clone")
    (home.folder / ".env").write_text("LANTERNHOLD_DOMAIM=play.example.org\n")
    assert "Did you mean LANTERNHOLD_DOMAIN?" in refused(home, "up", "--detach")


def test_in_the_foreground_ctrl_c_stops_everything(tmp_path):
    home = Home(tmp_path / "clone")
    try:
        with home.start("-P", "-m", "deploy", "up", "--mode", "embedded") as up:
            server = until(lambda: is_up(home) and pid_of(home, "server"))
            up.send_signal(signal.SIGINT)
            _, err = up.communicate(timeout=PATIENCE_S)
        assert "Traceback" not in err
        with pytest.raises(ProcessLookupError):
            os.kill(server, 0)
    finally:
        EmbeddedStack(Clone(home.folder), None).stop(lambda _: None)
