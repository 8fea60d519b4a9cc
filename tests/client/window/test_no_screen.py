"""A window that nobody sees joins nothing."""

import os

import pytest

from client import __main__ as client_main
from client import app as app_module

SENTENCE = "There is no screen here. Run this on the computer you play on.\n"
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")


@pytest.fixture
def joined(monkeypatch, tmp_path):
    """Which apps were run; none opens a window of its own."""
    ran = []

    class NoApp:
        def __init__(self, _settings, link):
            self.link = link

        def run(self):
            ran.append(self.link)

    monkeypatch.setattr(app_module, "App", NoApp)
    monkeypatch.setenv("LANTERNHOLD_CLIENT_DATA_DIR", str(tmp_path))
    for name in SCREENS:
        monkeypatch.delenv(name, raising=False)
    return ran


@pytest.mark.parametrize("seen", [{}, {"DISPLAY": ":0"}], ids=["none", "a dead one"])
def test_without_a_screen_nothing_joins(monkeypatch, capsys, joined, seen):
    monkeypatch.setattr(client_main.sys, "platform", "linux")
    monkeypatch.setattr("pygame.display.get_driver", lambda: "offscreen")
    monkeypatch.setattr("pygame.quit", lambda: None)
    for name, value in seen.items():
        monkeypatch.setenv(name, value)
    assert client_main.main(["lanternhold://join/x"], os.environ) == 1
    assert capsys.readouterr().err == SENTENCE
    assert joined == []


def test_a_driver_that_was_chosen_is_used(monkeypatch, joined):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    assert client_main.main(["lanternhold://join/x"], os.environ) == 0
    assert joined == ["lanternhold://join/x"]


def test_ctrl_c_in_the_terminal_behind_it_is_a_word_and_no_traceback(monkeypatch, capsys, joined):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(app_module.App, "run", interrupted)
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    assert client_main.main([], os.environ) == 130
    assert capsys.readouterr().err == "Stopped.\n"
    assert joined == []
