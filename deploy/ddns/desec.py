"""deSEC: updates by its dynDNS page, reading and undoing by its REST interface.

A family that an update does not name is deleted there, so the other one is always `preserve`.
"""

from collections.abc import Mapping
from urllib.parse import quote

from deploy.address.kinds import Family
from deploy.ddns.calls import Answer, Caller, Request, TroubleError
from deploy.ddns.engine import read_answer
from deploy.ddns.provider import Records
from deploy.ddns.secret import Secret
from deploy.ddns.target import Target
from deploy.ddns.words import NO_SUCH_NAME, Meaning, good, parked, unknown

UPDATE = "https://update.dedyn.io"
REST = "https://desec.io"
PARAMETERS = {Family.V4: "myipv4", Family.V6: "myipv6"}
WORDS = {"good": good(), "nohost": parked("nohost", NO_SUCH_NAME)}
TTL_S = 60
OK, NOT_FOUND = 200, 404


class Desec:
    """A name at deSEC. The secret is a token, used for both interfaces."""

    refresh_s = 0.0

    def __init__(self, target: Target, secret: Secret, caller: Caller | None = None) -> None:
        self._target = target
        self._secret = secret
        self._caller = caller or Caller()

    async def update(self, family: Family, address: str, keep: Mapping[Family, str]) -> Meaning:
        """One request; the other family stays whatever it is."""
        del keep
        other = PARAMETERS[Family.V6 if family is Family.V4 else Family.V4]
        sent = {
            "hostname": self._target.hostname,
            PARAMETERS[family]: address,
            other: "preserve",
        }
        try:
            answer = await self._caller.get(
                self._target.server or UPDATE, params=sent, headers=self._headers()
            )
        except TroubleError as trouble:
            return trouble.meaning
        return read_answer(answer, WORDS, address)

    async def read(self, family: Family) -> Records | None:
        """The record set as deSEC holds it."""
        answer = await self._rest("GET", await self._path(family))
        if answer.status == NOT_FOUND:
            return Records()
        said = _fine(answer).json()
        held = said.get("records")
        if not isinstance(held, list):
            raise TroubleError(unknown(answer.text))
        ttl = said.get("ttl")
        return Records(tuple(sorted(str(r) for r in held)), ttl if isinstance(ttl, int) else None)

    async def restore(
        self, family: Family, before: Records, keep: Mapping[Family, str]
    ) -> Meaning | None:
        """The former record set, or none."""
        del keep
        try:
            path = await self._path(family)
            if before.addresses:
                body = {"records": list(before.addresses), "ttl": before.ttl or TTL_S}
                _fine(await self._rest("PATCH", path, body))
            else:
                _fine(await self._rest("DELETE", path))
        except TroubleError as trouble:
            return trouble.meaning
        return good()

    async def _path(self, family: Family) -> str:
        domain = await self._domain()
        hostname = self._target.hostname
        subname = hostname.removesuffix(domain).rstrip(".") or "@"
        return f"/api/v1/domains/{quote(domain)}/rrsets/{quote(subname)}/{family.record}/"

    async def _domain(self) -> str:
        """The domain of the account that holds the name."""
        if self._target.zone:
            return self._target.zone
        owns = f"/api/v1/domains/?owns_qname={quote(self._target.hostname)}"
        found = [str(d.get("name")) for d in _fine(await self._rest("GET", owns)).json_list()]
        if len(found) != 1:
            raise TroubleError(parked("nohost", NO_SUCH_NAME))
        return found[0]

    async def _rest(self, method: str, path: str, body: object = None) -> Answer:
        base = self._target.server or REST
        return await self._caller.send(
            Request(method, base.rstrip("/") + path, headers=self._headers(), body=body)
        )

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Token {self._secret.reveal()}"}


def _fine(answer: Answer) -> Answer:
    if answer.by_status:
        raise TroubleError(answer.by_status)
    return answer
