"""`top` as a command: what it asks, what it prints, what it says where nothing answers."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from typer.testing import CliRunner

from deploy import modes, system
from deploy.cli import app
from deploy.clone import Clone
from deploy.commands import watching
from deploy.modes import Mode
from deploy.problem import Problem
from deploy.stack import Door
from server.metrics import Metrics


class Private(BaseHTTPRequestHandler):
    """A server's private port whose ticks go on with each look."""

    metrics = Metrics(30)

    def do_GET(self):
        for _ in range(30):
            self.metrics.tick_duration.observe(0.001)
        self._answer(self.metrics.render() if self.path == "/metrics" else b"")

    def do_POST(self):
        is_right = self.headers["Authorization"] == "Bearer right" and self.path == "/admin/players"
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(b'{"players": [{"name": "Ann", "away": true}]}' if is_right else b"")

    def _answer(self, body):
        self.send_response(200 if body else 401)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def port():
    with HTTPServer(("127.0.0.1", 0), Private) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


class Stack:
    mode = Mode.EMBEDDED

    def __init__(self, port, token="right"):  # noqa: S107
        self.port, self.token = port, token
        self.asked = 0

    def door(self):
        self.asked += 1
        return Door(8443, 8080, self.port, "")

    def admin_token(self):
        return self.token


@pytest.fixture
def run(tmp_path, monkeypatch):
    clone = Clone(tmp_path)
    monkeypatch.setattr(Clone, "here", lambda: clone)
    monkeypatch.setattr(watching, "APART_S", 0.01)

    def command(stack, *words):
        monkeypatch.setattr(watching, "remembered_stack", lambda *_: stack)
        return CliRunner().invoke(app, ["top", *words])

    return command


def test_a_program_gets_one_object(run, port):
    done = run(Stack(port), "--json")
    assert done.exit_code == 0
    said = json.loads(done.stdout)
    assert (said["mode"], said["online"], said["away"]) == ("embedded", 0, 1)
    assert said["ticks"]["rate"] > 0
    assert said["players"][0]["words"] == "away, may come back"


@pytest.mark.parametrize("words", [["--once"], []])
def test_without_a_terminal_it_is_shown_once(run, port, words):
    done = run(Stack(port), *words)
    assert done.exit_code == 0
    assert "Ann" in done.stdout
    assert "of 30 a second" in done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize("wrong", ["port", "token"])
def test_a_server_that_does_not_answer_is_told_in_a_sentence(run, port, wrong):
    stack = Stack(system.free_port()) if wrong == "port" else Stack(port, token="wrong")
    done = run(stack, "--json")
    assert isinstance(done.exception, Problem)
    assert f"does not answer at its private port, {stack.port} of" in done.exception.what
    assert done.exception.remedy == "./lanternhold status"
    assert done.stdout == ""


def test_where_the_server_is_is_asked_once_and_again_after_a_silence(port):
    stack = Stack(port)
    window = watching._Window(stack)
    window.look()
    window.look()
    assert stack.asked == 1
    right, stack.port = stack.port, system.free_port()
    window._door = (stack.port, "right")
    with pytest.raises(Problem):
        window.look()
    stack.port = right
    assert window.look().players
    assert stack.asked == 2


def test_live_it_goes_on_over_a_restart(monkeypatch, port):
    """Three looks: one good, one at a server that is away, one good again."""
    stack, drawn = Stack(port), []
    window = watching._Window(stack)
    naps = iter(["good", "gone", "back"])

    def nap(_seconds):
        step = next(naps, None)
        if step is None:
            raise KeyboardInterrupt
        window._door = (system.free_port(), "") if step == "gone" else None

    class Shown:
        def __init__(self, *_, **__): ...

        def __enter__(self):
            return self

        def __exit__(self, *_): ...

        def update(self, what, *, refresh):
            assert refresh
            drawn.append(str(what))

    monkeypatch.setattr(watching.time, "sleep", nap)
    monkeypatch.setattr(watching, "Live", Shown)
    with pytest.raises(KeyboardInterrupt):
        watching._live(window, "embedded")
    assert ["Looking again" in text for text in drawn] == [False, True, False]


def test_before_the_first_up_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(Clone, "here", lambda: Clone(tmp_path))
    done = CliRunner().invoke(app, ["top"])
    assert isinstance(done.exception, Problem)
    assert done.exception.remedy == "./lanternhold up"


def test_a_server_that_was_stopped_is_told_so(tmp_path, monkeypatch):
    clone = Clone(tmp_path)
    monkeypatch.setattr(Clone, "here", lambda: clone)
    modes.remember(clone, Mode.EMBEDDED)
    done = CliRunner().invoke(app, ["top", "--once"])
    assert isinstance(done.exception, Problem)
    assert "not running" in done.exception.what
