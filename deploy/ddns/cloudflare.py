"""Cloudflare: PATCH of one field, so that proxying, TTL and comment stay as the owner set them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.address.kinds import Family
from deploy.ddns.calls import Answer, Caller, Request, TroubleError
from deploy.ddns.provider import Records
from deploy.ddns.secret import Secret
from deploy.ddns.target import Target
from deploy.ddns.words import BAD_LOGIN, HOUR_S, Meaning, good, later, parked, unchanged, unknown

API = "https://api.cloudflare.com"
ZONES = "/client/v4/zones"
SCOPE = "the token needs the permission Zone / DNS / Edit for this zone: " + BAD_LOGIN
SEVERAL = (
    "the name has several records of this type, and only their owner knows which to change: "
    "leave one"
)
ALIAS = "the name is an alias (CNAME), or has another record in the way: delete that one"
CODES: Mapping[int, Meaning] = {
    6003: parked("cloudflare-6003", BAD_LOGIN),
    6111: parked("cloudflare-6111", BAD_LOGIN),
    9103: parked("cloudflare-9103", BAD_LOGIN),
    9106: parked("cloudflare-9106", BAD_LOGIN),
    9109: parked("cloudflare-9109", SCOPE),
    10000: parked("cloudflare-10000", SCOPE),
    10001: parked("cloudflare-10001", SCOPE),
    7003: parked("cloudflare-7003", "Cloudflare knows no such zone: check the name"),
    81053: parked("cloudflare-81053", ALIAS),
    81054: parked("cloudflare-81054", ALIAS),
    81044: later("cloudflare-81044", "the record was deleted meanwhile", 60),
    81057: later("cloudflare-81057", "the record was made meanwhile", 60),
    81058: unchanged("cloudflare-81058"),
    971: later("cloudflare-971", "Cloudflare wants fewer updates", 5 * 60),
    10013: later("cloudflare-10013", "Cloudflare is out of order", 5 * 60),
}
"""Cloudflare's own numbers, as far as an update can meet them."""


@dataclass(frozen=True)
class _Held:
    """A record as Cloudflare holds it."""

    id: str
    address: str
    ttl: int | None
    is_proxied: bool


class Cloudflare:
    """A name in a zone at Cloudflare. The secret is an API token, never the account's key."""

    refresh_s = 0.0

    def __init__(self, target: Target, secret: Secret, caller: Caller | None = None) -> None:
        self._target = target
        self._secret = secret
        self._caller = caller or Caller()

    async def read(self, family: Family) -> Records | None:
        """What is there."""
        held = await self._held(await self._zone(), family)
        return Records(
            tuple(sorted(h.address for h in held)),
            held[0].ttl if held else None,
            is_hidden=any(h.is_proxied for h in held),
        )

    async def update(self, family: Family, address: str, keep: Mapping[Family, str]) -> Meaning:
        """Change the one record's address, or make the record."""
        del keep
        try:
            return await self._update(family, address)
        except TroubleError as trouble:
            return trouble.meaning

    async def _update(self, family: Family, address: str) -> Meaning:
        zone = await self._zone()
        held = await self._held(zone, family)
        if len(held) > 1:
            return parked("several", SEVERAL)
        if held and held[0].address == address:
            return unchanged()
        if held:
            await self._ask("PATCH", f"{ZONES}/{zone}/dns_records/{held[0].id}", content=address)
            return good()
        await self._ask(
            "POST",
            f"{ZONES}/{zone}/dns_records",
            type=family.record,
            name=self._target.hostname,
            content=address,
            ttl=max(self._target.ttl, 60),
            proxied=False,
        )
        return good()

    async def restore(
        self, family: Family, before: Records, keep: Mapping[Family, str]
    ) -> Meaning | None:
        """The former address by PATCH, or the record that we made deleted."""
        if len(before.addresses) > 1:
            return None
        if before.addresses:
            return await self.update(family, before.addresses[0], keep)
        try:
            zone = await self._zone()
            for held in await self._held(zone, family):
                await self._ask("DELETE", f"{ZONES}/{zone}/dns_records/{held.id}")
        except TroubleError as trouble:
            return trouble.meaning
        return good()

    async def _zone(self) -> str:
        """The id of the zone that holds the name: of the longest name that is a zone here."""
        labels = self._target.hostname.split(".")
        names = [".".join(labels[at:]) for at in range(len(labels) - 1)]
        for name in [self._target.zone] if self._target.zone else names:
            found = await self._list(ZONES, {"name": name})
            if found:
                return str(found[0].get("id"))
        raise TroubleError(parked("no-zone", "no zone of this token holds the name: " + SCOPE))

    async def _held(self, zone: str, family: Family) -> list[_Held]:
        wanted = {"type": family.record, "name": self._target.hostname}
        return [
            _Held(
                str(r.get("id")),
                str(r.get("content")),
                _whole(r.get("ttl")),
                r.get("proxied") is True,
            )
            for r in await self._list(f"{ZONES}/{zone}/dns_records", wanted)
        ]

    async def _list(self, path: str, parameters: Mapping[str, str]) -> Sequence[dict[str, Any]]:
        answer = await self._caller.send(
            Request("GET", self._url(path), params=parameters, headers=self._headers())
        )
        found = _result(answer)
        return [f for f in found if isinstance(f, dict)] if isinstance(found, list) else []

    async def _ask(self, method: str, path: str, **body: object) -> None:
        headers = self._headers()
        _result(
            await self._caller.send(
                Request(method, self._url(path), headers=headers, body=body or None)
            )
        )

    def _url(self, path: str) -> str:
        return (self._target.server or API).rstrip("/") + path

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._secret.reveal()}"}


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and value > 1 else None  # 1: Cloudflare chooses


def _result(answer: Answer) -> Any:
    """What an answer holds. TroubleError by its own number, else by its status."""
    said = answer.json()
    if said.get("success") is True:
        return said.get("result")
    errors = said.get("errors")
    for error in errors if isinstance(errors, list) else []:
        code = error.get("code") if isinstance(error, dict) else None
        if isinstance(code, int) and code in CODES:
            raise TroubleError(CODES[code])
    raise TroubleError(answer.by_status or later("unknown", unknown(answer.text).sentence, HOUR_S))
