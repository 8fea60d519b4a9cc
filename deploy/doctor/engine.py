"""The judging: checks in their order, each with its cause. Pure: the same facts, the same verdict.

A fault has consequences, and a host who is shown ten red lines mends the wrong one. So a check
names what it depends on, and where that has failed it is skipped, with the root's name.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.doctor.facts import Facts
from deploy.doctor.finding import Finding, Status

FINE = "ok"


@dataclass(frozen=True)
class Check:
    """A question with a name.

    Attributes:
        id: named after the fault that it finds, and stable: programs read it.
        family: host, lan, router, dns, firewall, tls, game or outside.
        depends_on: ids of checks that come before; where one of them fails, this one is skipped.
        run: judges the facts.
    """

    id: str
    family: str
    depends_on: tuple[str, ...]
    run: Callable[[Facts], Finding]


@dataclass(frozen=True)
class Judged:
    """A check and how it came out. `because` is the root fault that had it skipped, or ""."""

    check: Check
    finding: Finding
    because: str = ""

    def as_json(self) -> dict[str, Any]:
        """As design section 9 names it."""
        return {
            "id": self.check.id,
            "family": self.check.family,
            "status": str(self.finding.status),
            "evidence": self.finding.evidence,
            "remedy": self.finding.remedy,
            "because": self.because,
        }


@dataclass(frozen=True)
class Diagnosis:
    """All checks, in order. `outside`: whether friends are to come in from outside."""

    judged: Sequence[Judged]
    outside: bool = True

    @property
    def faults(self) -> list[Judged]:
        """Root faults: what keeps players out, without its consequences."""
        return self._of(Status.FAIL)

    @property
    def warnings(self) -> list[Judged]:
        """What should be mended, though players come in."""
        return self._of(Status.WARN)

    @property
    def verdict(self) -> str:
        """The id of the root fault; of a warning when there is none; else "ok"."""
        return next((one.check.id for one in [*self.faults, *self.warnings]), FINE)

    def of(self, id_: str) -> Finding | None:
        """What a check found; None where there is no such check."""
        return next((one.finding for one in self.judged if one.check.id == id_), None)

    def as_json(self) -> dict[str, Any]:
        """As design section 9 names it."""
        return {"verdict": self.verdict, "checks": [one.as_json() for one in self.judged]}

    def _of(self, status: Status) -> list[Judged]:
        return [one for one in self.judged if one.finding.status is status]


def examine(checks: Iterable[Check], facts: Facts) -> Diagnosis:
    """Judge the facts.

    Args:
        checks: in an order in which every check stands behind those it depends on.
        facts: what was gathered.

    Raises:
        ValueError: a check depends on one that does not stand before it.
    """
    done: dict[str, Judged] = {}
    for check in checks:
        done[check.id] = _judge(check, facts, done)
    return Diagnosis(tuple(done.values()), facts.wanted.outside)


def _judge(check: Check, facts: Facts, done: Mapping[str, Judged]) -> Judged:
    missing = [id_ for id_ in check.depends_on if id_ not in done]
    if missing:
        raise ValueError(f"{check.id} stands before {', '.join(missing)}")
    because = next((root for id_ in check.depends_on if (root := _root(done[id_]))), "")
    if because:
        why = f"not looked at: {because} explains it, or has to be mended first"
        return Judged(check, Finding(Status.SKIPPED, why), because)
    return Judged(check, check.run(facts))


def _root(judged: Judged) -> str:
    """The fault that this check's children have to wait for, or ""."""
    return judged.check.id if judged.finding.status is Status.FAIL else judged.because
