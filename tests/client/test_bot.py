"""The bots' command: how it is used, and a run against the real server."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from client import bot
from client.crowd import Crowd, Plan
from protocol.invite import Invite
from support.game_server import game_server

ROOT = Path(__file__).parents[2]
SILENT = Invite(name="localhost", addresses=("127.0.0.1",), port=1, secret="A" * 24)
LINK = SILENT.link()
CONTRACT = {
    "joined", "rtt_ms", "snapshot_gap_ms", "bytes_per_player_second", "gathered", "deposited",
    "disconnects", "resumes", "mispredictions", "saved", "refused", "network",
}  # fmt: skip


def run(*arguments, invite=None, stdin=None):
    env = {key: value for key, value in os.environ.items() if not key.startswith("LANTERNHOLD_")}
    if invite:
        env["LANTERNHOLD_CLIENT_INVITE"] = invite
    return subprocess.run(
        [sys.executable, "-m", "client.bot", *arguments],
        cwd=ROOT, env=env, input=stdin, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        ["--count", "0"],
        ["--count", "many"],
        ["--count", "501"],
        ["--seconds", "-1"],
        ["--seconds", "nan"],
        ["--name", "x" * 30],
        ["--name", "x\u0351\u0323"],
        ["--nonsense"],
        ["--invite", "lanternhold://join/broken"],
        ["--invite", ""],
    ],
)
def test_used_wrongly_it_says_how_and_ends_with_two(wrong, capsys, monkeypatch):
    monkeypatch.delenv("LANTERNHOLD_CLIENT_INVITE", raising=False)
    with pytest.raises(SystemExit) as caught:
        bot.main(["--invite", LINK, *wrong])
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert "usage: python -m client.bot" in said
    assert "Traceback" not in said


def test_bad_settings_are_told_and_end_with_two(capsys, monkeypatch):
    monkeypatch.setenv("LANTERNHOLD_CLIENT_NONSENSE", "1")
    with pytest.raises(SystemExit) as caught:
        bot.main([])
    assert caught.value.code == 2
    assert "LANTERNHOLD_CLIENT_NONSENSE" in capsys.readouterr().err


def test_a_server_that_is_not_there_is_a_sentence_and_status_one(capsys):
    assert bot.main(["--invite", LINK, "--count", "2", "--seconds", "20", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["joined"] == 0
    ((sentence, times),) = report["refused"].items()
    assert times == 2
    assert "no server runs there" in sentence


@pytest.mark.slow
def test_bots_play_on_the_real_server_and_report_by_the_contract(tmp_path):
    with game_server(tmp_path, MODE="village") as server:
        port = ["--loopback-port", str(server.port)]
        done = run("--count", "4", "--seconds", "3", "--json", *port, invite=server.invite.link())
        assert done.stderr == ""
        assert done.returncode == 0
        report = json.loads(done.stdout)
        assert report.keys() == CONTRACT
        assert report["joined"] == 4
        assert report["refused"] == {}
        assert report["disconnects"] == 0
        assert 20 < report["snapshot_gap_ms"]["p50"] < 50
        assert 0 < report["rtt_ms"]["p50"] < 1000
        assert report["bytes_per_player_second"] > 1000

        port += ["--name", "Moss"]
        told = run("--seconds", "2.5", "--json", "--network", "delay=80", *port,
                   invite=server.invite.link())  # fmt: skip
        assert told.returncode == 0
        late = json.loads(told.stdout)
        assert late["network"] == "delay=80"
        assert 160 <= late["rtt_ms"]["p50"] < 1000
        assert (late["joined"], late["disconnects"], late["mispredictions"]) == (1, 0, 0)

        told = run("--invite", "-", "--seconds", "0.7", *port,
                   stdin=f"Join us:\n  {server.invite.link()}\n")  # fmt: skip
        assert told.returncode == 0
        assert told.stdout.startswith("1 of 1 bots joined.")

        wrong = Invite(name="localhost", addresses=("127.0.0.1",), port=1, secret="B" * 24)
        refused = run("--seconds", "5", "--json", *port, invite=wrong.link())
        assert refused.returncode == 1
        assert list(json.loads(refused.stdout)["refused"].values()) == [1]


@pytest.mark.slow
async def test_a_name_that_somebody_has_is_not_the_end_of_a_bot(tmp_path):
    """Two groups at once, both called Fern: the second ones become Fern 3 and Fern 4."""
    with game_server(tmp_path, MODE="village") as server:
        plan = Plan(server.target, server.invite.secret, 2, 3.0, name="Fern")
        reports = await asyncio.gather(*(Crowd(plan).run(asyncio.Event()) for _ in range(2)))
    assert [report.joined for report in reports] == [2, 2]
    assert [report.refused for report in reports] == [{}, {}]


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_stopped_by_a_signal_bots_leave_and_still_report():
    env = {key: value for key, value in os.environ.items() if not key.startswith("LANTERNHOLD_")}
    env["LANTERNHOLD_CLIENT_INVITE"] = SILENT.link()
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()  # answers TCP and says nothing: the bots go on trying
        port = str(mute.getsockname()[1])
        command = [sys.executable, "-m", "client.bot", "--seconds", "0", "--json"]
        running = subprocess.Popen(
            [*command, "--loopback-port", port],
            cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        mute.settimeout(20)
        line, _ = mute.accept()
        running.send_signal(signal.SIGTERM)
        out, err = running.communicate(timeout=20)
        line.close()
    assert err == ""
    assert json.loads(out)["joined"] == 0
    assert running.returncode == 1
