"""How long a name is while it is being typed, counted as game.names.clean counts it."""

import unicodedata

from game import names


def name_length(text: str) -> int:
    """Characters of the name that `text` would become; spaces at its end count, too."""
    folded = unicodedata.normalize("NFKC", text)
    shown = "".join(letter for letter in folded if letter.isspace() or _is_seen(letter))
    words = " ".join(shown.split())
    return len(words) + (len(shown) - len(shown.rstrip()) if words else 0)


def _is_seen(letter: str) -> bool:
    """Whether `clean` keeps a letter, or refuses it with a sentence of its own."""
    try:
        return names.clean(f"-{letter}") != "-"
    except ValueError:
        return True
