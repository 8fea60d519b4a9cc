"""The program itself: its exit codes, its files, its end."""

import asyncio
import json
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from examples import stranger
from game.body import Command
from protocol.codec import encode
from protocol.conversation import ClientConversation
from protocol.hot import Input
from protocol.messages import Notice, Reject, Welcome
from protocol.reasons import Reason
from server.__main__ import main
from server.app import RESTART_S
from server.door import listen
from server.loop import CROWD, CoalescingSelector, event_loop
from server.store.lock import FolderLock
from support.running import Running

pytestmark = pytest.mark.slow


@pytest.fixture
def running(tmp_path):
    running = Running(tmp_path, map_tiles=64)
    yield running
    if running.process is not None and running.process.poll() is None:
        running.process.kill()
        running.process.wait(10)


STOPPED_AT_ONCE = """
import os, signal, sys
from server import __main__, app

write = app._write_ports

def write_and_be_stopped(*given):
    write(*given)
    os.kill(os.getpid(), signal.SIGTERM)

app._write_ports = write_and_be_stopped
sys.exit(__main__.main([]))
"""


def test_who_can_know_that_it_serves_can_stop_it(tmp_path):
    running = Running(tmp_path, map_tiles=64, program=("-c", STOPPED_AT_ONCE)).start()
    assert running.process.wait(10) == 0
    assert running.log()[-1]["event"] == "stopped"


async def test_sigterm_tells_saves_and_ends(running):
    running.start()
    conversation = ClientConversation()
    async with running.guest(conversation, "Ann", running.secret) as guest:
        welcome = await guest.until(Welcome)
        await guest.line.send(encode(Input(1, (Command(8),), 0, 0)))
        running.process.send_signal(signal.SIGTERM)
        assert await guest.until_closed() == Reason.RESTART
        assert [m.code for m in guest.heard if isinstance(m, Notice)] == ["restart"]
        (reject,) = [m for m in guest.heard if isinstance(m, Reject)]
        assert (reject.code, reject.retry_after_s) == (Reason.RESTART, RESTART_S)
    assert running.process.wait(5) == 0
    assert [event["event"] for event in running.log()][-1] == "stopped"

    running.start()
    async with running.guest(conversation) as guest:
        back = await guest.until(Welcome)
        assert (back.resumed, back.eid, back.epoch) == (True, welcome.eid, welcome.epoch + 1)
    assert running.stop(signal.SIGINT) == 0


async def test_its_files_and_its_invites(running):
    running.start()
    names = {file.name for file in running.folder.iterdir()}
    assert {"ports.json", "invites.json", "admin.token", "world.sqlite3"} <= names
    assert set(running.ports) == {"game", "private"}
    for private in ("invites.json", "admin.token"):
        assert (running.folder / private).stat().st_mode & 0o077 == 0
    assert running.get("/healthz")[0] == running.get("/readyz")[0] == 200
    token = (running.folder / "admin.token").read_text().strip()
    status, body = running.get("/admin/save", body=b"{}", Authorization=f"Bearer {token}")
    assert (status, "tick" in json.loads(body)) == (200, True)
    made = json.loads(running.command("invite", "--new", "late", "--json").stdout)
    assert made["label"] == "late"
    assert isinstance(await first_answer(running, made["secret"]), Welcome)


async def test_a_withdrawn_invite_puts_out_who_came_in_by_it(running):
    made = json.loads(running.command("invite", "--new", "guests", "--json").stdout)
    running.start()
    async with running.guest(ClientConversation(), "Ann", made["secret"]) as guest:
        await guest.until(Welcome)
        assert running.command("invite", "--withdraw", "guests").returncode == 0
        assert await guest.until_closed() == Reason.EXPIRED
    assert running.stop() == 0
    told = [(event["event"], event.get("name")) for event in running.log()]
    assert ("player left", "Ann") in told


async def first_answer(running, secret):
    """What the server says once it has seen the new invite."""
    for _ in range(40):
        conversation = ClientConversation()
        async with running.line() as line:
            await line.send(conversation.hello("Late", secret))
            message = conversation.receive(await line.recv())
        if isinstance(message, Welcome):
            break
        await asyncio.sleep(0.1)
    return message


@pytest.mark.skipif(not Path("/proc/self/syscall").exists(), reason="looks into a process")
async def test_who_keeps_to_the_page_stays_when_the_server_stood_still(tmp_path):
    """What they said meanwhile comes in one piece, and then goes on at 60 a second.

    For so long as the pause was: that is when a bucket which does not fill would be empty.
    """
    pause_s = 2.0
    running = Running(tmp_path, map_tiles=64, tick_hz=60).start()
    try:
        async with running.guest(ClientConversation(), "Ann", running.secret) as guest:
            welcome = await guest.until(Welcome)
            view = stranger.View()
            reading = asyncio.create_task(see(guest.line, view))
            end = time.monotonic() + 1 + 2 * pause_s
            await asyncio.gather(
                stranger.walk(guest.line, view, welcome.tick_hz, welcome.last_seq + 1, end),
                stand_still(running, pause_s),
                reading,
            )
            assert guest.line.close_code == Reason.BYE
        assert "time was lost" in [event["event"] for event in running.log()]
    finally:
        running.process.send_signal(signal.SIGCONT)
        assert running.stop() == 0


