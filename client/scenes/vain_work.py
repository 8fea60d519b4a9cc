"""Somebody holds the key to gather and nothing is near: said once, and not at every step."""

from typing import Final

_PATIENCE_S: Final = 0.7
"""Who walks from one thing to the next with the key held is told nothing."""


class VainWork:
    """Follows the key; `is_news` is true once for each time it is held in vain."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._is_told = False

    def is_news(self, now: float, *, holds: bool, finds: bool) -> bool:
        """Once a frame: whether to say now that there is nothing here."""
        if not holds or finds:
            self._since, self._is_told = None, self._is_told and holds
            return False
        if self._since is None:
            self._since = now
        if self._is_told or now - self._since < _PATIENCE_S:
            return False
        self._is_told = True
        return True
