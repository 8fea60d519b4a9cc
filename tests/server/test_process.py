"""The program itself: its exit codes, its files, its end."""

import json
import os
import signal
import sys

import pytest

from game.body import Command
from protocol.codec import encode
from protocol.conversation import ClientConversation
from protocol.hot import Input
from protocol.messages import Notice, Welcome
from protocol.reasons import Reason
from server.__main__ import main
from server.app import CoalescingSelector, event_loop
from support.running import Running

pytestmark = pytest.mark.slow


@pytest.fixture
def running(tmp_path):
    running = Running(tmp_path, map_tiles=64)
    yield running
    if running.process is not None and running.process.poll() is None:
        running.process.kill()
        running.process.wait(10)


async def test_sigterm_tells_saves_and_ends(running):
    running.start()
    conversation = ClientConversation()
    async with running.guest(conversation, "Ann", running.secret) as guest:
        welcome = await guest.until(Welcome)
        await guest.line.send(encode(Input(1, (Command(8),), 0, 0)))
        running.process.send_signal(signal.SIGTERM)
        assert await guest.until_closed() == Reason.RESTART
        assert [m.code for m in guest.heard if isinstance(m, Notice)] == ["restart"]
    assert running.process.wait(5) == 0
    assert [event["event"] for event in running.log()][-1] == "stopped"

    running.start()
    async with running.guest(conversation) as guest:
        back = await guest.until(Welcome)
        assert (back.resumed, back.eid, back.epoch) == (True, welcome.eid, welcome.epoch + 1)
    assert running.stop(signal.SIGINT) == 0


def test_its_files(running):
    running.start()
    names = {file.name for file in running.folder.iterdir()}
    assert {"ports.json", "invites.json", "admin.token", "world.sqlite3"} <= names
    assert set(running.ports) == {"game", "private"}
    modes = {name: (running.folder / name).stat().st_mode & 0o077 for name in ("invites.json",)}
    assert modes == {"invites.json": 0}
    assert running.get("/healthz")[0] == 200
    token = (running.folder / "admin.token").read_text().strip()
    status, body = running.get("/admin/save", body=b"{}", Authorization=f"Bearer {token}")
    assert (status, "tick" in json.loads(body)) == (200, True)


async def test_an_invite_made_while_it_runs_opens_it(running):
    running.start()
    made = json.loads(running.command("invite", "--new", "late", "--json").stdout)
    assert made["label"] == "late"
    conversation = ClientConversation()
    for _ in range(40):
        async with running.line() as line:
            await line.send(conversation.hello("Late", made["secret"]))
            message = conversation.receive(await line.recv())
        if isinstance(message, Welcome):
            break
    assert isinstance(message, Welcome)
    assert running.command("invite", "--withdraw", "late").returncode == 0
    assert running.command("invite", "--withdraw", "nobody").returncode == 1


def test_a_second_server_on_the_same_folder_is_refused(running):
    running.start()
    second = running.command()
    assert second.returncode == 1
    assert "Another server is running" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_port_in_use_names_the_setting(running, tmp_path_factory):
    running.start()
    other = Running(tmp_path_factory.mktemp("other"), port=running.ports["game"])
    answer = other.command()
    assert answer.returncode == 1
    assert "LANTERNHOLD_SERVER_PORT" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_settings_that_are_wrong_are_told_all_at_once(tmp_path):
    answer = Running(tmp_path, port="many", tick_hz=25, prot=1).command()
    assert answer.returncode == 2
    assert len(answer.stderr.splitlines()) == 3


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write all")
def test_a_folder_that_cannot_be_written(tmp_path):
    tmp_path.chmod(0o500)
    answer = Running(tmp_path).command()
    assert answer.returncode == 1
    assert "cannot be written" in answer.stderr


def test_a_folder_that_is_a_file(tmp_path):
    (tmp_path / "file").write_text("x")
    answer = Running(tmp_path, data_dir=tmp_path / "file").command()
    assert answer.returncode == 1
    assert "cannot be written" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_save_that_is_damaged_is_told_and_left_alone(tmp_path):
    (tmp_path / "world.sqlite3").write_bytes(b"rubbish" * 1000)
    answer = Running(tmp_path).command()
    assert answer.returncode == 1
    assert "world.sqlite3 could not be opened" in answer.stderr
    assert (tmp_path / "world.sqlite3").read_bytes() == b"rubbish" * 1000


def test_the_invite_command_for_people(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LANTERNHOLD_SERVER_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert main(["invite"]) == 0
    assert "(friends)" in capsys.readouterr().out
    assert main(["invite", "--new", "family", "--days", "30", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["label"] == "family"
    assert main(["invite", "--new", "family"]) == 1
    assert "already" in capsys.readouterr().err
    assert main(["invite", "--withdraw", "family"]) == 0
    for wrong in (["invite", "--days", "0"], ["dance"]):
        with pytest.raises(SystemExit) as caught:
            main(wrong)
        assert caught.value.code == 2


@pytest.mark.skipif(sys.platform == "win32", reason="sends itself a signal")
def test_a_nap_gathers_input_and_delays_no_timer():
    loop = event_loop(5)
    try:
        selector = loop._selector
        assert isinstance(selector, CoalescingSelector)
        began = loop.time()
        assert selector.select(0) == []
        assert loop.time() - began < 0.004  # something is ready to run: no nap
        began = loop.time()
        selector.select(0.002)
        assert 0.001 < loop.time() - began < 0.1
        loop.call_soon_threadsafe(lambda: None)
        assert len(selector.select(None)) == 1
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
    plain = event_loop(0)
    assert not isinstance(plain._selector, CoalescingSelector)
    plain.close()
