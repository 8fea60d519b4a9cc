"""When each thing is looked at again. Pure: time is told, names are returned."""

from collections.abc import Iterable
from dataclasses import dataclass

FIRST_RETRY_S = 2.0
LONGEST_RETRY_S = 15.0


@dataclass
class Duty:
    """One thing to look after. Times are the keeper's clock, in seconds."""

    due_at: float
    failures: int = 0


class Schedule:
    """Everything that is looked after, by its id in the ledger."""

    def __init__(self) -> None:
        self._duties: dict[str, Duty] = {}

    def hold(self, ids: Iterable[str], now: float) -> None:
        """Look after exactly these: new ones at once, gone ones no more."""
        wanted = list(ids)
        self._duties = {id_: self._duties.get(id_) or Duty(due_at=now) for id_ in wanted}

    def due(self, now: float) -> list[str]:
        """Whose time has come."""
        return [id_ for id_, duty in self._duties.items() if duty.due_at <= now]

    def next_due(self) -> float | None:
        """When the first time comes, or None with nothing to look after."""
        return min((duty.due_at for duty in self._duties.values()), default=None)

    def succeeded(self, id_: str, now: float, again_s: float) -> None:
        """It is well; look again after `again_s`."""
        if id_ in self._duties:
            self._duties[id_] = Duty(now + again_s)

    def failed(self, id_: str, now: float, longest_s: float = LONGEST_RETRY_S) -> None:
        """It is not: soon again, then less often, up to `longest_s`."""
        if id_ in self._duties:
            count = self._duties[id_].failures + 1
            wait_s = min(longest_s, FIRST_RETRY_S * 2 ** min(count - 1, 16))
            self._duties[id_] = Duty(now + wait_s, count)

    def hurry(self, now: float) -> None:
        """Something has happened: look at everything now."""
        for duty in self._duties.values():
            duty.due_at = min(duty.due_at, now)
