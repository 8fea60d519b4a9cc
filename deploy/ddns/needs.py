"""What each provider needs to be told; light, since every command's help names the providers."""

from dataclasses import dataclass

from deploy.address.hosts import host_and_port, is_name, is_private_enough
from deploy.ddns.target import Target
from deploy.problem import USED_WRONGLY, Problem

DUCK = ".duckdns.org"


@dataclass(frozen=True)
class Need:
    """What a provider must be told.

    Attributes:
        title: as people know it.
        secret: what its secret is, for the prompt.
        user: what the user name is, or "" where there is none.
        server: whether the host must say where updates go.
    """

    title: str
    secret: str
    user: str = ""
    server: bool = False


NEEDS: dict[str, Need] = {
    "duckdns": Need("DuckDNS", "the token of your account"),
    "desec": Need("deSEC", "a token (not your password)"),
    "cloudflare": Need("Cloudflare", "an API token with Zone / DNS / Edit"),
    "noip": Need("No-IP", "the password of the DDNS key", user="the name of the DDNS key"),
    "dynu": Need("Dynu", "the IP update password", user="your user name"),
    "dynv6": Need("dynv6", "the HTTP token of the zone"),
    "ovh": Need("OVH DynHost", "the DynHost password", user="the DynHost login"),
    "strato": Need("Strato", "the DynDNS password", user="the domain"),
    "dyndns2": Need("a dyndns2 service", "the password", user="the user name", server=True),
    "rfc2136": Need(
        "a name server (RFC 2136)",
        "the TSIG secret, as BASE64 or ALGORITHM:BASE64",
        user="the name of the TSIG key",
        server=True,
    ),
    "custom-url": Need("a page of your own", "the page's whole address with {ip} in it"),
}
LEXICON = {
    "lexicon-digitalocean": ("auth_token",),
    "lexicon-gandi": ("auth_token",),
    "lexicon-hetzner": ("auth_token",),
    "lexicon-porkbun": ("auth_key", "auth_secret"),
}
"""Providers reached through dns-lexicon, with the library's names for the parts of their secret."""
NEEDS |= {
    "lexicon-digitalocean": Need("DigitalOcean", "an API token"),
    "lexicon-gandi": Need("Gandi", "a personal access token"),
    "lexicon-hetzner": Need("Hetzner", "an API token"),
    "lexicon-porkbun": Need("Porkbun", "APIKEY:SECRETAPIKEY"),
}
NAMES = tuple(NEEDS)
SERVED = (DUCK, ".dedyn.io", ".ddns.net", ".dynv6.net")


def is_served(name: str) -> bool:
    """Whether a name is one that a provider gave away, so that it may follow its owner."""
    return name.strip().rstrip(".").lower().endswith(SERVED)


def check(target: Target, *, in_docker: bool = False) -> None:
    """Whether a target says all that its provider needs.

    Args:
        target: which.
        in_docker: the keeper is a container, which has no dns-lexicon.

    Raises:
        Problem: with every fault there is.
    """
    faults = list(_faults(target))
    if faults:
        remedy = "docs/reference/ddns-providers.md says what each provider needs"
        raise Problem("\n".join(faults), remedy, USED_WRONGLY)
    if in_docker and target.provider in LEXICON:
        raise Problem(
            f"{NEEDS[target.provider].title} works only through dns-lexicon, which the keeper's "
            "container does not have, so nobody would keep the name.",
            "./lanternhold up --mode embedded, or a name at another provider",
            USED_WRONGLY,
        )


def _faults(target: Target) -> list[str]:
    if not target.provider:
        return [f"No provider of dynamic DNS is chosen. There are: {', '.join(NAMES)}."]
    need = NEEDS.get(target.provider)
    if need is None:
        return [f"{target.provider!r} is no provider that we know: {', '.join(NAMES)}."]
    faults = []
    if not target.hostname:
        faults.append("The public name is missing: --hostname, or LANTERNHOLD_DOMAIN.")
    elif not is_name(target.hostname):
        faults.append(f"{target.hostname!r} is no name such as play.example.org.")
    if target.provider == "duckdns" and target.hostname and not _is_duck(target.hostname):
        faults.append(f"A name at DuckDNS looks like NAME{DUCK}, not {target.hostname}.")
    if need.user and not target.user:
        faults.append(f"{need.title} needs a user (--user): {need.user}.")
    if need.server and not target.server:
        faults.append(f"{need.title} needs a server (--server): where updates go.")
    return faults + _server_faults(target)


def _is_duck(hostname: str) -> bool:
    return hostname.endswith(DUCK) and "." not in hostname.removesuffix(DUCK)


def _server_faults(target: Target) -> list[str]:
    if not target.server:
        return []
    if target.provider == "rfc2136":
        return _no_host(target.server)
    if "@" in target.server:
        return ["The server may hold no user and no password: they have places of their own."]
    if not is_private_enough(target.server):
        what = "must begin with https://, or the secret could be read on the way"
        return [f"The server {target.server!r} {what}."]
    return []


def _no_host(text: str) -> list[str]:
    try:
        host_and_port(text, 53)
    except ValueError:
        return [f"The server {text!r} is no HOST or HOST:PORT."]
    return []
