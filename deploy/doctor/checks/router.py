"""The router and whoever stands above it: whether a port can lead here at all."""

from collections.abc import Callable

from deploy.address.kinds import Kind
from deploy.doctor.engine import Check
from deploy.doctor.facts import Facts, Held
from deploy.doctor.finding import Finding, fail, info, ok, unknown, warn
from deploy.ports.refusing import told

Judge = Callable[[Facts], Finding]
ABOVE = ("no-network", "vpn", "no-internet")
NAT = (*ABOVE, "cgnat", "ds-lite", "double-nat")
HTTPS, HTTP = 443, 80


def to_open(facts: Facts) -> str:
    """The command that opens the port by which friends come."""
    port = facts.wanted.public_port
    return "./lanternhold ports open" + (f" --https {port}" if port != HTTPS else "")


def by_ipv6_only(facts: Facts) -> bool:
    """Whether the host has chosen to let friends in by IPv6 alone: only a right AAAA record."""
    names, own = facts.names, facts.lan.address6
    return bool(facts.wanted.domain and own) and names.aaaa.zone == (own,) and names.a.zone == ()


def _about_ipv4(judge: Judge) -> Judge:
    """A check that does not matter where nobody comes by IPv4."""

    def run(facts: Facts) -> Finding:
        if by_ipv6_only(facts):
            return info("Friends come by IPv6 alone, so the router's IPv4 does not matter.")
        return judge(facts)

    run.__doc__ = judge.__doc__
    return run


@_about_ipv4
def cgnat(facts: Facts) -> Finding:
    """The provider has a NAT of its own above the router."""
    if not facts.router.asked:
        return unknown("The router was not asked.")
    proof = _carrier_proof(facts)
    if not proof:
        return _no_nat_above(facts)
    return _blocking(
        facts,
        f"The provider shares one public address among several customers (CGNAT): {proof}.",
        "Ask the provider for a public IPv4 address of your own (often free), or use IPv6, or a "
        "relay: see docs/how-to/doctor.md#cgnat.",
    )


@_about_ipv4
def ds_lite(facts: Facts) -> Finding:
    """IPv4 only by the provider's tunnel."""
    if facts.router.outer_kind is Kind.DS_LITE:
        return _blocking(
            facts,
            f"The line has IPv6 only; IPv4 goes through the provider's tunnel (DS-Lite): the "
            f"router's IPv4 address is {facts.router.outer}.",
            "Ask the provider for dual stack, or let friends join by IPv6: see "
            "docs/how-to/doctor.md#cgnat.",
        )
    return (
        ok("The line has IPv4 of its own.")
        if facts.router.outer
        else unknown("The router does not tell its address towards the internet.")
    )


@_about_ipv4
def double_nat(facts: Facts) -> Finding:
    """A second router in the house."""
    router = facts.router
    if not router.asked:
        return unknown("The router was not asked.")
    private_hop = next(
        (hop for hop, kind in router.hops[1:] if kind is Kind.PRIVATE and hop != facts.lan.gateway),
        "",
    )
    if router.outer_kind is not Kind.PRIVATE and not private_hop:
        return _no_nat_above(facts)
    outer = (
        f"the router's own address is {router.outer}, which is private"
        if (router.outer_kind is Kind.PRIVATE)
        else f"behind the router comes {private_hop}, which is private"
    )
    upper = private_hop or "the other router"
    return _blocking(
        facts,
        f"Two routers stand one behind the other (double NAT): {outer}.",
        f"Set the upper one ({upper}) to bridge mode, or let it pass TCP "
        f"{facts.wanted.public_port} and 80 on to "
        f"{router.outer if router.outer_kind is Kind.PRIVATE else facts.lan.gateway}: see "
        "docs/how-to/doctor.md#double-nat.",
    )


