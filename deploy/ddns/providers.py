"""Every provider by its name."""

from deploy.ddns.cloudflare import Cloudflare
from deploy.ddns.custom_url import CustomUrl
from deploy.ddns.desec import Desec
from deploy.ddns.duckdns import DuckDns
from deploy.ddns.engine import Engine
from deploy.ddns.lexicon import Lexicon
from deploy.ddns.needs import LEXICON
from deploy.ddns.provider import Provider
from deploy.ddns.records import RECORDS
from deploy.ddns.rfc2136 import Rfc2136
from deploy.ddns.secret import Secret
from deploy.ddns.target import Target


def make(target: Target, secret: Secret) -> Provider:
    """The provider of a target. The target was checked before."""
    if target.provider in RECORDS:
        return Engine(RECORDS[target.provider], target, secret)
    if target.provider in LEXICON:
        return Lexicon(target, secret)
    made: dict[str, type[DuckDns | Desec | Cloudflare | Rfc2136 | CustomUrl]] = {
        "duckdns": DuckDns,
        "desec": Desec,
        "cloudflare": Cloudflare,
        "rfc2136": Rfc2136,
        "custom-url": CustomUrl,
    }
    return made[target.provider](target, secret)
