"""The examples are programs of strangers: they know the protocol's page and nothing of our code."""

import json
import subprocess
import sys

import pytest

from support.compose import clean_environment
from support.home import at_home
from support.source import PACKAGES, ROOT, dotted_names

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
SECONDS = 5
LONGEST_LINES = 200


def test_there_are_examples():
    assert EXAMPLES


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_is_short_and_uses_nothing_of_ours(example):
    assert len(example.read_text(encoding="utf-8").splitlines()) <= LONGEST_LINES
    names = {name.partition(".")[0] for name in dotted_names(example)}
    assert names.isdisjoint(PACKAGES)


@pytest.fixture(scope="module")
def server_with_somebody(tmp_path_factory):
    """An invite to a world in which a bot walks about."""
    folder = tmp_path_factory.mktemp("examples")
    settings = {"LANTERNHOLD_SERVER_MODE": "village"}  # one team: who joins stands near the bot
    with at_home(folder / "home", **settings) as (home, up):
        command = ("-m", "client.bot", "--invite", up["invite"], "--seconds", "0")
        with home.start(*command) as bot:
            yield up["invite"]
            bot.terminate()


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda file: file.stem)
def test_a_strangers_client_joins_moves_and_sees_others(server_with_somebody, example, tmp_path):
    command = [sys.executable, str(example), "--invite", server_with_somebody]
    done = subprocess.run(
        [*command, "--seconds", str(SECONDS)],
        cwd=tmp_path,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["joined"] is True
    assert told["moved"] > 1
    assert told["saw_others"] >= 1
