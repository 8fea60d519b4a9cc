"""A page of the host's own choice that is opened with the address in it.

The page's address is the secret, since most of them carry one: it stands in the token file.
It may hold {ip}, {ipv4}, {ipv6} and {hostname}.
"""

from collections.abc import Mapping
from urllib.parse import quote

from deploy.address.hosts import is_private_enough
from deploy.address.kinds import Family
from deploy.ddns.calls import Answer, Caller, TroubleError
from deploy.ddns.provider import Records
from deploy.ddns.secret import Secret
from deploy.ddns.target import Target
from deploy.ddns.words import DYNDNS2, Meaning, good, parked

PLACES = ("{ip}", "{ipv4}", "{ipv6}")
SENT = "the page was opened; what it says is not understood, so the name itself is looked at"
NO_PLACE = "the page's address names no {ip}, {ipv4} or {ipv6}: add one to the token file"
NOT_SAFE = "the page's address must begin with https://, since it carries a secret"


class CustomUrl:
    """A page that updates the name. Whether it did is seen in DNS."""

    refresh_s = 0.0

    def __init__(self, target: Target, secret: Secret, caller: Caller | None = None) -> None:
        self._target = target
        self._secret = secret
        self._caller = caller or Caller()

    async def read(self, family: Family) -> Records | None:
        """None: the page only writes."""
        del family
        return None

    async def update(self, family: Family, address: str, keep: Mapping[Family, str]) -> Meaning:
        """Open the page once."""
        pattern = self._secret.reveal()
        if not is_private_enough(pattern.partition("{")[0]):
            return parked("badurl", NOT_SAFE)
        if not any(place in pattern for place in PLACES):
            return parked("badurl", NO_PLACE)
        known = {**keep, family: address}
        url = (
            pattern.replace("{ip}", quote(address, safe=""))
            .replace("{ipv4}", quote(known.get(Family.V4, ""), safe=""))
            .replace("{ipv6}", quote(known.get(Family.V6, ""), safe=""))
            .replace("{hostname}", quote(self._target.hostname, safe=""))
        )
        try:
            return read_answer(await self._caller.get(url))
        except TroubleError as trouble:
            return trouble.meaning

    async def restore(
        self, family: Family, before: Records, keep: Mapping[Family, str]
    ) -> Meaning | None:
        """The former address; a page cannot be asked to remove one."""
        if len(before.addresses) != 1:
            return None
        return await self.update(family, before.addresses[0], keep)


def read_answer(answer: Answer) -> Meaning:
    """A status first; then a known word of refusal; everything else is settled by looking."""
    if answer.by_status:
        return answer.by_status
    words = answer.text.split()
    known = DYNDNS2.get(words[0].lower()) if words else None
    if words[:1] == ["KO"]:
        return parked("KO", "the page refuses: check its address and the account")
    return known or Meaning(good().sort, "opened", SENT)
