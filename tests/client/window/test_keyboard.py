import pygame
import pytest

from client.scenes.keyboard import Keyboard
from game.body import Keys


@pytest.fixture
def keyboard():
    return Keyboard()


@pytest.mark.parametrize(
    ("key", "meaning"),
    [
        (pygame.K_w, Keys.UP),
        (pygame.K_UP, Keys.UP),
        (pygame.K_s, Keys.DOWN),
        (pygame.K_DOWN, Keys.DOWN),
        (pygame.K_a, Keys.LEFT),
        (pygame.K_LEFT, Keys.LEFT),
        (pygame.K_d, Keys.RIGHT),
        (pygame.K_RIGHT, Keys.RIGHT),
        (pygame.K_SPACE, Keys.DASH),
        (pygame.K_x, Keys(0)),
    ],
)
def test_a_key_means_something_while_it_is_down(keyboard, press, key, meaning):
    press(Handler(keyboard), key)
    assert keyboard.keys == meaning
    press(Handler(keyboard), key, up=True)
    assert keyboard.keys == Keys(0)


class Handler:
    """Takes events as a scene does."""

    def __init__(self, keyboard):
        self.keyboard = keyboard

    def handle(self, event, _now):
        self.keyboard.handle(event)


def test_opposite_keys_cancel_each_other(keyboard, press):
    for key in (pygame.K_a, pygame.K_d, pygame.K_w):
        press(Handler(keyboard), key)
    assert keyboard.keys == Keys.UP


@pytest.mark.parametrize("event", [pygame.WINDOWFOCUSLOST, pygame.WINDOWMINIMIZED])
def test_nothing_stays_down_when_the_window_loses_the_keyboard(keyboard, press, event):
    press(Handler(keyboard), pygame.K_w)
    keyboard.handle(pygame.event.Event(event))
    assert keyboard.keys == Keys(0)


def test_work_is_e_or_the_mouse(keyboard, press, click):
    assert not keyboard.is_working
    press(Handler(keyboard), pygame.K_e)
    assert keyboard.is_working
    press(Handler(keyboard), pygame.K_e, up=True)
    click(Handler(keyboard), (5, 5))
    assert keyboard.is_working
    keyboard.handle(pygame.event.Event(pygame.MOUSEBUTTONUP, button=1, pos=(5, 5)))
    assert not keyboard.is_working
