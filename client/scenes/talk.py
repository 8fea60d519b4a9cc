"""The chat as the window shows it: who said what, and how long ago."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from client.draw.picture import ChatLine
from protocol.messages import Chat, RosterEntry

_KEPT: Final = 40


@dataclass(frozen=True, slots=True)
class _Heard:
    line: ChatLine
    at: float


class Talk:
    """Notices new sayings and remembers when they came and how their speaker was called."""

    def __init__(self) -> None:
        self._heard: deque[_Heard] = deque(maxlen=_KEPT)
        self._newest: Chat | None = None

    def listen(self, chat: deque[Chat], roster: Mapping[int, RosterEntry], now: float) -> int:
        """Take in what is new; returns how many sayings that were."""
        fresh: list[Chat] = []
        for said in reversed(chat):
            if said is self._newest or len(fresh) == _KEPT:
                break
            fresh.append(said)
        for said in reversed(fresh):
            self._heard.append(_Heard(_line(said, roster), now))
        if chat:
            self._newest = chat[-1]
        return len(fresh)

    def tell(self, text: str, now: float) -> None:
        """Put a line of the window's own between the sayings."""
        self._heard.append(_Heard(ChatLine("", -1, text, private=False, age_s=0), now))

    def lines(self, now: float) -> list[ChatLine]:
        """All that was heard, oldest first, with its age."""
        return [
            ChatLine(h.line.name, h.line.team, h.line.text, h.line.private, now - h.at)
            for h in self._heard
        ]


def _line(said: Chat, roster: Mapping[int, RosterEntry]) -> ChatLine:
    entry = roster.get(said.eid)
    if said.eid == 0:
        return ChatLine("", -1, said.text, private=False, age_s=0)
    name = entry.name if entry else "somebody"
    return ChatLine(name, entry.team if entry else -1, said.text, said.channel == "team", 0)