def _carrier_proof(facts: Facts) -> str:
    router = facts.router
    if router.outer_kind is Kind.CARRIER:
        return f"the router's address is {router.outer}, of the range that providers use for this"
    hop = next((hop for hop, kind in router.hops[1:] if kind is Kind.CARRIER), "")
    if hop and router.outer_kind is not Kind.PRIVATE:
        return f"behind the router comes {hop}, of the range that providers use for this"
    is_other = router.outer_kind is Kind.GLOBAL and facts.public.v4 not in {"", router.outer}
    if is_other and not any(kind is Kind.PRIVATE for _, kind in router.hops[1:]):
        return f"the router says {router.outer}, and the world sees {facts.public.v4}"
    return ""


def _no_nat_above(facts: Facts) -> Finding:
    router = facts.router
    if router.outer and router.outer == facts.public.v4:
        return ok(f"The router has the public address {router.outer} itself.")
    if facts.public.v4 and len(router.hops) > 1:
        return ok("No second NAT was seen between the router and the internet.")
    return unknown("Could not confirm it: the router, or the world, does not tell the address.")


def _blocking(facts: Facts, evidence: str, remedy: str) -> Finding:
    """Keeps friends outside out; the house is not touched by it, nor whom somebody let in."""
    if not facts.wanted.outside:
        return warn(evidence, remedy)
    if _is_proven_open(facts):
        return info(
            f"{evidence} Still, {facts.outside.by} came in at port {facts.wanted.public_port}."
        )
    return fail(evidence, remedy)


def _is_proven_open(facts: Facts) -> bool:
    return facts.outside.friend == "" or facts.outside.ports.get(facts.wanted.public_port) == "open"


@_about_ipv4
def router_silent(facts: Facts) -> Finding:
    """The router grants no ports to programs."""
    router = facts.router
    if not router.asked:
        return unknown("The router was not asked.")
    if router.speaks:
        named = f" ({router.model})" if router.model else ""
        return ok(f"The router{named} answers by {', '.join(router.speaks)}.")
    evidence = (
        f"The router lets no program open a port: {told(router.refusals) or 'it does not answer'}."
    )
    if _is_proven_open(facts):
        return info(f"{evidence} It is open all the same, as {facts.outside.by} saw.")
    if facts.wanted.by_hand:
        return info(
            f"You open the router's ports by hand (setup --no-router). {evidence} So it cannot be "
            "seen from here whether they lead to this computer: only somebody outside can tell."
        )
    remedy = (
        f"Switch UPnP on at http://{facts.lan.gateway}, then {to_open(facts)}; or map "
        f"TCP {facts.wanted.public_port} to {facts.lan.address}:{facts.wanted.https_port} and "
        f"TCP 80 to {facts.lan.address}:{facts.wanted.http_port} there by hand."
    )
    return fail(evidence, remedy) if facts.wanted.outside else info(evidence, remedy)


@_about_ipv4
def mapping_conflict(facts: Facts) -> Finding:
    """Another device has the port."""
    ports = _ports(facts)
    for external in ports:
        held = facts.router.table.get(external)
        if held and held.client != facts.lan.address and not _is_our_old(facts, external, held):
            evidence = f"The router maps TCP {external} to {held.client}:{held.port}, not to us."
            remedy = (
                f"Free port {external} on {held.client} (or on the router's page "
                f"http://{facts.lan.gateway}), then {to_open(facts)}."
            )
            return fail(evidence, remedy) if facts.wanted.outside else info(evidence)
    return _table_seen(facts, f"No other device has port {' or '.join(map(str, ports))}.")


def _ports(facts: Facts) -> dict[int, int]:
    """The external ports that are to lead here, and to which of ours.

    Where friends come by another port than 443, 80 matters only if we have mapped it.
    """
    wanted = facts.wanted
    ports = {wanted.public_port: wanted.https_port}
    if wanted.public_port == HTTPS or HTTP in wanted.mappings:
        ports[HTTP] = wanted.http_port
    return ports


def _is_our_old(facts: Facts, external: int, held: Held) -> bool:
    return facts.wanted.mappings.get(external) == (held.client, held.port)


