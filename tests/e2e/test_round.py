"""A whole short round: two windows and two bots, over wss through the embedded Caddy."""

import json
from contextlib import ExitStack

import pygame
import pytest

from support.home import at_home

pytestmark = pytest.mark.slow

PLAY_S = 24
PATIENCE_S = 80
NAMES = ("Ann", "Bertha")


@pytest.fixture(scope="module")
def round_played(tmp_path_factory):
    """What each of the two windows saw, and what the bots report."""
    folder = tmp_path_factory.mktemp("round")
    settings = {
        "LANTERNHOLD_SERVER_LOBBY_SECONDS": 1,
        "LANTERNHOLD_SERVER_MIN_PLAYERS": 4,  # the round waits for all of them
        "LANTERNHOLD_SERVER_ROUND_SECONDS": PLAY_S,
        "LANTERNHOLD_SERVER_MAP_TILES": 64,
        "LANTERNHOLD_SERVER_SEED": 11,
    }
    with ExitStack() as stack:
        home, up = stack.enter_context(at_home(folder / "home", **settings))
        invite = up["invite"]
        windows = [
            stack.enter_context(
                home.start(
                    *("-m", "support.window", invite, name),
                    *(str(folder / f"{name}.png"), str(PATIENCE_S)),
                )
            )
            for name in NAMES
        ]
        bots = stack.enter_context(
            home.start(
                *("-m", "client.bot", "--invite", invite, "--count", "2"),
                *("--seconds", str(PLAY_S + 12), "--json"),
            )
        )
        said = [process.communicate(timeout=PATIENCE_S + 20) for process in (*windows, bots)]
        codes = [process.returncode for process in (*windows, bots)]
        assert codes == [0, 0, 0], f"{said}\n{home.logs()}"
        *seen, report = [json.loads(out) for out, _ in said]
    return seen, report, folder


def test_both_windows_come_from_the_link_to_the_results(round_played):
    seen, _, _ = round_played
    for window in seen:
        assert window["scenes"][:3] == ["JoinScene", "PlayScene", "ResultsScene"]


def test_both_windows_walk_and_hand_in_and_see_the_others(round_played):
    seen, _, _ = round_played
    for window in seen:
        assert window["walked_tiles"] > 2, window
        assert window["others"] == 3, window
        assert window["deposits"] > 0, window
        assert window["score"] > 0, window


def test_no_line_is_lost(round_played):
    seen, report, _ = round_played
    assert [window["disconnects"] for window in seen] == [0, 0]
    assert (report["joined"], report["disconnects"], report["refused"]) == (2, 0, {})


def test_the_bots_play_the_same_game(round_played):
    _, report, _ = round_played
    assert report["gathered"] >= report["deposited"] > 0


def test_what_is_predicted_is_what_happens(round_played):
    """Only a contest with somebody else can prove a prediction wrong, and there are few."""
    seen, _, _ = round_played
    for window in seen:
        assert window["mispredictions"] < window["frames"] / 50, window


def test_the_results_are_drawn(round_played):
    _, _, folder = round_played
    for name in NAMES:
        picture = pygame.image.load(folder / f"{name}.png")
        assert picture.get_size() == (960, 540)
        spots = [(x, y) for x in range(0, 960, 48) for y in range(0, 540, 27)]
        assert len({tuple(picture.get_at(spot)) for spot in spots}) > 20
