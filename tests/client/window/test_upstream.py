"""The code keeps to what pygame and pygame-ce have in common (decision 001)."""

import pygame
import pytest

from client.draw.__main__ import PAINTERS
from client.scenes.typing_line import clipboard

IS_UPSTREAM = not getattr(pygame, "IS_CE", False)


@pytest.mark.skipif(not IS_UPSTREAM, reason="pygame-ce is installed: its tests are all the others")
def test_a_frame_is_drawn_on_upstream_pygame(screen):
    for name in ("join", "play", "lobby", "results"):
        PAINTERS[name](screen)
        assert screen.get_at((480, 270))[:3] != (0, 0, 0)
    assert isinstance(clipboard(), str)
