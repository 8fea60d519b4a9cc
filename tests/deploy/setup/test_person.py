"""The person in the terminal, their keys played."""

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from deploy.ddns.secret import fault_of
from deploy.setup.answers import Answers, Way
from deploy.setup.conversation import complete
from deploy.setup.person import Somebody

DOWN, ENTER, CTRL_C = "\x1b[B", "\r", "\x03"


@pytest.fixture
def keys():
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        yield pipe.send_text


def test_a_whole_conversation_by_keys(keys):
    keys(f"{ENTER}{DOWN}{ENTER}")
    person = Somebody()
    assert person.choose("How?", [("a", "A"), ("b", "B")], "b") == "b"
    assert person.choose("How?", [("a", "A"), ("b", "B")], "a") == "b"


def test_a_text_is_asked_until_it_is_good(keys):
    keys(f"x{ENTER}yz{ENTER}")
    typed = Somebody().text("Name?", "", lambda text: "" if len(text) > 2 else "too short")
    assert typed == "xyz"


def test_yes_is_the_default_and_a_secret_comes_back(keys):
    keys(f"{ENTER}ns3cret{ENTER}")
    person = Somebody()
    assert person.agree("Do it?")
    assert not person.agree("Do it?")
    assert person.secret("Token?", fault_of) == "s3cret"


def test_ctrl_c_ends_it_and_keeps_what_was_answered(keys):
    keys(f"{ENTER}{CTRL_C}")
    kept = []
    with pytest.raises(KeyboardInterrupt):
        complete(Answers(name="play.example.org"), Somebody(), kept.append)
    assert kept == [
        Answers(name="play.example.org", way=Way.DOMAIN),
        Answers(name="play.example.org", way=Way.DOMAIN),
    ]


def test_what_is_no_secret_is_asked_for_again(keys):
    keys(f"{ENTER}   {ENTER}s3cret{ENTER}")
    assert Somebody().secret("Token?", fault_of).strip() == "s3cret"


def test_who_runs_setup_and_presses_enter_gets_a_name_for_friends(keys):
    """Whoever wanted nobody from outside would not have come here."""
    keys(f"{ENTER}{CTRL_C}")
    kept = []
    with pytest.raises(KeyboardInterrupt):
        complete(Answers(), Somebody(), kept.append)
    assert kept[0].way is Way.DDNS
