"""The person in front of the terminal, asked by questionary."""

from collections.abc import Callable
from typing import cast

import questionary

from deploy.setup.answers import Way
from deploy.setup.conversation import Choices


class Somebody:
    """Answers in the terminal; Ctrl-C ends the conversation, which goes on another time."""

    usual = Way.DDNS  # who runs setup wants friends in

    def choose(self, question: str, choices: Choices, default: str) -> str:
        """By the arrow keys."""
        shown = [questionary.Choice(title, value=str(value)) for value, title in choices]
        chosen = next((each for each in shown if each.value == default), None)
        return cast("str", questionary.select(question, choices=shown, default=chosen).unsafe_ask())

    def text(self, question: str, default: str, is_good: Callable[[str], str]) -> str:
        """By typing."""
        asked = questionary.text(question, default=default, validate=_check(is_good))
        return cast("str", asked.unsafe_ask())

    def agree(self, question: str) -> bool:
        """By y or n."""
        return bool(questionary.confirm(question, default=True).unsafe_ask())

    def secret(self, question: str, is_good: Callable[[str], str]) -> str:
        """By typing, unseen, until `is_good` finds no fault."""
        asked = questionary.password(question, validate=_check(is_good))
        return cast("str", asked.unsafe_ask())


def _check(is_good: Callable[[str], str]) -> Callable[[str], bool | str]:
    return lambda typed: is_good(typed) or True
