"""The rest of the providers, through dns-lexicon, where that library is installed.

Only providers whose module there changes one record and leaves the others alone are let through:
some rewrite the whole zone. What it says of its own success is not believed; what it reads back is.
"""

import asyncio
import json
import sys
from collections.abc import Mapping
from typing import Any

from deploy.address.kinds import Family
from deploy.clone import Clone
from deploy.ddns.calls import TroubleError
from deploy.ddns.lexicon_child import MISSING, SEVERAL
from deploy.ddns.needs import LEXICON
from deploy.ddns.provider import Records
from deploy.ddns.secret import Secret
from deploy.ddns.target import Target
from deploy.ddns.words import (
    BAD_LOGIN,
    HOUR_S,
    Meaning,
    good,
    later,
    of_status,
    parked,
    unreachable,
)
from deploy.run import TIMED_OUT, Runner, run

LIST_S, CHANGE_S = 4.5, 9.0
PROBLEMS: Mapping[str, Meaning] = {
    MISSING: parked(
        "no-lexicon",
        "this provider needs the library dns-lexicon, which is not installed here: "
        ".venv/bin/pip install dns-lexicon",
    ),
    SEVERAL: parked("several", "the name has several records of this type: leave one"),
    "AuthenticationError": parked("AuthenticationError", BAD_LOGIN),
    "ConnectionError": unreachable("no connection"),
    "ConnectTimeout": unreachable("no answer in time"),
    "ReadTimeout": unreachable("no answer in time"),
}


class Lexicon:
    """A name at a provider that dns-lexicon serves. `target.provider` is "lexicon-NAME"."""

    refresh_s = 0.0

    def __init__(self, target: Target, secret: Secret, runner: Runner = run) -> None:
        self._target = target
        self._secret = secret
        self._run = runner

    async def read(self, family: Family) -> Records | None:
        """What the provider lists."""
        return await self._order("list", family, LIST_S)

    async def update(self, family: Family, address: str, keep: Mapping[Family, str]) -> Meaning:
        """Change or make the one record, and read it back."""
        del keep
        return await self._change("set", family, address)

    async def restore(
        self, family: Family, before: Records, keep: Mapping[Family, str]
    ) -> Meaning | None:
        """The former address with its TTL, or the record deleted."""
        if len(before.addresses) > 1:
            return None
        del keep
        if before.addresses:
            return await self._change("set", family, before.addresses[0], before.ttl)
        return await self._change("delete", family, "")

    async def _change(
        self, action: str, family: Family, address: str, ttl: int | None = None
    ) -> Meaning:
        try:
            records = await self._order(action, family, CHANGE_S, address, ttl)
        except TroubleError as trouble:
            return trouble.meaning
        if records.addresses != ((address,) if address else ()):
            return later("not-taken", "the provider took it, and lists something else", HOUR_S)
        return good()

    async def _order(
        self,
        action: str,
        family: Family,
        limit_s: float,
        address: str = "",
        ttl: int | None = None,
    ) -> Records:
        order = {
            "action": action,
            "provider": self._target.provider.removeprefix("lexicon-"),
            "hostname": self._target.hostname,
            "zone": self._target.zone,
            "record": family.record,
            "address": address,
            "ttl": ttl or self._target.ttl,
            "credentials": self._credentials(),
        }
        done = await asyncio.to_thread(
            self._run,
            [sys.executable, "-m", "deploy.ddns.lexicon_child"],
            timeout_s=limit_s,
            stdin=json.dumps(order).encode(),
            cwd=Clone.here().root,
        )
        if done.code == TIMED_OUT:
            raise TroubleError(unreachable(f"no answer within {limit_s:g} s"))
        return _records(done.out)

    def _credentials(self) -> dict[str, str]:
        """The library's names for the parts of the secret, which are joined by colons."""
        names = LEXICON[self._target.provider]
        return dict(zip(names, self._secret.reveal().split(":", len(names) - 1), strict=False))


def _records(said: str) -> Records:
    try:
        answer: Any = json.loads(said)
        if "problem" in answer:
            raise TroubleError(_meaning(str(answer["problem"]), answer.get("status")))
        listed = answer["records"]
        ttl = listed[0]["ttl"] if listed else None
        addresses = tuple(sorted(str(record["content"]) for record in listed))
    except (ValueError, KeyError, TypeError):
        raise TroubleError(later("unknown", "the library gave no answer", HOUR_S)) from None
    return Records(addresses, ttl if isinstance(ttl, int) else None)


def _meaning(problem: str, status: object) -> Meaning:
    by_status = of_status(status) if isinstance(status, int) else None
    known = PROBLEMS.get(problem)
    return known or by_status or later("unknown", f"the library failed ({problem})", HOUR_S)
