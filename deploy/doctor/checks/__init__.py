"""The checks by family. `CHECKS` is all of them, each behind those that it depends on."""

from deploy.doctor.checks import dns, firewall, game, host, lan, outside, router, tls
from deploy.doctor.engine import Check

CHECKS: tuple[Check, ...] = (
    *host.CHECKS,
    *game.RUNNING,
    *lan.CHECKS,
    *router.CHECKS,
    *firewall.CHECKS,
    *dns.CHECKS,
    *outside.CHECKS,
    *tls.CHECKS,
    *game.PLAYING,
    *outside.PROOF,
)
