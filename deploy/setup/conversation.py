"""The conversation: what is not answered yet is asked, or taken as the best default."""

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from deploy import settings
from deploy.ddns import needs
from deploy.problem import USED_WRONGLY, Problem
from deploy.setup.answers import Answers, Way

WAYS = (
    (Way.DDNS, "by a name that follows my address (DuckDNS, deSEC, No-IP, ... : free)"),
    (Way.DOMAIN, "by a name of my own, whose records I keep myself"),
    (Way.HOME, "nobody from outside: only my home network"),
)

Choices = Sequence[tuple[str, str]]
"""What may be chosen: the value, and how it is shown."""


class Person(Protocol):
    """Who answers. Each may raise KeyboardInterrupt: what was answered before is kept.

    Attributes:
        usual: the way of one of whom nothing is known yet.
    """

    usual: Way

    def choose(self, question: str, choices: Choices, default: str) -> str:
        """One of the values."""
        ...

    def text(self, question: str, default: str, is_good: Callable[[str], str]) -> str:
        """A line for which `is_good` gives "" and not a sentence of what is wrong with it."""
        ...

    def agree(self, question: str) -> bool:
        """Yes or no; yes by default."""
        ...


class Nobody:
    """Unattended: defaults where there is one, a problem where there is none.

    Args:
        may_stay_home: nothing was opened before that HOME would contradict.
    """

    usual = Way.HOME

    def __init__(self, *, may_stay_home: bool = True) -> None:
        self._may_stay_home = may_stay_home

    def choose(self, question: str, choices: Choices, default: str) -> str:
        """The default."""
        del choices
        if default == Way.HOME and not self._may_stay_home:
            raise Problem(
                f"Nobody is here to be asked: {question} A way in was opened before, and without "
                "a word it is not taken for a home-only server.",
                "./lanternhold setup --yes with --name NAME, or with --home-only",
                USED_WRONGLY,
            )
        return default

    def text(self, question: str, default: str, is_good: Callable[[str], str]) -> str:
        """The default, if it is any good."""
        if fault := is_good(default):
            raise Problem(
                f"Nobody is here to be asked: {question} {fault}",
                "give it by an option; ./lanternhold setup --help",
                USED_WRONGLY,
            )
        return default

    def agree(self, question: str) -> bool:
        """Yes: who did not want it said so by an option."""
        del question
        return True


def complete(answers: Answers, person: Person, keep: Callable[[Answers], None]) -> Answers:
    """Ask what is open, and keep each answer at once.

    Args:
        answers: what is known.
        person: who answers.
        keep: writes the journal.

    Raises:
        Problem: an answer that was given is no good, or nobody is here to give one.
    """
    conversation = _Conversation(answers, person, keep)
    conversation.run()
    return conversation.answers


class _Conversation:
    def __init__(self, answers: Answers, person: Person, keep: Callable[[Answers], None]) -> None:
        self.answers = answers
        self._person = person
        self._keep = keep

    def run(self) -> None:
        if self.answers.way is None:
            self._learn(
                way=Way(self._person.choose("How do friends reach you?", WAYS, self._likely))
            )
        if self.answers.way is Way.HOME:
            self._learn(name="", provider="", router=False)
        if self.answers.way is Way.DDNS:
            self._ask_provider()
        if self.answers.way is not Way.HOME:
            self._ask_name()
        if self.answers.way is Way.DDNS:
            self._ask_account()
        if self.answers.router is None:
            question = "May the router be asked to pass friends on (its ports 443 and 80)?"
            self._learn(router=self._person.agree(question))
        if self.answers.firewall is None:
            question = "May this computer's firewall let them in, where it keeps them out?"
            self._learn(firewall=self._person.agree(question))

    @property
    def _likely(self) -> Way:
        if self.answers.provider:
            return Way.DDNS
        usual, name = self._person.usual, self.answers.name or ""
        is_own = bool(name) and (usual is Way.HOME or not needs.is_served(name))
        return Way.DOMAIN if is_own else usual

    def _ask_provider(self) -> None:
        if self.answers.provider in needs.NEEDS:
            return
        if self.answers.provider:
            listed = ", ".join(needs.NAMES)
            raise Problem(
                f"{self.answers.provider!r} is no provider that we know.",
                f"one of: {listed}",
                USED_WRONGLY,
            )
        choices = [(name, need.title) for name, need in needs.NEEDS.items()]
        self._learn(provider=self._person.choose("Who serves the name?", choices, needs.NAMES[0]))

    def _ask_name(self) -> None:
        known = self.answers.name or ""
        if not known or fault_of_name(known):
            question = "Which name is it, such as anna.duckdns.org?"
            known = self._person.text(question, known, fault_of_name)
        self._learn(name=tidy(known))

    def _ask_account(self) -> None:
        need = needs.NEEDS[self.answers.provider or ""]
        if need.user and not self.answers.user:
            question = f"{need.title}: {need.user}?"
            self._learn(user=self._person.text(question, "", _fault_of_empty))
        if need.server and not self.answers.server:
            question = f"{need.title}: where do updates go?"
            self._learn(server=self._person.text(question, "", _fault_of_empty))

    def _learn(self, **answers: object) -> None:
        self.answers = msgspec.structs.replace(self.answers, **answers)
        self._keep(self.answers)


def tidy(name: str) -> str:
    """A name as it is kept."""
    return name.strip().rstrip(".").lower()


def fault_of_name(name: str) -> str:
    """What is wrong with a public name, or ""."""
    if settings.is_public_name(tidy(name)):
        return ""
    return "A bare name such as play.example.org: no https://, no port, no address."


def _fault_of_empty(text: str) -> str:
    return "" if text.strip() else "It cannot be empty."
