"""The public name: what the zone says, what resolvers remember, what the updater waits for."""

from collections.abc import Callable

from deploy.doctor.engine import Check
from deploy.doctor.facts import Facts, Records
from deploy.doctor.finding import Finding, fail, info, ok, unknown, warn

Judge = Callable[[Facts], Finding]
NO_DOMAIN = "No public name is set (LANTERNHOLD_DOMAIN)."


def _with_domain(judge: Judge) -> Judge:
    """A check that has nothing to say without a public name."""

    def run(facts: Facts) -> Finding:
        return judge(facts) if facts.wanted.domain else info(NO_DOMAIN)

    run.__doc__ = judge.__doc__
    return run


@_with_domain
def parked(facts: Facts) -> Finding:
    """The updater was told to stop, and waits for a person."""
    if not facts.names.parked:
        return ok("The updater waits for nobody.")
    return fail(
        f"The DNS updater has stopped and waits for you: {facts.names.parked}.",
        "Mend that, then ./lanternhold ddns update --unpark.",
    )


@_with_domain
def servers_down(facts: Facts) -> Finding:
    """The zone's own servers do not answer."""
    records = facts.names.a
    if records.zone is None and facts.names.aaaa.zone is None:
        why = records.why or "its name servers are silent"
        return fail(
            f"Nobody can look {facts.wanted.domain} up: {why}.",
            f"Is the name spelt right? {_respell(facts)} If it is, wait for the DNS provider (see "
            "its status page); friends with the name in a cache still come in.",
        )
    return ok("The name servers of the zone answer.")


@_with_domain
def no_record(facts: Facts) -> Finding:
    """The name leads nowhere."""
    name, names = facts.wanted.domain, facts.names
    if names.a.zone or names.aaaa.zone:
        return ok(f"{name} has a record.")
    kept = f" Resolvers remember that for {names.a.ttl} s." if names.a.ttl else ""
    what = f"{name}, an alias of {names.a.alias}," if names.a.alias else name
    if not (names.a.exists or names.aaaa.exists):
        return fail(
            f"There is no name {what} in DNS.{kept}",
            f"Is it spelt right? {_respell(facts)} If it is: {_publish(facts)}",
        )
    return fail(f"{what} has no address in DNS: neither A nor AAAA.{kept}", _publish(facts))


@_with_domain
def stale(facts: Facts) -> Finding:
    """The zone names another address than the one the world sees."""
    zone, public = facts.names.a.zone, facts.public.v4
    name = facts.wanted.domain
    if not zone:
        return info(f"{name} has no A record.")
    if not public:
        return unknown(f"Could not confirm the A record {', '.join(zone)}: {facts.public.why}.")
    if zone == (public,):
        return ok(f"The zone says {public}, which is the public address.")
    alias = facts.names.a.alias
    who = f"{alias}, of which {name} is an alias, is at" if alias else f"The zone of {name} says"
    return fail(f"{who} {', '.join(zone)}, but the public address is {public}.", _publish(facts))


@_with_domain
def aaaa_wrong(facts: Facts) -> Finding:
    """An AAAA record leads friends with IPv6 to nowhere."""
    zone, name = facts.names.aaaa.zone, facts.wanted.domain
    if not zone:
        return ok(f"{name} has no AAAA record: friends come by IPv4.")
    right = {address for address in (facts.lan.address6, facts.public.v6) if address}
    if set(zone) <= right:
        return ok(f"The AAAA record says {', '.join(zone)}, which is this computer's.")
    if not right and facts.lan.is_fleeting_only:
        why = "this computer has only passing IPv6 addresses"
    else:
        why = f"this computer's is {', '.join(sorted(right))}" if right else "there is no IPv6 here"
    return fail(
        f"The AAAA record of {name} says {', '.join(zone)}, but {why}: friends with IPv6 "
        "wait for nothing.",
        _publish(facts, "AAAA") if right else f"Remove the AAAA record of {name} at the provider.",
    )


@_with_domain
def cache_old(facts: Facts) -> Finding:
    """The zone is right, and a resolver still remembers what was before."""
    for kind, records in (("A", facts.names.a), ("AAAA", facts.names.aaaa)):
        if _is_cache_old(records):
            was = ", ".join(records.seen or ()) or "nothing"
            left = "some time" if records.left_s is None else f"{records.left_s} s"
            return warn(
                f"The zone is right, but the resolver here still says {was} ({kind}), for {left} "
                "more; friends' resolvers may do the same.",
                f"Wait {left}: nothing else helps, and nothing else is wrong.",
            )
    return ok("The resolver here says what the zone says.")


def _is_cache_old(records: Records) -> bool:
    if not records.zone or records.seen is None:
        return False
    return set(records.zone) != set(records.seen)


def _respell(facts: Facts) -> str:
    return f"It stands in .env; ./lanternhold setup --name NAME changes {facts.wanted.domain}."


def _publish(facts: Facts, record: str = "A") -> str:
    records = facts.names.a if record == "A" else facts.names.aaaa
    if facts.names.provider and not records.alias:
        return "./lanternhold ddns update"
    address = facts.public.v4 if record == "A" else facts.lan.address6
    return (
        f"Set the {record} record of {records.alias or facts.wanted.domain} to "
        f"{address or 'your public address'} at the DNS provider, or let ./lanternhold setup keep "
        "it."
    )


ZONE = ("no-network", "vpn", "no-internet", "dns-servers-down")
CHECKS = (
    Check("ddns-parked", "dns", (), parked),
    Check("dns-servers-down", "dns", ("no-network", "vpn", "no-internet"), servers_down),
    Check("dns-no-record", "dns", (*ZONE, "ddns-parked"), no_record),
    Check("dns-stale", "dns", (*ZONE, "ddns-parked", "dns-no-record"), stale),
    Check("dns-aaaa-wrong", "dns", (*ZONE, "ddns-parked", "dns-no-record"), aaaa_wrong),
    Check(
        "dns-cache-old",
        "dns",
        (*ZONE, "dns-no-record", "dns-stale", "dns-aaaa-wrong"),
        cache_old,
    ),
)
