"""The network at home: whether there is one, and whether this computer is still where it was."""

from deploy.doctor.engine import Check
from deploy.doctor.facts import Facts
from deploy.doctor.finding import Finding, fail, info, ok, unknown, warn


def no_network(facts: Facts) -> Finding:
    """There is no way to a router."""
    lan = facts.lan
    if lan.address and lan.gateway:
        return ok(f"{lan.interface} has {lan.address}; the router is {lan.gateway}.")
    if lan.address6:
        return info(f"{lan.interface} has IPv6 only: {lan.address6}.")
    return fail(
        lan.why or "This computer has no way to a router.",
        "Connect it to the network (cable or Wi-Fi), then ./lanternhold doctor again.",
    )


def vpn(facts: Facts) -> Finding:
    """A VPN takes the traffic: the world sees its address and not the router's."""
    name = facts.lan.vpn
    if not name:
        return ok("Traffic to the internet goes by the router.")
    said = f"Traffic to the internet goes through {name}, a VPN, and not by the router."
    if not facts.wanted.outside:
        return info(said)
    return fail(
        said,
        f"Switch that VPN off, or leave this computer out of it: sudo ip link set {name} down.",
    )


def no_internet(facts: Facts) -> Finding:
    """There is a network and a router, and nobody behind it answers."""
    names, door = facts.names, facts.door
    if facts.public.heard is None:
        return unknown("Nobody outside was asked.")
    answered = (
        facts.public.heard > 0,
        facts.host.clock_off_s is not None,
        bool(facts.wanted.domain) and (names.a.zone is not None or bool(names.a.seen)),
        bool(facts.wanted.domain) and bool(door.authority_answers),
    )
    if any(answered):
        return ok("Somebody out in the internet answers.")
    evidence = "Nobody outside this house answers: this computer has no internet."
    remedy = (
        "Look whether a browser here opens any page; if none does, restart the router or ask the "
        "provider."
    )
    if facts.wanted.outside:
        return fail(evidence, remedy)
    return info(f"{evidence} Friends at home come in all the same.", remedy)


def several_routers(facts: Facts) -> Finding:
    """Two routers in reach: a mapping on one of them helps only half."""
    others = facts.lan.others
    if not others:
        return ok("There is one router.")
    return info(
        f"Besides {facts.lan.gateway} there are other ways out, by {', '.join(others)}; "
        f"mappings are made on {facts.lan.gateway}, whose route comes first."
    )


def local_address_changed(facts: Facts) -> Finding:
    """DHCP gave this computer another address than the one the router maps to."""
    lan = facts.lan
    old = sorted(
        {own for own, _ in facts.wanted.mappings.values() if own and ":" not in own} - {lan.address}
    )
    if not facts.wanted.mappings:
        return info("No mapping of ours depends on this computer's address.")
    if not old:
        return ok(f"This computer still has {lan.address}, which the router maps to.")
    current = [
        held
        for external in facts.wanted.mappings
        if (held := facts.router.table.get(external)) and held.client == lan.address
    ]
    if current:
        return ok(f"The router maps to {lan.address}, this computer's address of now.")
    return fail(
        f"This computer has {lan.address} now; the mapping on the router was made for {old[0]}.",
        f"Let the router always give {old[0]} to MAC {lan.mac or 'of this computer'} (called "
        "reservation, or static lease) and reconnect; or ./lanternhold ports open maps it anew.",
    )


def no_stable_ipv6(facts: Facts) -> Finding:
    """IPv6 is there, but every address of it passes."""
    lan = facts.lan
    if lan.address6:
        return ok(f"{lan.address6} lasts.")
    if not lan.is_fleeting_only:
        return info("There is no public IPv6 in this network.")
    evidence = "The IPv6 addresses of this computer towards the internet change within hours"
    if not facts.names.aaaa.zone:
        return info(f"{evidence}: friends outside come by IPv4.")
    return warn(
        f"{evidence}, and {facts.wanted.domain} has an AAAA record.",
        "Give it a lasting one: sudo sysctl -w net.ipv6.conf.all.addr_gen_mode=3.",
    )


CHECKS = (
    Check("no-network", "lan", (), no_network),
    Check("vpn", "lan", ("no-network",), vpn),
    Check("no-internet", "lan", ("no-network", "vpn"), no_internet),
    Check("several-routers", "lan", ("no-network",), several_routers),
    Check("local-ip-changed", "lan", ("no-network",), local_address_changed),
    Check("no-stable-ipv6", "lan", ("no-network",), no_stable_ipv6),
)
