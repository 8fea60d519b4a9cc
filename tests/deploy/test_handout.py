"""What is sent to a friend."""

import pytest

from deploy import handout
from deploy.clone import Clone
from deploy.invitation import Label
from deploy.run import Result
from protocol.invite import Invite

MADE = Invite(
    name="lanternhold.internal", addresses=("192.0.2.2",), port=8443,
    secret="c2VjcmV0LXNlY3JldC1z", title="Anna", ca_sha256="0" * 64,
)  # fmt: skip


def test_the_lines_to_type_are_whole_and_the_link_is_shown_once(capsys):
    handout.show(MADE, "https://example.org/l.git", label=Label("anna", "2030-01-02"))
    said = capsys.readouterr().out
    assert "\ngit clone https://example.org/l.git lanternhold\ncd lanternhold\n" in said
    assert f"\n./lanternhold play '{MADE.link()}'\n" in said
    assert said.count("lanternhold://join/") == 1
    assert "(anna, good until 2030-01-02)" in said
    assert "192.0.2.2, port 8443" in said


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.org/l.git", True),
        ("git@example.org:me/l.git", True),
        ("https://me:pass@example.org/l.git", False),
        ("/srv/me/l", False),
        ("", False),
    ],
)
def test_friends_clone_from_the_same_public_place(tmp_path, url, shown):
    def git(*_, **__):
        return Result(0 if url else 1, f"{url}\n", "")

    assert handout.origin_of(Clone(tmp_path), git) == (url if shown else handout.SOMEWHERE)
