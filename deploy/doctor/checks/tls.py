"""Certificates: whether one is there, until when, and at which step the next one stands."""

from deploy.doctor.checks.dns import NO_DOMAIN
from deploy.doctor.checks.outside import NAMED, OPEN
from deploy.doctor.engine import Check
from deploy.doctor.facts import Facts
from deploy.doctor.finding import Finding, fail, info, ok, unknown, warn

DAY_S = 86400.0
SOON_S = 7 * DAY_S
LIMITED = "rateLimited"


def authority_down(facts: Facts) -> Finding:
    """The certificate authority cannot be reached; what is there stays good."""
    door = facts.door
    if not facts.wanted.domain:
        return info(NO_DOMAIN)
    if door.authority_answers is None:
        return unknown("The certificate authority was not asked.")
    if door.authority_answers:
        return ok("The certificate authority answers.")
    said = f"The certificate authority {door.authority} does not answer"
    if _left(facts) > SOON_S:
        days = _left(facts) / DAY_S
        return warn(
            f"{said}; the certificate that is there stays good for {days:.0f} days.",
            "Wait: Caddy asks again by itself.",
        )
    return fail(
        f"{said}, and there is no certificate that lasts.", "Wait: Caddy asks again by itself."
    )


def rate_limited(facts: Facts) -> Finding:
    """The authority gives no more certificates for now."""
    acme = facts.door.acme
    if not facts.wanted.domain:
        return info(NO_DOMAIN)
    if acme.state != "failing" or acme.kind != LIMITED:
        return ok("No limit of the authority is used up.")
    said = f"The certificate authority's limit is used up: {acme.detail}. {_next_try(facts)}"
    remedy = (
        "Do not restart and do not delete Caddy's folder: each try counts. Wait, or choose another "
        "name or authority (LANTERNHOLD_ACME_CA)."
    )
    return warn(said, remedy) if _left(facts) > 0 else fail(said, remedy)


def pending(facts: Facts) -> Finding:
    """No certificate yet: the step it is at, and the next try."""
    acme, name = facts.door.acme, facts.wanted.domain
    if not name:
        return info(NO_DOMAIN)
    if facts.door.public_left_s is not None:
        return ok(f"{name} has a certificate.")
    if acme.state == "failing":
        return fail(
            f"No certificate for {name} yet: {_step(facts)} failed: {acme.detail}. "
            f"{_next_try(facts)}",
            _remedy(facts),
        )
    if acme.state == "obtaining":
        return warn(
            f"The certificate for {name} is being made: {_step(facts)}. Friends with an invite "
            "come in meanwhile.",
            "Wait a minute, then ./lanternhold doctor again.",
        )
    return fail(
        f"The door shows no certificate for {name}, and Caddy says nothing of it.",
        "Restart it with the domain: ./lanternhold down, then ./lanternhold up.",
    )


def expired(facts: Facts) -> Finding:
    """It has run out, or is about to."""
    if not facts.wanted.domain:
        return info(NO_DOMAIN)
    left = facts.door.public_left_s
    if left is None:
        return unknown("There is no certificate to look at.")
    if left <= 0:
        return fail(
            f"The certificate ran out {_span(-left)} ago. {_next_try(facts)}",
            "./lanternhold logs caddy shows why it was not renewed; mend that, then "
            "./lanternhold down and up.",
        )
    lifetime = left - (facts.door.public_from_s or 0.0)
    if left < min(SOON_S, lifetime / 4):
        return warn(
            f"The certificate runs out in {_span(left)} and was not renewed. {_next_try(facts)}",
            "./lanternhold logs caddy shows why.",
        )
    return ok(f"The certificate is good for {_span(left)}.")


def home_certificate(facts: Facts) -> Finding:
    """The door's own authority, which invites pin."""
    left = facts.door.home_left_s
    if left is None:
        return fail(
            "The door shows no certificate for the home network.", "./lanternhold logs caddy"
        )
    if left <= 0:
        return fail(
            f"The door's own certificate ran out {_span(-left)} ago.",
            "./lanternhold down, then ./lanternhold up: Caddy makes a fresh one.",
        )
    return ok("The certificate of the home network is good.")


def _left(facts: Facts) -> float:
    return facts.door.public_left_s or 0.0


def _step(facts: Facts) -> str:
    acme = facts.door.acme
    how = {"http-01": "the proof by port 80", "tls-alpn-01": "the proof by port 443"}
    return how.get(acme.challenge, "asking the authority")


def _next_try(facts: Facts) -> str:
    acme = facts.door.acme
    if acme.retry_in_s is None:
        return "Caddy tries again by itself."
    tries = f" (try {acme.attempt + 1})" if acme.attempt else ""
    return f"Caddy tries again in {_span(acme.retry_in_s)}{tries}."


def _remedy(facts: Facts) -> str:
    by_kind = {
        "dns": f"Look whether {facts.wanted.domain} leads here: ./lanternhold ddns status.",
        "connection": "Look whether the ports are open from outside: ./lanternhold ports status.",
        "unauthorized": "Somebody else answers for the name: look where the domain leads, and "
        "whether the router keeps port 443 for itself.",
        "caa": "The zone forbids this authority: change its CAA record.",
    }
    return by_kind.get(facts.door.acme.kind, "./lanternhold logs caddy has the whole story.")


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{max(0.0, seconds):.0f} s"
    if seconds < 2 * 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 2 * DAY_S else f"{seconds / DAY_S:.0f} days"


ASKING = ("no-network", "vpn", "no-internet", "clock-skew", "server-not-running", "disk-full")
PROVING = (*ASKING, *OPEN, *NAMED, "port-closed", "isp-blocks-443", "isp-blocks-80")
CHECKS = (
    Check("certificate-home", "tls", ASKING, home_certificate),
    Check("acme-down", "tls", ASKING, authority_down),
    Check("certificate-rate-limited", "tls", (*ASKING, "acme-down"), rate_limited),
    Check(
        "certificate-pending",
        "tls",
        (*PROVING, "somebody-else-answers", "acme-down", "certificate-rate-limited"),
        pending,
    ),
    Check(
        "certificate-expired",
        "tls",
        (*PROVING, "acme-down", "certificate-rate-limited", "certificate-pending"),
        expired,
    ),
)
