"""A person at a window: the real client, drawn in memory, driven by key presses alone.

    python -m support.window LINK NAME PICTURE.png SECONDS

It types the link, joins, plays a round by the bots' own wits but through the keyboard, and closes
the window when the results have been shown. Prints one JSON object of what happened.
"""

import json
import os
import sys
import time
from pathlib import Path
from random import Random

os.environ["PYGAME_HIDE_SUPPORT_PROMPT"] = "1"
for driver in ("SDL_VIDEODRIVER", "SDL_AUDIODRIVER"):
    os.environ.setdefault(driver, "dummy")

import pygame  # noqa: E402  # the drivers are chosen before

from client.app import App  # noqa: E402
from client.brain import Brain  # noqa: E402
from client.settings import Settings  # noqa: E402
from game.body import Keys  # noqa: E402
from game.inputs import ActKind  # noqa: E402

FPS = 30
LOOK_S = 1.0  # at the results, before the window is closed
BUTTONS = {
    Keys.UP: pygame.K_w,
    Keys.DOWN: pygame.K_s,
    Keys.LEFT: pygame.K_a,
    Keys.RIGHT: pygame.K_d,
    Keys.DASH: pygame.K_SPACE,
}


class Hands:
    """Two hands on a keyboard: what is held, and what is only touched."""

    def __init__(self):
        self._held = set()

    def hold(self, wanted):
        """Hold these keys and no others."""
        for key in self._held - wanted:
            pygame.event.post(pygame.event.Event(pygame.KEYUP, key=key, mod=0))
        for key in wanted - self._held:
            pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key, mod=0))
        self._held = set(wanted)

    def touch(self, key):
        """Press and let go."""
        for kind in (pygame.KEYDOWN, pygame.KEYUP):
            pygame.event.post(pygame.event.Event(kind, key=key, mod=0))

    def type(self, text):
        """Type a text into whatever has the focus."""
        pygame.event.post(pygame.event.Event(pygame.TEXTINPUT, text=text))


class Person:
    """Plays one round and remembers what was seen."""

    def __init__(self, app, hands, seed):
        self._app = app
        self._hands = hands
        self._brain = Brain(Random(seed))
        self._began = None
        self.scenes = []
        self.seen = {"walked_tiles": 0.0, "others": 0, "deposits": 0, "score": 0, "frames": 0}

    @property
    def scene(self):
        return type(self._app.scene).__name__

    def look(self):
        """Notice what the window shows."""
        self.seen["frames"] += 1
        if [self.scene] != self.scenes[-1:]:
            self.scenes.append(self.scene)
        stay = self.stay
        if stay is None or stay.own is None:
            return
        at = (stay.own.x, stay.own.y)
        self._began = self._began or at
        walked = max(abs(at[0] - self._began[0]), abs(at[1] - self._began[1]))
        self.seen["walked_tiles"] = max(self.seen["walked_tiles"], round(walked, 2))
        self.seen["others"] = max(self.seen["others"], len(stay.roster) - 1)
        if me := stay.roster.get(stay.eid):
            self.seen["score"] = max(self.seen["score"], me.score)
        self.seen["mispredictions"] = stay.stats.mispredictions
        self.seen["disconnects"] = stay.stats.disconnects
        self.seen["rtt_ms"] = round(stay.stats.rtt_ms, 1)

    def play(self):
        """Decide like a bot, act like a person."""
        session = self.stay._session
        if session.presence is None or session.view is None:
            return
        decision = self._brain.decide(session.view, session.presence.prediction.body)
        keys = {button for key, button in BUTTONS.items() if decision.keys & key}
        self._hands.hold(keys | ({pygame.K_e} if decision.target else set()))
        if decision.act is ActKind.DEPOSIT:
            self._hands.touch(pygame.K_f)
            self.seen["deposits"] += 1

    @property
    def stay(self):
        show = getattr(self._app.scene, "show", None)
        return show.stay if show else None


def main(link, name, picture, seconds):
    """Play; the exit status says whether the results were reached."""
    home = Path(picture).parent / f"{name}-data"
    app = App(Settings(name=name, volume=0, fps=FPS, data_dir=home))
    hands = Hands()
    person = Person(app, hands, len(name))
    clock = pygame.time.Clock()
    app.scene.enter(time.monotonic())
    hands.type(link)
    hands.touch(pygame.K_RETURN)
    give_up, seen_at = time.monotonic() + float(seconds), None
    while app.frame(now := time.monotonic()):
        person.look()
        if person.scene == "PlayScene":
            person.play()
        if person.scene == "ResultsScene" and seen_at is None:
            seen_at = now
            hands.hold(set())
        if now > give_up or (seen_at and now > seen_at + LOOK_S):
            pygame.image.save(pygame.display.get_surface(), picture)
            pygame.event.post(pygame.event.Event(pygame.QUIT))
        clock.tick(FPS)
    app.scene.leave()
    print(json.dumps({"scenes": person.scenes, **person.seen}))  # noqa: T201
    return 0 if seen_at else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
