from pathlib import Path

import pytest

from client.__main__ import main
from client.network import NETWORKS
from client.settings import KEYS, PREFIX, Settings, SettingsError, read


def test_nothing_set_is_the_defaults():
    assert read({"PATH": "/bin", "LANTERNHOLD_SERVER_PORT": "1"}) == Settings()


def test_everything_set():
    given = {
        "INVITE": "lanternhold://join/x",
        "NAME": " Ada ",
        "TEAM": "1",
        "VOLUME": "0",
        "FULLSCREEN": "yes",
        "FPS": "144",
        "NETWORK": "mobile",
        "DATA_DIR": "/srv/somewhere",
    }
    assert set(given) == set(KEYS)
    assert read({PREFIX + key: value for key, value in given.items()}) == Settings(
        invite="lanternhold://join/x",
        name="Ada",
        team=1,
        volume=0,
        fullscreen=True,
        fps=144,
        network=NETWORKS["mobile"],
        data_dir=Path("/srv/somewhere"),
    )


def test_all_problems_are_told_at_once():
    wrong = {
        "VOLUMEE": "3",
        "VOLUME": "loud",
        "FPS": "5000",
        "FULLSCREEN": "maybe",
        "NAME": "x" * 40,
        "TEAM": "-2",
        "NETWORK": "mobil",
    }
    with pytest.raises(SettingsError) as caught:
        read({PREFIX + key: value for key, value in wrong.items()})
    for key in wrong:
        assert PREFIX + key in str(caught.value)


def test_an_empty_value_is_no_value():
    assert read({PREFIX + key: "" for key in KEYS}) == Settings()


def test_the_invite_is_never_printed():
    assert "secret" not in repr(Settings(invite="lanternhold://join/secret"))


def test_the_window_refuses_bad_settings_with_one_sentence(capsys):
    assert main([], {PREFIX + "FPS": "x"}) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert PREFIX + "FPS" in told


def test_a_line_that_nobody_can_simulate_opens_no_window(capsys):
    assert main(["--network", "stall=5"], {}) == 2
    told = capsys.readouterr().err
    assert told.startswith("--network: stall must be two whole numbers")
    assert told.count("\n") == 1
