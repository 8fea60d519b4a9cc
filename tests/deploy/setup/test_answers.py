"""Answers on disk, and the conversation that completes them."""

import stat

import msgspec
import pytest

from deploy.clone import Clone
from deploy.problem import Problem
from deploy.setup.answers import Answers, Journal, Way
from deploy.setup.conversation import Nobody, complete, fault_of_name


class Player:
    """A person who answers by a list; keeps what they were asked."""

    usual = Way.HOME

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def _next(self, question):
        self.asked.append(question)
        if not self.answers:
            raise KeyboardInterrupt
        return self.answers.pop(0)

    def choose(self, question, choices, _):
        answer = self._next(question)
        assert answer in {str(value) for value, _ in choices}
        return answer

    def text(self, question, _, is_good):
        answer = self._next(question)
        assert not is_good(answer)
        return answer

    def agree(self, question):
        return self._next(question)


@pytest.fixture
def journal(tmp_path):
    return Journal.of(Clone(tmp_path))


def test_a_whole_conversation(journal):
    person = Player("ddns", "noip", "Anna.Example.org.", "anna", True, False)
    answers = complete(Answers(), person, journal.write)
    assert answers == Answers(
        way=Way.DDNS,
        provider="noip",
        name="anna.example.org",
        user="anna",
        router=True,
        firewall=False,
    )
    assert journal.read() == answers


def test_who_stays_at_home_is_asked_about_the_firewall_alone():
    person = Player("home", True)
    answers = complete(Answers(), person, lambda _: None)
    assert len(person.asked) == 2
    assert (answers.name, answers.router) == ("", False)


def test_an_interrupted_conversation_goes_on_where_it_was(journal):
    with pytest.raises(KeyboardInterrupt):
        complete(Answers(), Player("ddns", "rfc2136", "play.example.org"), journal.write)
    person = Player("key", "ns.example.org", True, True)
    answers = complete(journal.read(), person, journal.write)
    assert len(person.asked) == 4
    assert (answers.name, answers.user, answers.server) == (
        "play.example.org",
        "key",
        "ns.example.org",
    )


def test_what_is_known_is_not_asked():
    known = Answers(
        way=Way.DDNS, provider="duckdns", name="a.duckdns.org", router=True, firewall=True
    )
    assert complete(known, Player(), lambda _: None) == known


@pytest.mark.parametrize(
    ("known", "way"),
    [
        (Answers(), Way.HOME),
        (Answers(name="a.example.org"), Way.DOMAIN),
        (Answers(name="a.duckdns.org", provider="duckdns"), Way.DDNS),
    ],
)
def test_unattended_the_likeliest_way_is_taken(known, way):
    answers = complete(known, Nobody(), lambda _: None)
    assert answers.way is way
    assert answers.firewall


@pytest.mark.parametrize(
    ("known", "word"),
    [
        (Answers(way=Way.DDNS, provider="duckdns"), "Which name"),
        (Answers(way=Way.DOMAIN, name="https://a.example.org"), "bare name"),
        (Answers(way=Way.DDNS, provider="noip", name="a.example.org"), "name of the DDNS key"),
        (Answers(way=Way.DDNS, provider="nobody", name="a.example.org"), "no provider"),
    ],
)
def test_unattended_what_has_no_default_is_used_wrongly(known, word):
    with pytest.raises(Problem, match=word) as told:
        complete(known, Nobody(), lambda _: None)
    assert told.value.code == 2


def test_newer_answers_win_over_earlier_ones():
    earlier = Answers(way=Way.DDNS, name="old.example.org", router=False, is_door_due=True)
    newer = Answers(name="new.example.org").over(earlier)
    assert newer == msgspec.structs.replace(earlier, name="new.example.org")


def test_a_journal_is_private_and_a_broken_one_is_none(journal, tmp_path):
    journal.write(Answers(way=Way.HOME))
    file = tmp_path / ".lanternhold" / "setup.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text("{")
    assert journal.read() == Answers()
    journal.forget()
    journal.forget()
    assert journal.read() == Answers()


@pytest.mark.parametrize(
    "name", ["", "localhost", "x.internal", "192.168.1.1", "a b.example.org", "https://x.org", "x"]
)
def test_what_is_no_public_name(name):
    assert fault_of_name(name)


def test_what_was_answered_in_a_finished_setup_is_still_known(journal):
    journal.write(Answers(router=False))
    assert journal.last().router is False
    journal.finish()
    journal.finish()
    assert journal.read() == Answers()
    assert journal.last().router is False