async def stand_still(running, seconds):
    """Stop the server for so long while it works, but not in its tick.

    One that waits for input would be woken by Linux without any: then its tick comes first.
    """
    process, word, pages = running.process, "", []
    while word != "-1":  # no call of the system's: it computes
        process.send_signal(signal.SIGCONT)
        pages.append(asyncio.create_task(asyncio.to_thread(running.get, "/metrics")))
        await asyncio.sleep(0.005)
        process.send_signal(signal.SIGSTOP)
        while (word := now_in(process)) == "running":
            pass
    await asyncio.sleep(seconds)
    process.send_signal(signal.SIGCONT)
    await asyncio.gather(*pages)


def now_in(process):
    """The number of the call of the system's that it is in, or another word."""
    return Path(f"/proc/{process.pid}/syscall").read_text().split()[0]


async def see(line, view):
    """Take in what is shown until the line is closed."""
    with suppress(ConnectionClosed):
        async for frame in line:
            if frame[0] == stranger.SNAP:
                view.on_snap(frame)


class TestAtTheStart:
    """What the host reads when it cannot start; in this process, since nothing gets running."""

    @pytest.fixture(autouse=True)
    def surroundings(self, tmp_path, monkeypatch):
        self.set = lambda key, value: monkeypatch.setenv(f"LANTERNHOLD_SERVER_{key}", str(value))
        monkeypatch.chdir(tmp_path)
        for key, value in (("DATA_DIR", tmp_path), ("PORT", 0), ("PRIVATE_PORT", 0)):
            self.set(key, value)
        self.set("MAP_TILES", 64)

    def test_a_second_server_on_the_same_folder(self, tmp_path, capsys):
        lock = FolderLock(tmp_path)
        assert main([]) == 1
        lock.release()
        assert "Another server is running" in capsys.readouterr().err

    def test_a_port_in_use_names_the_setting(self, capsys):
        with listen("127.0.0.1", 0, "") as sock:
            self.set("PORT", sock.getsockname()[1])
            assert main(["run"]) == 1
        assert "LANTERNHOLD_SERVER_PORT" in capsys.readouterr().err

    def test_settings_that_are_wrong_are_told_all_at_once(self, capsys):
        self.set("PORT", "many")
        self.set("TICK_HZ", 25)
        self.set("PROT", 1)
        assert main([]) == 2
        assert len(capsys.readouterr().err.splitlines()) == 3

    def test_the_settings_can_be_checked_without_a_start(self, tmp_path, capsys):
        assert main(["check"]) == 0
        assert capsys.readouterr() == ("", "")
        self.set("DATA_DIR", tmp_path / "new")
        self.set("PORT", "many")
        self.set("TICK_HZ", 25)
        assert main(["check"]) == 2
        out, err = capsys.readouterr()
        assert (out, len(err.splitlines())) == ("", 2)
        assert not (tmp_path / "new").exists()

    def test_a_folder_that_is_a_file(self, tmp_path, capsys):
        (tmp_path / "file").write_text("x")
        self.set("DATA_DIR", tmp_path / "file")
        assert main([]) == 1
        assert "cannot be written" in capsys.readouterr().err

    def test_a_save_that_is_damaged_is_left_alone(self, tmp_path, capsys):
        (tmp_path / "world.sqlite3").write_bytes(b"rubbish" * 1000)
        assert main([]) == 1
        assert "world.sqlite3 could not be opened" in capsys.readouterr().err
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
    capsys.readouterr()
    assert main(["invite", "--new", "club", "--json"]) == 0
    capsys.readouterr()
    assert main(["invite", "--withdraw", "club", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"withdrawn": "club"}
    for wrong in (
        ["dance"],
        ["invite", "--new", "x", "--days", "0"],
        ["invite", "--days", "7"],
        ["invite", "--withdraw", "friends", "--days", "7"],
        ["invite", "--withdraw", "friends", "--new", "x"],
        ["invite", "--new", ""],
    ):
        with pytest.raises(SystemExit) as caught:
            main(wrong)
        assert caught.value.code == 2
    assert main(["invite"]) == 0  # and nothing was withdrawn or made on the way
    assert "(friends)" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="sends itself a signal")
def test_a_nap_gathers_input_and_delays_no_timer():
    loop = event_loop(5, range(CROWD + 1))
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
    plain = event_loop(0, ())
    assert not isinstance(plain._selector, CoalescingSelector)
    plain.close()
