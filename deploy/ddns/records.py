"""The providers that speak dyndns2 or something near it, each in one record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from deploy.address.kinds import Family
from deploy.ddns.words import DYNDNS2, MINUTE_S, Meaning, good, later, unchanged

DAY_S = 86400.0


class Login(StrEnum):
    """How the secret travels."""

    BASIC = "basic"  # user and password, in the header
    HEADER = "header"  # Authorization: Token ..., in the header
    PARAMETER = "parameter"  # token=..., in the address


@dataclass(frozen=True)
class Record:
    """How one provider takes an update.

    Attributes:
        name: as in the settings.
        title: as people know it.
        url: where updates go; "" when the host must tell it.
        parameters: the name of the parameter for each family.
        login: how the secret travels.
        host: the name of the parameter for the name.
        extra: parameters that are always sent.
        leave: the value that leaves the other family alone; None: leaving it out does that.
        together: both families go into one parameter, so the other one must be sent along.
        remove: the value that removes a record; "" when there is none.
        words: what it answers; longer phrases are found before shorter ones.
        refresh_s: names that are not refreshed for long are given away; 0: they are not.
    """

    name: str
    title: str
    url: str
    parameters: Mapping[Family, str]
    login: Login = Login.BASIC
    host: str = "hostname"
    extra: Mapping[str, str] = field(default_factory=dict)
    leave: str | None = None
    together: bool = False
    remove: str = ""
    words: Mapping[str, Meaning] = field(default_factory=lambda: DYNDNS2)
    refresh_s: float = 25 * DAY_S


MYIP = {Family.V4: "myip", Family.V6: "myip"}

NO_IP = Record("noip", "No-IP", "https://dynupdate.no-ip.com/nic/update", MYIP, together=True)
DYNU = Record(
    "dynu",
    "Dynu",
    "https://api.dynu.com/nic/update",
    {Family.V4: "myip", Family.V6: "myipv6"},
    leave="no",
    words=DYNDNS2 | {"911": later("911", "the provider is out of order", 10 * MINUTE_S)},
)
DYNV6 = Record(
    "dynv6",
    "dynv6",
    "https://dynv6.com/api/update",
    {Family.V4: "ipv4", Family.V6: "ipv6"},
    login=Login.PARAMETER,
    host="zone",
    remove="-",
    words={
        "addresses updated": good("addresses updated"),
        "addresses unchanged": unchanged("addresses unchanged"),
    },
    refresh_s=0,
)
OVH = Record(
    "ovh",
    "OVH DynHost",
    "https://www.ovh.com/nic/update",
    MYIP,
    extra={"system": "dyndns"},
    refresh_s=0,
)
STRATO = Record(
    "strato",
    "Strato",
    "https://dyndns.strato.com/nic/update",
    MYIP,
    together=True,
    refresh_s=0,
)
DYNDNS2_CUSTOM = Record("dyndns2", "a dyndns2 service", "", MYIP, together=True, refresh_s=0)

RECORDS = {record.name: record for record in (NO_IP, DYNU, DYNV6, OVH, STRATO, DYNDNS2_CUSTOM)}
