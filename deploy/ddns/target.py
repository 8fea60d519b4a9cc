"""Which record is kept up to date, where, and by which credentials: what the ledger remembers."""

from dataclasses import asdict, dataclass, replace

from deploy.address.kinds import Family
from deploy.ledger import JsonObject

KIND = "dns-record"  # of the change in the ledger


@dataclass(frozen=True)
class Target:
    """One record of one name. Never holds a secret: only the name of its file.

    Attributes:
        provider: a name of `providers.NAMES`.
        hostname: the public name, without the last dot.
        record: "A" or "AAAA".
        user: the account's name, or the name of the TSIG key, where there is one.
        server: where updates go, where the provider does not say it: a URL or HOST[:PORT].
        zone: the zone that holds the name, where it must be told.
        ttl: how long resolvers may remember the record, where we may say it.
        token_file: the file with the secret, relative to the clone; "" for the usual one.
    """

    provider: str
    hostname: str
    record: str = "A"
    user: str = ""
    server: str = ""
    zone: str = ""
    ttl: int = 60
    token_file: str = ""

    @property
    def family(self) -> Family:
        """Of the record."""
        return Family.of_record(self.record)

    def with_family(self, family: Family) -> "Target":
        """The same name's record of a family."""
        return replace(self, record=family.record)

    def as_json(self) -> JsonObject:
        """For the ledger."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: JsonObject) -> "Target":
        """What the ledger kept; keys of a newer version are passed over."""
        names = cls.__dataclass_fields__
        return cls(**{key: value for key, value in kept.items() if key in names})
