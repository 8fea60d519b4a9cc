"""The real window on SDL's driver without a screen."""

import warnings

import pygame
import pytest

from client.app import App
from client.settings import Settings


@pytest.fixture
def app(tmp_path, opener):
    app = App(Settings(data_dir=tmp_path, volume=0, name="Ada"), open_stay=opener)
    yield app
    pygame.display.set_mode((1, 1))


def test_it_draws_until_the_window_is_closed(app):
    assert app.frame(0.0)
    assert pygame.display.get_surface().get_size() == (960, 540)
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    assert not app.frame(0.1)


def test_events_reach_the_scene_and_f11_the_window(app):
    app.frame(0.0)
    pygame.event.post(pygame.event.Event(pygame.TEXTINPUT, text="hi"))
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_F11, mod=0, unicode=""))
    assert app.frame(0.1)
    assert app.scene.picture(0.1).link == "hi"


@pytest.mark.parametrize(
    ("lacks", "tries"),
    [
        (lambda _flags, vsync: vsync, [(True, 1), (True, 0)]),
        (lambda flags, _vsync: flags & pygame.SCALED, [(True, 1), (True, 0), (False, 0)]),
    ],
    ids=["vsync", "scaling"],
)
def test_a_window_is_opened_without_what_is_missing(monkeypatch, tmp_path, opener, lacks, tries):
    real, asked = pygame.display.set_mode, []

    def poor(size, flags=0, vsync=0):
        asked.append((bool(flags & pygame.SCALED), vsync))
        if lacks(flags, vsync):
            raise pygame.error("not here")
        return real(size)

    monkeypatch.setattr(pygame.display, "set_mode", poor)
    assert App(Settings(data_dir=tmp_path, volume=0), open_stay=opener).frame(0.0)
    assert asked == tries


def test_a_slow_renderer_is_no_reason_to_warn(tmp_path, opener):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert App(Settings(data_dir=tmp_path, volume=0), open_stay=opener).frame(0.0)
