"""Asking the running server who plays."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from deploy import admin, screen, system
from deploy.stack import Door

PLAYER = {"eid": 1, "name": "Anna", "team": 0, "score": 3, "away": True, "rtt_ms": 12.4}


class Server(BaseHTTPRequestHandler):
    answer = json.dumps({"players": [PLAYER]}).encode()

    def do_POST(self):
        orders = {"/admin/players", "/admin/record"}
        is_right = self.headers["Authorization"] == "Bearer right" and self.path in orders
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200 if is_right else 401)
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_):
        pass


@pytest.fixture
def port():
    with HTTPServer(("127.0.0.1", 0), Server) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_the_server_says_who_plays(port):
    assert admin.players(port, "right") == [PLAYER]


def test_a_wrong_token_and_a_wrong_answer_say_nothing(port, monkeypatch):
    assert admin.players(port, "wrong") is None
    assert admin.players(port, "w\n") is None
    monkeypatch.setattr(Server, "answer", b"[]")
    assert admin.players(port, "right") is None


def test_the_last_minute_is_kept_under_a_name(port, monkeypatch):
    monkeypatch.setattr(Server, "answer", b'{"file": "asked-1.lhrec", "bytes": 5}')
    assert admin.record(port, "right") == "asked-1.lhrec"
    assert admin.record(port, "wrong") is None
    monkeypatch.setattr(Server, "answer", b'{"error": "no"}')
    assert admin.record(port, "right") is None


def test_nobody_there_says_nothing():
    assert admin.players(system.free_port(), "right") is None


def test_who_is_away_is_marked(capsys):
    here = {"name": "B\x1b[2J", "away": False, "rtt_ms": 12.4}
    screen.show_players([PLAYER, here, {"name": "C", "away": False, "rtt_ms": None}])
    shown = capsys.readouterr().out
    assert "Anna" in shown
    assert "away" in shown
    assert shown.count("12 ms") == 1
    assert "\x1b" not in shown


def test_the_page_for_others_in_the_house():
    door = Door(8443, 8080, 9100, "")
    found = screen.pages(("192.168.1.20", "fd00::2", "127.0.0.1", "home"), door)
    assert found == ["http://192.168.1.20:8080/", "http://[fd00::2]:8080/"]
