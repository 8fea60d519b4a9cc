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


def test_a_window_without_vsync_is_opened_all_the_same(monkeypatch, tmp_path, opener):
    real, asked = pygame.display.set_mode, []

    def no_vsync(*arguments, **more):
        asked.append(more)
        if more.get("vsync"):
            raise pygame.error("no vsync here")
        return real((960, 540))

    monkeypatch.setattr(pygame.display, "set_mode", no_vsync)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert App(Settings(data_dir=tmp_path, volume=0), open_stay=opener).frame(0.0)
    assert asked == [{"vsync": 1}, {}]
