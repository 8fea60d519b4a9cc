"""Which records the host asked for: by options first, then by settings."""

from collections.abc import Mapping
from dataclasses import dataclass

from deploy.ddns.target import Target
from deploy.problem import USED_WRONGLY, Problem

PREFIX = "LANTERNHOLD_DEPLOY_DDNS_"
TTL_RANGE = range(20, 86401)


@dataclass(frozen=True)
class Asked:
    """What options say; "" and () where they say nothing."""

    provider: str = ""
    hostname: str = ""
    user: str = ""
    server: str = ""
    zone: str = ""
    records: tuple[str, ...] = ()
    token_file: str = ""


def targets(asked: Asked, given: Mapping[str, str], domain: str) -> list[Target]:
    """The targets, A before AAAA.

    Args:
        asked: the options.
        given: the settings that were set.
        domain: LANTERNHOLD_DOMAIN, which is the name unless another is told.

    Raises:
        Problem: a record or the TTL is none.
    """

    def choose(option: str, key: str) -> str:
        return option or given.get(PREFIX + key, "")

    listed = asked.records or tuple(given.get(PREFIX + "RECORDS", "A").replace(",", " ").split())
    records = sorted({record.upper() for record in listed})
    if not records:
        what = f"{PREFIX}RECORDS names no record."
        raise Problem(what, "A, AAAA, or both with a comma between", USED_WRONGLY)
    wrong = [record for record in records if record not in {"A", "AAAA"}]
    if wrong:
        raise Problem(f"{wrong[0]!r} is no record of an address.", "A, AAAA, or both", USED_WRONGLY)
    return [
        Target(
            provider=choose(asked.provider, "PROVIDER").lower(),
            hostname=choose(asked.hostname, "HOSTNAME").strip().rstrip(".").lower() or domain,
            record=record,
            user=choose(asked.user, "USER"),
            server=choose(asked.server, "SERVER"),
            zone=choose(asked.zone, "ZONE").rstrip("."),
            ttl=_ttl(given.get(PREFIX + "TTL", "60")),
            token_file=choose(asked.token_file, "TOKEN_FILE"),
        )
        for record in records
    ]


def _ttl(text: str) -> int:
    if text.isascii() and text.isdecimal() and int(text) in TTL_RANGE:
        return int(text)
    raise Problem(
        f"{PREFIX}TTL is {text!r}.",
        f"seconds from {TTL_RANGE.start} to {TTL_RANGE.stop - 1}; 60 is good",
        USED_WRONGLY,
    )
