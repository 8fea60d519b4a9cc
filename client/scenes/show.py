"""A stay as it is shown: keeps what outlives a scene, and makes each frame's picture."""

from typing import Final

from client.draw.hud import Hud
from client.draw.picture import STALLED, Picture, StarView, Trouble
from client.draw.world import WorldView
from client.scenes.effects import Effects
from client.scenes.promises import Promises
from client.scenes.scene import Stage
from client.scenes.stay import Stay
from client.scenes.talk import Talk
from client.scenes.typing_line import TypingLine
from client.state import Playing, Waiting
from protocol.messages import Round

_NEAR_FULL: Final = 0.75
_NOTICE_S: Final = 7.0


class Show:
    """One stay in one world, for as many scenes as it takes."""

    def __init__(self, stage: Stage, stay: Stay, link: str, name: str) -> None:
        self.stage = stage
        self.stay = stay
        self.link = link
        self.name = name
        self.view = WorldView()
        self.hud = Hud()
        self.talk = Talk()
        self.promises = Promises()
        self.effects = Effects(stay, self.view, stage.sounds)
        self.shows_graph = False
        self._notice: tuple[str, float] = ("", 0.0)
        self._was_lost = False
        self._counted = 0

    def update(self, now: float) -> None:
        """Take in what the network brought (after `set_keys`)."""
        stay = self.stay
        stay.poll(now)
        self.effects.show(now)
        if self.talk.listen(stay.chat, stay.roster, now):
            self.stage.sounds.play("chat", now)
        self.promises.hear(stay.saved, now)
        while stay.notices:
            notice = stay.notices.popleft()
            self.tell(notice.text, now, max(_NOTICE_S, min(60.0, notice.seconds)))
        self._welcome_back(now)
        self._count_down(now)

    def tell(self, text: str, now: float, seconds: float = 3.0) -> None:
        """Show one sentence for a while."""
        self._notice = (text, now + seconds)

    @property
    def phase(self) -> str:
        """The phase of the round, empty while nothing is known."""
        return self.stay.round.phase if self.stay.round else ""

    def picture(
        self,
        now: float,
        *,
        typing: TypingLine | None = None,
        typing_private: bool = False,
        shows_scores: bool = False,
    ) -> Picture | None:
        """This frame; None while the world is not known yet."""
        stay, line = self.stay, self.stage.settings.network
        rules, terrain, current = stay.rules, stay.terrain, stay.round
        if rules is None or terrain is None or current is None:
            return None
        trouble = self.trouble(now)
        return Picture(
            now=now,
            rules=rules,
            terrain=terrain,
            nodes=stay.nodes,
            roster=stay.roster,
            eid=stay.eid,
            own=stay.own,
            others=stay.others(now),
            phase=current.phase,
            number=current.number,
            seconds_left=self._seconds_left,
            standings=current.standings,
            star=self._star(current, rules.tick_hz),
            server=stay.server,
            near=stay.target_near(),
            figures=stay.stats,
            network=line.name if line else "",
            pending=self.promises.shown(now),
            chat=self.talk.lines(now),
            typing=typing.text if typing else None,
            typing_private=typing_private,
            typing_selected=typing is not None and typing.is_selected,
            typing_limit=_limit(typing) if typing else "",
            notice=self._notice[0] if now < self._notice[1] and not trouble else "",
            trouble=trouble,
            muted=self.stage.sounds.is_muted,
            shows_scores=shows_scores,
            shows_graph=self.shows_graph,
            hints=self.stage.memory.is_newcomer,
        )

    @property
    def _seconds_left(self) -> float | None:
        """Of the phase; nobody knows while the line is lost: the server may stand still."""
        return None if isinstance(self.stay.state, Waiting) else self.stay.seconds_left

    def trouble(self, now: float) -> Trouble | None:
        """What is wrong with the line, if anything is."""
        state = self.stay.state
        if isinstance(state, Waiting):
            return Trouble(state.reason, state.attempt, state.seconds_left(now), state.trying)
        if self.stay.stalled:
            return Trouble(STALLED, 0, 0.0, "", is_stalled=True)
        return None

    def _star(self, current: Round, tick_hz: int) -> StarView | None:
        if current.star is None:
            return None
        tx, ty, falls = current.star
        seconds = (falls - self.stay.tick) / tick_hz
        return StarView(tx, ty, max(0.0, seconds)) if seconds > -1 else None

    def _welcome_back(self, now: float) -> None:
        """Say that a line which was lost is there again."""
        state = self.stay.state
        if isinstance(state, Playing) and self._was_lost:
            self.tell("You are back." if state.resumed else "You are in again.", now)
        self._was_lost = isinstance(state, Waiting) or (
            self._was_lost and not isinstance(state, Playing)
        )

    def _count_down(self, now: float) -> None:
        """A click for each of the last seconds before a round."""
        left = self._seconds_left
        if self.phase != "countdown" or left is None:
            self._counted = 0
            return
        second = int(left) + 1
        if second != self._counted and second <= 3:
            self.stage.sounds.play("count", now)
        self._counted = second


def _limit(typing: TypingLine) -> str:
    """What to say about the room that is left, empty while there is plenty."""
    if typing.is_cut:
        return f"only {typing.at_most} fit"
    is_near = typing.length >= _NEAR_FULL * typing.at_most
    return f"{typing.length} of {typing.at_most}" if is_near else ""
