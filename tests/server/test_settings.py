import pytest

from game.rules import Mode
from server.settings import KEYS, PREFIX, Settings, SettingsError, load


def read(tmp_path, **values):
    return load({PREFIX + key: value for key, value in values.items()}, tmp_path)


def problems(tmp_path, **values):
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, **values)
    return caught.value.problems


def test_nothing_said_gives_the_defaults(tmp_path):
    assert load({}, tmp_path) == Settings()


def test_every_field_has_its_key():
    assert "LANTERNHOLD_SERVER_PORT" in KEYS
    assert len(KEYS) == len(set(KEYS)) == 21


def test_values_are_read_by_their_type(tmp_path):
    settings = read(
        tmp_path,
        PORT="0",
        MODE="Village",
        TICK_HZ="60",
        SEED="12",
        TRUSTED_PROXIES="10.0.0.0/8, ::1/128",
    )
    assert (settings.port, settings.mode, settings.tick_hz, settings.seed) == (
        0,
        Mode.VILLAGE,
        60,
        12,
    )
    assert [str(network) for network in settings.trusted_proxies] == ["10.0.0.0/8", "::1/128"]
    assert settings.rules().team_count() == 1


def test_rules_follow_the_settings(tmp_path):
    rules = read(tmp_path, LOBBY_SECONDS="7", ROUND_SECONDS="90", MAP_TILES="64").rules()
    assert (rules.lobby_ms, rules.round_ms, rules.map_tiles) == (7_000, 90_000, 64)


def test_all_problems_are_told_at_once(tmp_path):
    found = problems(tmp_path, PORT="99999", TICK_HZ="25", MODE="chess", TYPO="1")
    assert len(found) == 4
    assert any("TICK_HZ is '25': it must be one of 20, 30, 60." in line for line in found)


@pytest.mark.parametrize("text", ["-1", "1.5", "", "٣", "99999999999999999999"])
def test_a_port_is_a_port(tmp_path, text):
    if not text:
        assert read(tmp_path, PORT=text).port == Settings().port
    else:
        assert "from 0 to 65535" in problems(tmp_path, PORT=text)[0]


def test_an_unknown_key_is_refused_with_the_likely_one(tmp_path):
    (problem,) = problems(tmp_path, TICKHZ="30")
    assert problem.startswith("LANTERNHOLD_SERVER_TICKHZ is not a setting of the server.")
    assert problem.endswith("Did you mean LANTERNHOLD_SERVER_TICK_HZ?")


def test_an_unknown_key_is_refused_even_when_empty(tmp_path):
    assert "is not a setting" in problems(tmp_path, PASSWORD="")[0]


def test_keys_of_others_are_not_ours_to_judge(tmp_path):
    assert load({"LANTERNHOLD_HTTPS_PORT": "8443", "HOME": "/"}, tmp_path) == Settings()


def test_the_environment_wins_over_the_file(tmp_path):
    (tmp_path / ".env").write_text(
        "LANTERNHOLD_SERVER_PORT=1111\nLANTERNHOLD_SERVER_NAME='a # b'\nLANTERNHOLD_DOMAIN=x\n"
    )
    settings = read(tmp_path, PORT="2222")
    assert (settings.port, settings.name) == (2222, "a # b")


def test_an_empty_value_leaves_the_files_in_force(tmp_path):
    (tmp_path / ".env").write_text("LANTERNHOLD_SERVER_PORT=1111\n")
    assert read(tmp_path, PORT="").port == 1111


def test_an_unknown_key_in_the_file_is_refused(tmp_path):
    (tmp_path / ".env").write_text("LANTERNHOLD_SERVER_PROT=1111\n")
    assert "Did you mean LANTERNHOLD_SERVER_PORT?" in problems(tmp_path)[0]


def test_another_file_may_be_named(tmp_path):
    (tmp_path / "other.env").write_text("LANTERNHOLD_SERVER_PORT=3333\n")
    assert read(tmp_path, ENV_FILE="other.env").port == 3333


def test_a_named_file_must_be_there(tmp_path):
    assert "there is no such file" in problems(tmp_path, ENV_FILE="gone.env")[0]


def test_secrets_are_masked(tmp_path):
    settings = read(tmp_path, SEED="424242")
    assert settings.masked()["seed"] == "***"
    assert "424242" not in repr(settings.masked())
    assert "not-a-seed" not in problems(tmp_path, SEED="not-a-seed")[0]


def test_settings_that_clash(tmp_path):
    assert "no round could ever begin" in problems(tmp_path, MIN_PLAYERS="9", MAX_PLAYERS="8")[0]
    assert "public door" in problems(tmp_path, PORT="9100")[0]


def test_a_title_cannot_forge_lines(tmp_path):
    assert "printable" in problems(tmp_path, NAME="a\nb")[0]
