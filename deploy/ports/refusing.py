"""A router's refusal in words: what happened, why, and what the host does next."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from deploy.ports.router import Router
from deploy.ports.wish import Held, Refusal, Why, Wish
from deploy.problem import Problem

QUIET = (Why.SILENT, Why.SWITCHED_OFF)
BY_HAND = "or map it by hand, as written in docs/how-to/router-no-upnp.md"


class _Said(NamedTuple):
    """What is told for a reason, with places for {port}, {word} and the like."""

    what: str
    remedy: str


class PortProblem(Problem):
    """A port that could not be opened or closed. `why` is the reason for programs."""

    def __init__(self, why: Why, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.why = why


def problem(router: Router, wish: Wish, refusal: Refusal | None) -> PortProblem:
    """Why no way granted the port, other than that somebody has it.

    Args:
        router: who was asked.
        wish: what for.
        refusal: the most telling of its answers, or None where it could not even be asked.
    """
    if refusal is None or refusal.why in {Why.SILENT, Why.SWITCHED_OFF, Why.NOT_UNDERSTOOD}:
        return unanswered(router, wish, refusal)
    what, remedy = _SAID[refusal.why]
    port = f"TCP {wish.external}"
    return PortProblem(
        refusal.why,
        what.format(port=port, word=refusal),
        remedy.format(internal=wish.internal, external=wish.external, by_hand=BY_HAND),
    )


def conflict(router: Router, wish: Wish, held: Held | None, mac: str = "") -> PortProblem:
    """Somebody has the port: who, as far as the router tells; `mac` is its hardware address."""
    port = f"TCP {wish.external}"
    if held is None:
        what = f"The router has given {port} to another computer or program, and does not say whom."
        remedy = f"look for {wish.external} in the router's list of port mappings and delete it"
        return PortProblem(Why.CONFLICT, what, remedy)
    named = f', named "{held.description}"' if held.description else ""
    if held.client == router.network.address:
        what = (
            f"On the router {port} leads to port {held.internal} of this computer already{named}."
        )
        remedy = f"delete that entry in the router, or let Lanternhold listen on {held.internal}"
        return PortProblem(Why.CONFLICT, what, remedy)
    whose = f"{held.client} (MAC {mac})" if mac else held.client
    what = f"On the router {port} already leads to another computer: {whose}{named}."
    remedy = (
        f"delete that entry in the router or switch it off on {held.client}; or use another port: "
        f"./lanternhold ports open --https {wish.internal}"
    )
    return PortProblem(Why.CONFLICT, what, remedy)


def kept(router: Router, wish: Wish, held: Held | None, refusals: Sequence[Refusal]) -> PortProblem:
    """The router does not let go of a mapping of ours."""
    port, word = f"TCP {wish.external}", "; ".join(str(refusal) for refusal in refusals)
    if held is None:
        what = f"The router did not close {port} ({word})."
        remedy = f"delete {wish.external} in the router, or wait until its lease has ended"
        return PortProblem(Why.NOT_ALLOWED, what, remedy)
    is_elsewhere = held.client != router.network.address
    whose = f"our earlier address {held.client}" if is_elsewhere else "this computer"
    ends = f"wait {held.lease_s} s until it ends by itself, or " if held.lease_s else ""
    reason = f" ({word})" if word else ""
    return PortProblem(
        Why.CONFLICT if is_elsewhere else Why.NOT_ALLOWED,
        f"On the router {port} still leads to {whose}, and it does not let go{reason}.",
        f"{ends}delete that entry in the router; and give this computer (MAC "
        f"{router.network.mac}) a fixed address there",
    )


def told(refusals: Mapping[str, str]) -> str:
    """What the ways said, for a sentence.

    Who is silent and who has it switched off changes from look to look (one port of the router
    answers for two ways), so it is one word.
    """
    quiet = [way for way, why in sorted(refusals.items()) if why in QUIET]
    others = [f"{way}: {why}" for way, why in sorted(refusals.items()) if why not in QUIET]
    if quiet:
        names = " or ".join([", ".join(quiet[:-1]), quiet[-1]]) if quiet[1:] else quiet[0]
        others.insert(0, f"it does not offer {names}")
    return "; ".join(others)


def unanswered(router: Router, wish: Wish, refusal: Refusal | None = None) -> PortProblem:
    """Nobody to ask: what each way said."""
    said = dict(router.refusals)
    words = told({name: answer.why for name, answer in said.items()})
    if wish.version == 6:
        what = f"The router does not open its IPv6 firewall to programs ({words or 'no PCP'})."
        remedy = "open the port in the router, as written in docs/how-to/router-ipv6-only.md"
        return PortProblem(Why.SILENT, what, remedy)
    word = f"{refusal}" if refusal and not said else words
    return PortProblem(
        refusal.why if refusal else Why.SILENT,
        f"The router {router.network.gateway} does not let programs open ports"
        + (f" ({word})." if word else "."),
        f"switch UPnP on in the router, then the same command again; {BY_HAND}",
    )


_SAID: dict[Why, _Said] = {
    Why.NO_ADDRESS: _Said(
        "The router has no public address itself, so it cannot open {port} ({word}): there is "
        "another router or the provider's own NAT above it.",
        "./lanternhold doctor tells which; docs/how-to/router-double-nat.md and "
        "docs/how-to/router-cgnat.md tell what to do",
    ),
    Why.LOW_PORT: _Said(
        "The router does not give {port} to programs ({word}): many keep the ports below 1024.",
        "map {external} by hand, as written in docs/how-to/router-blocked-ports.md, or use a "
        "high port: ./lanternhold ports open --https {internal}",
    ),
    Why.SAME_PORTS: _Said(
        "The router wants the same port inside and outside for {port} ({word}).",
        "LANTERNHOLD_HTTPS_PORT=443 and LANTERNHOLD_HTTP_PORT=80 in .env, then ./lanternhold up "
        "and the same command again; {by_hand}",
    ),
    Why.TABLE_FULL: _Said(
        "The router's table of mappings is full, so there is no room for {port} ({word}).",
        "delete old entries in the router or restart it, then the same command again",
    ),
    Why.NOT_ALLOWED: _Said(
        "The router does not allow this computer to open {port} ({word}).",
        "allow this computer to open ports by itself in the router's settings; {by_hand}",
    ),
    Why.MISMATCH: _Said(
        "Something between this computer and the router changes addresses, so the router cannot "
        "open {port} for it ({word}): a container's or a virtual machine's network, or a second "
        "router.",
        "run ./lanternhold on the computer itself; docs/how-to/router-double-nat.md",
    ),
}
