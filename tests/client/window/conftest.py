"""A window without a screen, and a stay without a network."""

import os

os.environ["SDL_VIDEODRIVER"] = "dummy"
os.environ["SDL_AUDIODRIVER"] = "dummy"

from collections import deque

import pygame
import pytest

from client.draw import sample
from client.draw.camera import SCREEN
from client.figures import Figures
from client.scenes.memory import Memory
from client.scenes.scene import Stage
from client.scenes.show import Show
from client.settings import Settings
from client.sound import Sounds
from client.state import Connecting, Playing
from protocol.invite import Invite
from protocol.messages import Round


class FakeStay:
    """Shows the sample round; remembers what it was asked for."""

    def __init__(self, scene=None):
        self.scene = scene or sample.play()
        self.state = Playing()
        self.stalled = False
        self.stats = Figures()
        self.server = "Ada's kitchen"
        self.saved = 0
        self.tick = 1000.0
        self.chat, self.happenings, self.notices = deque(), deque(), deque()
        self.own, self.eid, self.rules = self.scene.own, self.scene.eid, self.scene.rules
        self.terrain, self.nodes = self.scene.terrain, self.scene.nodes
        self.roster = dict(self.scene.roster)
        self.seconds_left = self.scene.seconds_left
        self.near = self.scene.near
        self.polled, self.closed, self.retried = [], False, []
        self.held, self.acts, self.said = None, [], []
        self.hears = True
        self.enter_phase(self.scene.phase)

    def enter_phase(self, phase):
        self.round = Round(
            phase=phase, number=3, ends=2000, standings=tuple(self.scene.standings), star=None
        )

    def poll(self, now):
        self.polled.append(now)

    def set_keys(self, keys, target=0):
        self.held = (keys, target)

    def act(self, kind, arg=0):
        self.acts.append((kind, arg))
        return len(self.acts)

    def say(self, text, channel="all"):
        self.said.append((text, channel))
        return self.hears

    def retry_now(self, now):
        self.retried.append(now)

    def close(self):
        self.closed = True

    def others(self, _now):
        return list(self.scene.others)

    def target_near(self):
        return self.near


class Opener:
    """Opens fake stays that are still connecting."""

    def __init__(self):
        self.asked = []
        self.stays = []

    def __call__(self, invite, name, _now):
        self.asked.append((invite, name))
        stay = FakeStay()
        stay.state = Connecting("Looking for the server")
        self.stays.append(stay)
        return stay


@pytest.fixture(scope="session", autouse=True)
def pygame_window():
    pygame.display.init()
    pygame.font.init()
    pygame.display.set_mode((1, 1))
    yield
    pygame.quit()


@pytest.fixture
def screen():
    return pygame.Surface(SCREEN)


@pytest.fixture
def opener():
    return Opener()


@pytest.fixture
def stage(tmp_path, opener):
    return Stage(Settings(data_dir=tmp_path), Sounds(0), Memory(tmp_path), opener)


@pytest.fixture
def stay():
    return FakeStay()


@pytest.fixture
def show(stage, stay, link):
    return Show(stage, stay, link, "Ada")


@pytest.fixture
def link():
    return Invite(
        addresses=("192.168.1.20",), port=8443, secret="AAAAAAAAAAAAAAAAAAAAAA", title="Kitchen"
    ).link()


@pytest.fixture
def press():
    """Make the events of a key: press(scene, K_f) or, with up=True, its release."""

    def press(scene, key, now=0.0, *, mod=0, up=False):
        kind = pygame.KEYUP if up else pygame.KEYDOWN
        scene.handle(pygame.event.Event(kind, key=key, mod=mod, unicode=""), now)

    return press


@pytest.fixture
def type_text():
    def type_text(scene, text, now=0.0):
        for letter in text:
            scene.handle(pygame.event.Event(pygame.TEXTINPUT, text=letter), now)

    return type_text


@pytest.fixture
def click():
    def click(scene, place, now=0.0):
        spot = place if isinstance(place, tuple) else place.center
        scene.handle(pygame.event.Event(pygame.MOUSEBUTTONDOWN, button=1, pos=spot), now)

    return click
