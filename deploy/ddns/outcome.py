"""What came of one attempt, as a sentence and as an object: never more than was seen."""

from dataclasses import dataclass

from deploy.ddns.target import Target
from deploy.ddns.words import Meaning, Sort
from deploy.ddns.zone import Sight

BY_SERVERS = "its own name servers"
BY_PROVIDER = "the provider"
MEND = "mend that, then: ./lanternhold ddns update --unpark"


@dataclass(frozen=True)
class Outcome:
    """What came of one attempt.

    Attributes:
        target: which record.
        address: what should be published.
        meaning: the provider's answer, or ours where it was not asked.
        was_asked: whether the provider was asked or told anything.
        confirmed_by: who was seen to have the address: BY_SERVERS, BY_PROVIDER or "".
        within_s: within how many seconds every friend sees it; None when that is not known.
        sentence: all of it for a person.
    """

    target: Target
    address: str
    meaning: Meaning
    was_asked: bool
    confirmed_by: str
    within_s: int | None
    sentence: str

    @property
    def is_fine(self) -> bool:
        """Whether the record is as wanted, as far as anybody can tell."""
        return bool(self.confirmed_by) or self.meaning.is_fine

    @property
    def remedy(self) -> str:
        """What a person is to do, or "" when it mends itself."""
        return MEND if self.meaning.sort is Sort.PARKED else ""

    def as_json(self) -> dict[str, object]:
        """For --json."""
        return {
            "hostname": self.target.hostname,
            "record": self.target.record,
            "address": self.address,
            "sort": str(self.meaning.sort),
            "word": self.meaning.word,
            "asked": self.was_asked,
            "confirmed_by": self.confirmed_by or None,
            "within_s": self.within_s,
            "sentence": self.sentence,
        }


@dataclass(frozen=True)
class Seen:
    """What was seen around an attempt.

    Attributes:
        before: what the world saw before anything was sent; None where nobody looked.
        was_asked: whether the provider was asked or told anything.
        confirmed_by: who was seen to have the address.
    """

    before: Sight | None = None
    was_asked: bool = True
    confirmed_by: str = ""

    @property
    def within_s(self) -> int | None:
        """How long a resolver may still tell what was there before."""
        if not self.was_asked:
            return 0 if self.confirmed_by else None
        return self.before.ttl if self.before and self.before.is_known else None


def told(  # noqa: PLR0913  # the parts of an outcome
    target: Target,
    address: str,
    meaning: Meaning,
    before: Sight | None = None,
    *,
    was_asked: bool = True,
    confirmed_by: str = "",
) -> Outcome:
    """Put into words what came of it; see `Seen` for the last three."""
    seen = Seen(before, was_asked, confirmed_by)
    within_s = seen.within_s if meaning.is_fine else None
    what = f"{target.hostname} {target.record} {address}: {meaning.sentence}"
    if meaning.is_fine:
        what += _as_seen(seen)
    elif meaning.sort is Sort.LATER:
        what += f". It is tried again in {_span(meaning.wait_s)} at the earliest"
    else:
        what += ". Nothing is sent any more until that is mended"
    return Outcome(target, address, meaning, seen.was_asked, seen.confirmed_by, within_s, what)


def _as_seen(seen: Seen) -> str:
    if not seen.was_asked:
        return ""
    proof = {
        BY_SERVERS: f", and {BY_SERVERS} show it",
        BY_PROVIDER: "; its interface shows it, its name servers not yet (or a proxy stands there)",
    }.get(seen.confirmed_by, ", but could not confirm it at its name servers")
    return proof + (f"; friends see it within {seen.within_s} s" if seen.within_s else "")


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min"