@_about_ipv4
def mapping_lost(facts: Facts) -> Finding:
    """We made it, and the router has forgotten it."""
    wanted = facts.wanted.mappings
    if not wanted:
        return info("No mapping was made by ./lanternhold ports open.")
    lost = [port for port in wanted if port in facts.router.table and not facts.router.table[port]]
    if lost:
        named = " and ".join(f"TCP {port}" for port in sorted(lost))
        return fail(
            f"The router has forgotten the mapping of {named}: it was restarted, or the lease ran "
            "out.",
            f"{to_open(facts)} (while the server's keeper runs it does this by itself).",
        )
    return _table_seen(facts, "The router holds the mappings that we made.")


@_about_ipv4
def mapping_missing(facts: Facts) -> Finding:
    """Friends are to come in from outside, and nobody ever opened the port."""
    if not facts.wanted.outside:
        return info("Players come in from the home network; none is expected from outside.")
    port = facts.wanted.public_port
    if port in facts.wanted.mappings or _is_proven_open(facts):
        return ok("The port was opened.")
    held = facts.router.table.get(port)
    if held and held.client == facts.lan.address:
        return ok(f"The router maps TCP {port} to {held.client}:{held.port}.")
    if port not in facts.router.table and facts.outside.ports.get(port) in {"silent", "closed"}:
        by = f"{facts.outside.by[:1].upper()}{facts.outside.by[1:]}"
        return fail(
            f"{by} could not come in by TCP {port}, and the router does not show whether it maps "
            "that port here.",
            f"{to_open(facts)}; or look on the router's page (http://{facts.lan.gateway}) for an "
            "entry made by hand: if it is there, the provider blocks the port.",
        )
    if port not in facts.router.table:
        return unknown(
            f"Could not confirm that the router maps TCP {port} here: its table cannot be seen.",
            to_open(facts),
        )
    return fail(f"The router maps TCP {port} to nobody.", to_open(facts))


@_about_ipv4
def mapping_wrong_port(facts: Facts) -> Finding:
    """The mapping leads to a port of this computer where nobody listens."""
    for external, own in _ports(facts).items():
        held = facts.router.table.get(external)
        if held and held.client == facts.lan.address and held.port != own:
            return fail(
                f"The router maps TCP {external} to our port {held.port}; the server has {own}.",
                _redirect(facts, external),
            )
    return _table_seen(facts, "What the router maps here leads to the server's ports.")


def _redirect(facts: Facts, external: int) -> str:
    """How an entry is led to another port: ours anew, somebody else's only by its owner."""
    if external in facts.wanted.mappings:
        return f"./lanternhold ports close, then {to_open(facts)}."
    return (
        f"./lanternhold did not make that entry and leaves it alone: delete it at "
        f"http://{facts.lan.gateway}, then {to_open(facts)}."
    )


def _table_seen(facts: Facts, said: str) -> Finding:
    if facts.router.table:
        return ok(said)
    return unknown("Could not confirm it: the router does not show its table.")


CHECKS = (
    Check("cgnat", "router", ABOVE, cgnat),
    Check("ds-lite", "router", (*ABOVE, "cgnat"), ds_lite),
    Check("double-nat", "router", (*ABOVE, "cgnat"), double_nat),
    Check("router-no-upnp", "router", NAT, router_silent),
    Check("mapping-conflict", "router", (*NAT, "router-no-upnp"), mapping_conflict),
    Check(
        "mapping-lost",
        "router",
        (*NAT, "router-no-upnp", "local-ip-changed", "mapping-conflict"),
        mapping_lost,
    ),
    Check(
        "mapping-missing", "router", (*NAT, "router-no-upnp", "mapping-conflict"), mapping_missing
    ),
    Check(
        "mapping-wrong-port",
        "router",
        (*NAT, "router-no-upnp", "local-ip-changed"),
        mapping_wrong_port,
    ),
)
