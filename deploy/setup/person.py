"""The person in front of the terminal, asked by questionary."""

from collections.abc import Callable
from typing import cast

import questionary

from deploy.setup.conversation import Choices


class Somebody:
    """Answers in the terminal; Ctrl-C ends the conversation, which goes on another time."""

    def choose(self, question: str, choices: Choices, default: str) -> str:
        """By the arrow keys."""
        shown = [questionary.Choice(title, value=str(value)) for value, title in choices]
        chosen = next((each for each in shown if each.value == default), None)
        return cast("str", questionary.select(question, choices=shown, default=chosen).unsafe_ask())

    def text(self, question: str, default: str, is_good: Callable[[str], str]) -> str:
        """By typing."""

        def check(typed: str) -> bool | str:
            return is_good(typed) or True

        return cast("str", questionary.text(question, default=default, validate=check).unsafe_ask())

    def agree(self, question: str) -> bool:
        """By y or n."""
        return bool(questionary.confirm(question, default=True).unsafe_ask())

    def secret(self, question: str) -> str:
        """By typing, unseen."""
        return cast("str", questionary.password(question).unsafe_ask())
