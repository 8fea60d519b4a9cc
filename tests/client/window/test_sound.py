import os
import struct
import sys

import pygame
import pytest

from client import sound
from client.sound import NAMES, RATE, Sounds, samples


@pytest.mark.parametrize("name", NAMES)
def test_every_sound_is_short_audible_and_unclipped(name):
    raw = samples(*sound._RECIPES[name])
    values = struct.unpack(f"={len(raw) // 2}h", raw)
    assert 0.05 * RATE < len(values) <= 1.2 * RATE
    assert max(map(abs, values)) > 1500
    assert sum(abs(value) >= 31_900 for value in values) < 0.02 * len(values)
    assert abs(values[-1]) < 400  # no click at the end


def test_sounds_play_once_at_a_time():
    sounds = Sounds(60)
    assert sounds.has_device
    for name in ("chat", "dash"):
        sounds.play(name, 1.0)
        sounds.play(name, 1.01)
    assert sorted(sounds._made) == ["chat", "dash"]
    sounds.close()
    sounds.play("chat", 3.0)


def test_muted_sounds_make_nothing():
    sounds = Sounds(0)
    assert sounds.is_muted
    sounds.play("chat", 1.0)
    assert not sounds._made
    sounds.toggle()
    sounds.play("chat", 2.0)
    assert sounds._made
    sounds.close()


def test_a_machine_without_audio_is_silent_not_broken(monkeypatch):
    def refuse(*_args, **_more):
        raise pygame.error("No such audio device")

    monkeypatch.setattr(pygame.mixer, "init", refuse)
    sounds = Sounds(60)
    assert not sounds.has_device
    sounds.play("chat", 1.0)
    sounds.close()


@pytest.mark.skipif(sys.platform != "linux", reason="ALSA is Linux")
def test_what_the_sound_library_says_of_a_missing_card_is_not_shown(monkeypatch, capfd):
    def grumble(*_args, **_more):
        os.write(2, b"ALSA lib confmisc.c: cannot find card '0'\n")
        raise pygame.error("No such audio device")

    monkeypatch.setattr(pygame.mixer, "init", grumble)
    assert not Sounds(60).has_device
    os.write(2, b"heard again\n")
    assert capfd.readouterr().err == "heard again\n"
