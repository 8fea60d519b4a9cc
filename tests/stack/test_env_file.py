"""One .env, three readers: Compose, the server and the host's tools must see the same in it."""

import pytest

from deploy import env_file
from server import settings as server_settings
from support.compose import Compose, clean_environment
from support.source import ROOT

pytestmark = pytest.mark.stack

KEY = "LANTERNHOLD_SERVER_NAME"
VALUES = [
    *("plain", "two words", "a # b", "#first", "$HOME", "${HOME:-x}", "100 $ a night", "$$"),
    *('say "hi"', "`date`", " spaces ", "a=b", "höhle 🏮", "!important", "50%", "~"),
]


def as_compose_reads(file):
    config = Compose("lanternhold-test-env", env_file=file, environment=clean_environment())
    name = config.config()["services"]["server"]["environment"][KEY]
    return name.replace("$$", "$")  # `config` writes a file that could be read again


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_the_same_to_all_readers(tmp_path, value):
    file = tmp_path / ".env"
    file.write_text(f"{KEY}={env_file.quote(value)}\n", encoding="utf-8")
    faults = []
    assert env_file.read(file, faults) == {KEY: value}
    assert faults == []
    assert server_settings.load({}, tmp_path).name == value.strip()
    assert as_compose_reads(file) == value


def test_the_example_is_understood_by_all(tmp_path):
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    set_all = tmp_path / ".env"
    lines = [line.removeprefix("#").lstrip() for line in example.splitlines()]
    settings = [line for line in lines if line.startswith("LANTERNHOLD_") and "=" in line]
    set_all.write_text("\n".join(settings), encoding="utf-8")
    faults = []
    read = env_file.read(set_all, faults)
    assert faults == []
    assert as_compose_reads(set_all) == read[KEY] == server_settings.Settings().name
    assert server_settings.load({}, tmp_path) == server_settings.Settings()
