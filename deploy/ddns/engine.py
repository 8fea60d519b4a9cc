"""The one engine for all that speak dyndns2: a record says what each of them wants."""

import ipaddress
import re
from base64 import b64encode
from collections.abc import Mapping

from deploy.address.kinds import Family
from deploy.ddns.calls import Answer, Caller, TroubleError
from deploy.ddns.provider import Records
from deploy.ddns.records import Login, Record
from deploy.ddns.secret import Secret
from deploy.ddns.target import Target
from deploy.ddns.words import HOUR_S, Meaning, later, parked, unknown

IGNORED = "127.0.0.1"  # "good 127.0.0.1": the old way to say that the program is banned


class Engine:
    """A dyndns2 provider."""

    def __init__(
        self, record: Record, target: Target, secret: Secret, caller: Caller | None = None
    ) -> None:
        self._record = record
        self._target = target
        self._secret = secret
        self._caller = caller or Caller()
        self.refresh_s = record.refresh_s

    async def read(self, family: Family) -> Records | None:
        """None: the protocol only writes."""
        del family
        return None

    async def update(self, family: Family, address: str, keep: Mapping[Family, str]) -> Meaning:
        """One request, for this family alone."""
        return await self._send(family, address, keep)

    async def restore(
        self, family: Family, before: Records, keep: Mapping[Family, str]
    ) -> Meaning | None:
        """The former address is an update; none at all only where a word removes it."""
        former = before.addresses[0] if len(before.addresses) == 1 else ""
        value = former or (self._record.remove if not before.addresses else "")
        return await self._send(family, value, keep) if value else None

    async def _send(self, family: Family, value: str, keep: Mapping[Family, str]) -> Meaning:
        try:
            answer = await self._caller.get(
                self._target.server or self._record.url,
                params=self._parameters(family, value, keep),
                headers=self._headers(),
            )
        except TroubleError as trouble:
            return trouble.meaning
        return read_answer(answer, self._record.words, value)

    def _parameters(self, family: Family, value: str, keep: Mapping[Family, str]) -> dict[str, str]:
        record = self._record
        sent = {record.host: self._target.hostname, **record.extra}
        if record.login is Login.PARAMETER:
            sent["token"] = self._secret.reveal()
        other = Family.V6 if family is Family.V4 else Family.V4
        if record.together:
            both = {**keep, family: value}
            sent[record.parameters[family]] = ",".join(both[f] for f in sorted(both))
            return sent
        sent[record.parameters[family]] = value
        if record.leave is not None:
            sent[record.parameters[other]] = record.leave
        return sent

    def _headers(self) -> dict[str, str]:
        if self._record.login is Login.BASIC:
            pair = f"{self._target.user}:{self._secret.reveal()}".encode()
            return {"Authorization": f"Basic {b64encode(pair).decode()}"}
        if self._record.login is Login.HEADER:
            return {"Authorization": f"Token {self._secret.reveal()}"}
        return {}


def read_answer(answer: Answer, words: Mapping[str, Meaning], sent: str) -> Meaning:
    """What an answer to one name means: its first known word, else its status.

    A word counts before the status: `badauth` comes with 200, 401 or 403, as it pleases.
    """
    lines = [line.strip() for line in answer.text.splitlines() if line.strip()]
    line = lines[0].lower() if lines else ""
    word = next((w for w in sorted(words, key=len, reverse=True) if _begins(line, w)), None)
    by_status = answer.by_status
    if word is None or (by_status and words[word].is_fine):
        return by_status or unknown(answer.text)
    meaning = words[word]
    return _of_other_address(line, sent) or meaning if meaning.is_fine else meaning


def _begins(line: str, word: str) -> bool:
    return line == word or line.startswith((f"{word} ", f"{word},", f"{word}:"))


def _of_other_address(line: str, sent: str) -> Meaning | None:
    """`good` with an address that we did not send is no success."""
    said = [text for text in re.split(r"[\s,]+", line) if _address(text)]
    if not said or _address(sent) is None or any(_address(s) == _address(sent) for s in said):
        return None
    if IGNORED in said:
        return parked("badagent", "the provider ignores this program: ask its support")
    return later("other-address", "the provider has set another address than ours", HOUR_S)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
