"""Rounds that were played once end the same today, on this Python and on every other."""

import pytest

from game.state import Phase
from game.world import World
from recordings.record import FOLDER, ROUNDS, record
from server import recording
from server.history import HistoryError
from server.replay import Verdict, replay

RECORD = "python tests/recordings/record.py"


def history(path):
    return recording.decode(path.read_bytes())


@pytest.mark.parametrize("name", ROUNDS)
def test_a_recorded_round_ends_as_it_did(name):
    played = history(FOLDER / f"{name}.lhrec")
    try:
        outcome = replay(played)
    except HistoryError as error:
        pytest.fail(f"{error} If the rules were changed on purpose: {RECORD}")
    assert outcome.verdict is Verdict.SAME, (
        f"from tick {outcome.equal_until} to {outcome.tick} the rules behave as never before. If "
        f"that is meant, raise game.rules.BEHAVIOUR, then: {RECORD}"
    )
    assert outcome.compared >= 25


def test_there_is_something_in_them(monkeypatch):
    """Or the test above would prove little."""
    kinds, phases, scores, away = set(), set(), {}, 0
    step = World.step

    def watched(world, inputs):
        nonlocal away
        events = step(world, inputs)
        kinds.update(event.kind for event in events)
        phases.add(world.phase)
        scores[world.rules.mode] = sum(lamp.score for lamp in world.lanterns)
        away += any(player.away for player in world.players.values())
        return events

    monkeypatch.setattr(World, "step", watched)
    for name in ROUNDS:
        replay(history(FOLDER / f"{name}.lhrec"))
    assert phases == set(Phase)
    assert {"TOOK", "DEPOSITED", "DASHED"} <= {kind.name for kind in kinds}
    assert min(scores.values()) > 0
    assert away > 20


def test_no_file_lies_here_that_is_not_replayed():
    assert {path.stem for path in FOLDER.glob("*.lhrec")} == set(ROUNDS)
    assert sum(path.stat().st_size for path in FOLDER.glob("*.lhrec")) < 100_000


def test_the_command_that_records_them_anew_works(tmp_path):
    (path,) = record(tmp_path, ["rush-2-teams-20-hz"])
    outcome = replay(history(path))
    assert outcome.verdict is Verdict.SAME
    assert outcome.compared >= 40
