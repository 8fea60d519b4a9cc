"""DuckDNS: the token travels in the address of the page, so no address may be shown anywhere."""

from collections.abc import Mapping

from deploy.address.kinds import Family
from deploy.ddns.calls import Answer, Caller, TroubleError
from deploy.ddns.needs import DUCK
from deploy.ddns.provider import Records
from deploy.ddns.secret import Secret
from deploy.ddns.target import Target
from deploy.ddns.words import HOUR_S, Meaning, good, later, parked, unchanged, unknown

URL = "https://www.duckdns.org/update"
REFUSED = (
    "DuckDNS refuses: it does not say whether the token or the name is wrong. "
    "Copy the token from its page again, and check that the name is in that account"
)


class DuckDns:
    """A name at DuckDNS."""

    refresh_s = 0.0

    def __init__(self, target: Target, secret: Secret, caller: Caller | None = None) -> None:
        self._target = target
        self._secret = secret
        self._caller = caller or Caller()

    async def read(self, family: Family) -> Records | None:
        """None: DuckDNS only writes."""
        del family
        return None

    async def update(self, family: Family, address: str, keep: Mapping[Family, str]) -> Meaning:
        """`ip` takes either family and leaves the other alone; `ipv6` would not."""
        del family, keep
        return await self._send({"ip": address}, address)

    async def restore(
        self, family: Family, before: Records, keep: Mapping[Family, str]
    ) -> Meaning | None:
        """The former address; nothing at all only for both families at once."""
        if len(before.addresses) == 1:
            return await self.update(family, before.addresses[0], keep)
        if before.addresses or keep:
            return None
        return await self._send({"clear": "true"}, "")

    async def _send(self, what: Mapping[str, str], address: str) -> Meaning:
        sent = {
            "domains": self._target.hostname.removesuffix(DUCK),
            "token": self._secret.reveal(),
            "verbose": "true",
            **what,
        }
        try:
            answer = await self._caller.get(self._target.server or URL, params=sent)
        except TroubleError as trouble:
            return trouble.meaning
        return read_answer(answer, address)


def read_answer(answer: Answer, sent: str) -> Meaning:
    """OK, the two addresses, and UPDATED or NOCHANGE, a line each; or KO."""
    words = answer.text.split()
    if answer.by_status:
        return answer.by_status
    if words[:1] == ["KO"]:
        return parked("KO", REFUSED)
    if words[:1] != ["OK"]:
        return unknown(answer.text)
    if sent and len(words) > 1 and sent not in words:
        return later("other-address", "DuckDNS has set another address than ours", HOUR_S)
    return unchanged("NOCHANGE") if words[-1] == "NOCHANGE" else good("OK")
