"""A short form of the proof in kills.py."""

import pytest

from crash.kills import kill_often

pytestmark = pytest.mark.slow


async def test_what_was_told_as_saved_survives_kill_9_once(tmp_path):
    figures = await kill_often(tmp_path, 3)
    assert (figures["lost"], figures["doubled"]) == (0, 0)
    assert figures["resumes"] == 3 * 4
    assert figures["acts_saved"] >= 10
    assert figures["points"] >= 1
