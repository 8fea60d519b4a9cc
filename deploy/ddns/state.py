"""What the updater remembers: above all, that it must not ask again.

One file for each record, 0600, replaced whole. It survives restarts: a provider that has banned us
for asking too often must not be asked by every restart. A parked record stays parked until what
the host configured changes, the token included, or the host unparks it.
"""

import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path

import msgspec

from deploy.address.kinds import Family
from deploy.clone import Clone, write_private
from deploy.ddns.secret import Secret
from deploy.ddns.target import Target
from deploy.ddns.words import Meaning, Sort


class Memory(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """What is remembered of one record. Times are seconds since 1970; 0: never.

    Attributes:
        salt, mark: tell whether the configuration is still the same, without holding the token.
        address: what was last published, and known to be taken.
        changed_at: when it was published.
        succeeded_at: when the provider or its servers last had it as wanted.
        tried_at: when the provider was last told.
        told: the address it was last told.
        sort, word, sentence: the last answer.
        refused_at: when the last answer was one to wait after.
        wait_until: nothing is sent before.
        failures: answers LATER in a row.
    """

    salt: str = ""
    mark: str = ""
    address: str = ""
    changed_at: float = 0.0
    succeeded_at: float = 0.0
    tried_at: float = 0.0
    told: str = ""
    sort: str = ""
    word: str = ""
    sentence: str = ""
    refused_at: float = 0.0
    wait_until: float = 0.0
    failures: int = 0

    @property
    def is_parked(self) -> bool:
        """Whether nothing may be sent until a person acts."""
        return self.sort == Sort.PARKED

    def waits_s(self, now: float) -> float:
        """How long nothing may be sent yet. A clock that was set back since begins anew."""
        return max(0.0, self.wait_until - now) if now >= self.refused_at else 0.0

    @property
    def meaning(self) -> Meaning | None:
        """The last answer, or None before the first."""
        return Meaning(Sort(self.sort), self.word, self.sentence) if self.sort else None


@dataclass(frozen=True)
class Notebook:
    """The memory of one record on disk."""

    path: Path

    @classmethod
    def of(cls, clone: Clone, target: Target) -> "Notebook":
        """The memory of a record of this clone."""
        return cls(clone.state / "ddns" / f"{target.hostname}.{target.record}.json")

    def beside(self, family: Family) -> "Notebook":
        """The memory of the same name's record of another family."""
        name = self.path.name.removesuffix(".json").rpartition(".")[0]
        return Notebook(self.path.with_name(f"{name}.{family.record}.json"))

    def read(self) -> Memory:
        """What is remembered; nothing when there is no file, or a broken one."""
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=Memory)
        except (OSError, msgspec.DecodeError):
            return Memory()

    def write(self, memory: Memory) -> None:
        """Remember."""
        write_private(self.path, msgspec.json.encode(memory).decode() + "\n")

    def forget(self) -> None:
        """After an undo nothing of the record is left."""
        self.path.unlink(missing_ok=True)

    def current(self, target: Target, secret: Secret) -> Memory:
        """What is remembered of this very configuration: another one begins unparked."""
        memory = self.read()
        if memory.salt and hmac.compare_digest(_mark(memory.salt, target, secret), memory.mark):
            return memory
        salt = secrets.token_hex(16)
        return msgspec.structs.replace(
            memory,
            salt=salt,
            mark=_mark(salt, target, secret),
            **_CALM,
        )

    def unpark(self) -> None:
        """A person has mended it, or says so: ask again."""
        if self.path.exists():
            self.write(msgspec.structs.replace(self.read(), **_CALM))


_CALM = {"sort": "", "word": "", "sentence": "", "wait_until": 0.0, "failures": 0, "told": ""}


def _mark(salt: str, target: Target, secret: Secret) -> str:
    """A digest of all that a person can configure. Whoever reads it can read the token itself."""
    told = msgspec.json.encode({**target.as_json(), "secret": secret.reveal()})
    return hmac.new(bytes.fromhex(salt), told, "sha256").hexdigest()
