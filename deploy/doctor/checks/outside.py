"""What somebody outside saw; from inside an open port may look closed, and never counts."""

from deploy.doctor.checks.router import HTTP, to_open
from deploy.doctor.engine import Check
from deploy.doctor.facts import Facts
from deploy.doctor.finding import Finding, fail, info, ok, unknown, warn

ASK = "Ask a friend to run ./lanternhold probe LINK, or look from a phone without Wi-Fi."
NOT_EXPECTED = "Nobody is expected from outside."
ANOTHER = {"certificate-name", "wrong-ca", "not-lanternhold"}
"""What a friend's probe says of a server that is certainly not this one."""
UNVERIFIED = {"untrusted", "tls"}
"""What it says of one that may be, and did not prove it."""


def isp_blocks_https(facts: Facts) -> Finding:
    """The router maps friends' port here, and still nothing arrives."""
    port = facts.wanted.public_port
    seen = facts.outside.ports.get(port, "")
    if seen == "silent" and facts.wanted.outside:
        return fail(
            f"TCP {port} is mapped here, but {facts.outside.by} knocked at "
            f"{_address(facts)}:{port} and nothing came through: the provider, or a "
            "filter on the way, blocks it.",
            f"Ask the provider to open TCP {port}, or map another port: ./lanternhold ports open "
            f"--https {8443 if port != 8443 else 50443}, and invite friends anew.",
        )
    return _seen(facts, port, seen)


def isp_blocks_http(facts: Facts) -> Finding:
    """Port 80 is only for the proof of the certificate, and 443 can give that too."""
    seen = facts.outside.ports.get(HTTP, "")
    if seen == "silent" and facts.wanted.outside and _is_mapped(facts, HTTP):
        evidence = (
            f"TCP 80 is mapped here, but {facts.outside.by} could not come in by it: the provider "
            "blocks it."
        )
        remedy = (
            "Prove the name by 443 alone: LANTERNHOLD_ACME_CHALLENGE=tls in .env, then "
            "./lanternhold down and up."
        )
        if facts.door.public_left_s is None:
            return fail(f"{evidence} Without it there is no certificate yet.", remedy)
        return warn(f"{evidence} Players use {facts.wanted.public_port} and do not notice.", remedy)
    return _seen(facts, HTTP, seen)


def port_closed(facts: Facts) -> Finding:
    """Refused from outside: somebody answers, and it is not our door."""
    port = facts.wanted.public_port
    if facts.outside.ports.get(port) == "closed" and facts.wanted.outside:
        return fail(
            f"From outside, {facts.outside.by} was refused at {_address(facts)}:{port}: the router "
            "does not hand it on to this computer.",
            to_open(facts),
        )
    return (
        ok("Nobody outside was refused.")
        if facts.outside.ports
        else unknown("Nobody outside has looked yet.", ASK)
    )


def somebody_else(facts: Facts) -> Finding:
    """Outside, another server answers in our place: often the router's own page."""
    outside = facts.outside
    if outside.friend in ANOTHER:
        return fail(
            f"A friend reached somebody, but not this server: {outside.friend_detail}",
            "Switch remote administration off on the router (it takes port "
            f"{facts.wanted.public_port}), and look whether the domain leads here.",
        )
    return (
        ok("Whoever looked met this server.")
        if outside.friend is not None
        else unknown("No friend has looked yet.", ASK)
    )


def unverified(facts: Facts) -> Finding:
    """A friend's computer does not trust what answered, whoever that is."""
    outside = facts.outside
    if outside.friend in UNVERIFIED:
        return fail(
            f"A friend's computer could not verify the server: {outside.friend_detail}",
            "If LANTERNHOLD_ACME_CA in .env names an authority for tests, remove it, then "
            "./lanternhold up. Else have the friend try from another network: an antivirus or a "
            "filter may read along there.",
        )
    return (
        ok("Whoever looked could verify the server.")
        if outside.friend is not None
        else unknown("No friend has looked yet.", ASK)
    )


def hairpin_missing(facts: Facts) -> Finding:
    """From inside, the public address leads back only where the router does hairpin NAT."""
    inside = facts.outside.inside
    if not inside:
        return unknown("It was not tried to come in by the public address from inside.")
    if facts.outside.inside_is_us:
        return ok("From inside, the public address leads here too.")
    return info(
        "From inside the house the public address does not lead here: the router has no hairpin "
        "NAT. That says nothing about friends outside, and the invite holds the address at home.",
        "In the house, open the page at "
        f"https://{facts.lan.address}:{facts.wanted.https_port}; the game finds its way by itself.",
    )


def proof(facts: Facts) -> Finding:
    """Whether anybody was seen to come in from outside."""
    outside = facts.outside
    if not facts.wanted.outside:
        return info(NOT_EXPECTED)
    if outside.friend == "":
        return ok("A friend outside has joined and played.")
    if outside.friend is not None:
        return fail(f"A friend could not join: {outside.friend_detail}", ASK)
    if outside.ports.get(facts.wanted.public_port) == "open":
        by = f"{outside.by[:1].upper()}{outside.by[1:]}"
        return info(
            f"{by} came in at port {facts.wanted.public_port}. No friend has tried to join.", ASK
        )
    return unknown("Could not confirm that a friend outside can join: nobody has tried.", ASK)


def _seen(facts: Facts, port: int, seen: str) -> Finding:
    if not facts.wanted.outside:
        return info(NOT_EXPECTED)
    if seen == "open":
        return ok(f"TCP {port} is open from outside, as {facts.outside.by} saw.")
    return unknown(f"Could not confirm from here whether TCP {port} is open from outside.", ASK)


def _is_mapped(facts: Facts, port: int) -> bool:
    return port in facts.wanted.mappings or facts.router.table.get(port) is not None


def _address(facts: Facts) -> str:
    return facts.public.v4 or "the public address"


OPEN = (
    *(
        "no-network",
        "vpn",
        "no-internet",
        "cgnat",
        "ds-lite",
        "double-nat",
        "router-no-upnp",
        "local-ip-changed",
    ),
    *("mapping-conflict", "mapping-lost", "mapping-missing", "mapping-wrong-port"),
    *("firewall-blocks", "server-not-running"),
)
NAMED = ("dns-servers-down", "dns-no-record", "dns-stale", "dns-aaaa-wrong")
CHECKS = (
    Check("port-closed", "outside", OPEN, port_closed),
    Check("isp-blocks-443", "outside", (*OPEN, "port-closed"), isp_blocks_https),
    Check("isp-blocks-80", "outside", (*OPEN, "port-closed", "isp-blocks-443"), isp_blocks_http),
    Check("somebody-else-answers", "outside", (*OPEN, *NAMED, "isp-blocks-443"), somebody_else),
    Check("hairpin-missing", "router", (*OPEN, "isp-blocks-443"), hairpin_missing),
)
PROOF = (
    Check(
        "certificate-untrusted",
        "outside",
        (*OPEN, *NAMED, "isp-blocks-443", "certificate-expired", "certificate-pending"),
        unverified,
    ),
    Check(
        "friend-can-join",
        "outside",
        (
            *(*OPEN, *NAMED, "port-closed", "isp-blocks-443", "somebody-else-answers"),
            *("certificate-untrusted", "certificate-expired", "certificate-pending"),
            *("tick-stuck", "version-mismatch"),
        ),
        proof,
    ),
)
