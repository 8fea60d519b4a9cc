"""Where a record stands: our address, the name's own servers, the provider's last word."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from deploy.address.public import Verdict
from deploy.clone import Clone
from deploy.ddns.outcome import MEND
from deploy.ddns.state import Memory, Notebook
from deploy.ddns.target import Target
from deploy.ddns.zone import Sight, Zone


@dataclass(frozen=True)
class Report:
    """What is known without asking the provider.

    Attributes:
        target: which record.
        verdict: which address the world sees.
        sight: what the name's own servers say.
        memory: what the updater remembers.
        now: wall time of the report.
    """

    target: Target
    verdict: Verdict
    sight: Sight
    memory: Memory
    now: float

    @property
    def is_current(self) -> bool:
        """Whether the name is at our address."""
        return self.verdict.address is not None and self.sight.shows(self.verdict.address)

    @property
    def is_well(self) -> bool:
        """Whether it is, and will go on being so."""
        return self.is_current and not self.memory.is_parked

    def as_json(self) -> dict[str, object]:
        """For --json, and for doctor's evidence."""
        memory = self.memory
        return {
            "hostname": self.target.hostname,
            "record": self.target.record,
            "provider": self.target.provider,
            "current": self.is_current,
            "public": self.verdict.as_json(),
            "zone": {
                "known": self.sight.is_known,
                "addresses": list(self.sight.addresses),
                "ttl": self.sight.ttl,
                "servers": list(self.sight.servers),
                "agreed": self.sight.is_agreed,
                "alias": self.sight.alias or None,
                "why": self.sight.why,
            },
            "parked": memory.is_parked,
            "word": memory.word or None,
            "sentence": memory.sentence or None,
            "last_success_s_ago": _ago(memory.succeeded_at, self.now),
            "next_try_in_s": round(memory.waits_s(self.now)) or None,
        }

    def lines(self) -> list[str]:
        """For a person."""
        name = f"{self.target.hostname} {self.target.record}"
        lines = [f"{name}: {self._verdict_line()}", f"  address   {self.verdict.why}"]
        lines += [
            f"  but       {odd.source} says {odd.said}: {odd.why}" for odd in self.verdict.odd
        ]
        lines.append(f"  servers   {self._sight_line()}")
        if self.memory.word:
            lines.append(f"  provider  {self.memory.word}: {self.memory.sentence}")
        if self.memory.is_parked:
            lines.append(f"  Next: {MEND}")
        return lines

    def _verdict_line(self) -> str:
        if self.is_well:
            return f"is at our address, {self.verdict.address}"
        if self.memory.is_parked:
            return "is kept no more, since the provider refuses"
        if self.verdict.address is None:
            return "could not be compared: our public address is not known"
        if not self.sight.is_known:
            return "could not be seen at its name servers"
        return f"is not at our address, {self.verdict.address}"

    def _sight_line(self) -> str:
        if not self.sight.is_known:
            return self.sight.why
        said = ", ".join(self.sight.addresses) or "no such record"
        if self.sight.alias:
            said = f"an alias of {self.sight.alias}"
        if not self.sight.is_agreed:
            said += " (but they do not agree)"
        ttl = "" if self.sight.ttl is None else f", remembered by others for {self.sight.ttl} s"
        return said + ttl


async def report(
    clone: Clone, target: Target, verdict: Verdict, now: Callable[[], float] = time.time
) -> Report:
    """Look at the name's own servers and at the updater's memory."""
    sight = await Zone(target.hostname).look(target.family)
    return Report(target, verdict, sight, Notebook.of(clone, target).read(), now())


def _ago(moment: float, now: float) -> int | None:
    return round(now - moment) if moment else None
