"""What providers answer, word by word, and what each word means for us.

There are four meanings. GOOD and UNCHANGED: it is so. LATER: the provider's trouble or the line's;
we try again, not before `wait_s`. PARKED: asking again cannot help and would get the host banned;
nothing is sent any more until a person changes something.
"""

from dataclasses import dataclass
from enum import StrEnum

MINUTE_S, HOUR_S = 60.0, 3600.0


class Sort(StrEnum):
    """The four meanings."""

    GOOD = "good"
    UNCHANGED = "unchanged"
    LATER = "later"
    PARKED = "parked"


@dataclass(frozen=True)
class Meaning:
    """What an answer means.

    Attributes:
        sort: which of the four.
        word: the provider's word, of a small known set: fit for a metric.
        sentence: for a person; what to do where something is to be done.
        wait_s: with LATER, the earliest next try; longer each time that it fails again.
        most_wait_s: the longest that it may become.
    """

    sort: Sort
    word: str
    sentence: str
    wait_s: float = 0.0
    most_wait_s: float = 6 * HOUR_S

    @property
    def is_fine(self) -> bool:
        """Whether the provider says that the record is as wanted."""
        return self.sort in {Sort.GOOD, Sort.UNCHANGED}


def good(word: str = "good") -> Meaning:
    """The record was changed."""
    return Meaning(Sort.GOOD, word, "the provider has taken the address")


def unchanged(word: str = "nochg") -> Meaning:
    """The record was so already."""
    return Meaning(Sort.UNCHANGED, word, "the provider had this address already")


def later(word: str, sentence: str, wait_s: float) -> Meaning:
    """It did not work, and may work by itself."""
    return Meaning(Sort.LATER, word, sentence, wait_s)


def parked(word: str, sentence: str) -> Meaning:
    """It will not work until a person acts."""
    return Meaning(Sort.PARKED, word, sentence)


BAD_LOGIN = "the provider refuses these credentials: make new ones on its page and give them again"
NO_SUCH_NAME = "the provider knows no such name in this account: check the name, or create it there"

DYNDNS2: dict[str, Meaning] = {
    meaning.word: meaning
    for meaning in (
        good(),
        unchanged(),
        parked("badauth", BAD_LOGIN),
        parked("nohost", NO_SUCH_NAME),
        parked("!yours", "this name belongs to another account of the provider: use your own"),
        parked("notfqdn", "the provider takes only a complete name such as play.example.org"),
        parked("numhost", "the provider takes one address for this name, not several names or one"
               " shared by others: check the name"),
        parked("!donator", "the provider wants a paid account for this: use another account or"
               " another provider"),
        parked("!active", "the provider has not activated this name: activate it on its page"),
        parked("abuse", "the provider has blocked this name for too many updates: unblock it on its"
               " page, and end any other updater for the same name"),
        parked("badagent", "the provider has blocked this program: ask its support"),
        parked("badsys", "the provider does not know this way of updating: choose another provider"
               " setting"),
        parked("badparam", "the provider does not understand the update: check name and settings"),
        later("dnserr", "the provider's own DNS has a fault", 30 * MINUTE_S),
        later("911", "the provider is out of order", 30 * MINUTE_S),
        later("servererror", "the provider is out of order", 10 * MINUTE_S),
    )
}  # fmt: skip
"""The words of the dyndns2 protocol, with those that single providers added."""

UNKNOWN_WAIT_S = HOUR_S


def unknown(text: str) -> Meaning:
    """An answer that is in no table: a page of a hotel's Wi-Fi, or a provider with new words."""
    what = "with words that we do not know" if text.strip() else "with nothing at all"
    return later("unknown", f"the provider answered {what}", UNKNOWN_WAIT_S)


def of_status(status: int, retry_after: str = "") -> Meaning | None:
    """What an HTTP status means by itself; None for one that leaves it to the text."""
    if status < 300:
        return None
    word = f"http-{status}"
    if status >= 500:
        return later(word, "the provider is out of order", 5 * MINUTE_S)
    if status == 429:
        return later(word, "the provider wants fewer updates", _told_wait(retry_after))
    if status < 400:
        what = "the provider, or a page in between, sends us elsewhere"
        return later(word, what, HOUR_S)
    refused = {401: BAD_LOGIN, 403: BAD_LOGIN, 404: NO_SUCH_NAME, 410: NO_SUCH_NAME}
    what = "the provider does not understand the update: check name and settings"
    return parked(word, refused.get(status, what))


def _told_wait(retry_after: str) -> float:
    """Seconds of a Retry-After, within reason."""
    if not (retry_after.isascii() and retry_after.isdecimal() and len(retry_after) < 9):
        return 15 * MINUTE_S
    return min(max(float(retry_after), MINUTE_S), 24 * HOUR_S)


SILENCE = "silence"


def unreachable(how: str) -> Meaning:
    """Nobody answered: the line is down, or the provider is.

    Only the line's own speed counts here: nobody is bothered by questions that do not arrive, and
    after an outage of hours the name must follow within seconds.
    """
    what = f"the provider cannot be reached ({how})"
    return Meaning(Sort.LATER, SILENCE, what, wait_s=2.0, most_wait_s=2 * MINUTE_S)
