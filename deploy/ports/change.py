"""An open port as a change that can be planned, proven and taken back."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from deploy.ledger import JsonObject
from deploy.network.facts import Network
from deploy.ports import mapper
from deploy.ports.router import Router
from deploy.ports.wish import LEASE_S, Held, Mapping, Wish

FindRouter = Callable[[], Awaitable[Router]]
"""Finds the router, once for all the changes of a command."""


class PortMapping:
    """TCP from the internet to this computer: a mapping (IPv4) or a pinhole (IPv6).

    Args:
        wish: what is wanted.
        client: our address, for people and to know our mapping again after it changed.
        router: finds the router.
        permanent: the router is known to grant no limited time.
        is_held: the ledger has it already.
    """

    KIND = "port-mapping"

    def __init__(
        self,
        wish: Wish,
        client: str,
        router: FindRouter,
        *,
        permanent: bool = False,
        is_held: bool = False,
    ) -> None:
        self.wish = wish
        self.client = client
        self.granted: Mapping | None = None
        self.rest_s = 0
        self._router = router
        self.permanent = permanent
        self._is_held = is_held

    @classmethod
    def wanted(
        cls, wish: Wish, network: Network, router: FindRouter, known: JsonObject | None
    ) -> "PortMapping":
        """What a command wants, with what the ledger knows already of the same port."""
        client = network.address6 if wish.version == 6 else network.address
        permanent, is_held = False, False
        if known:
            was = cls.from_ledger(known, router)
            wish = replace(
                wish,
                nonce=was.wish.nonce,
                tag=was.wish.tag,
                former=was.wish.former,
                is_listed=was.wish.is_listed,
                is_theirs=was.wish.is_theirs,
            )
            permanent = was.permanent
            is_held = (client, wish.internal) == (was.client, was.wish.internal)
        return cls(wish, client, router, permanent=permanent, is_held=is_held)

    @classmethod
    def from_ledger(cls, desired: JsonObject, router: FindRouter) -> "PortMapping":
        """Rebuild it from what the ledger kept."""
        client, internal = str(desired["client"]), int(desired["internal"])
        is_theirs = bool(desired.get("theirs"))
        wish = Wish(
            external=int(desired["external"]),
            internal=internal,
            version=int(desired["ip"]),
            lease_s=int(desired.get("lease_s", LEASE_S)),
            nonce=bytes.fromhex(desired["nonce"]),
            tag=str(desired["tag"]),
            former=None if is_theirs else (client, internal),
            is_listed=not desired.get("unlisted"),
            is_theirs=is_theirs,
        )
        return cls(wish, client, router, permanent=bool(desired.get("permanent")))

    @property
    def id(self) -> str:
        """By family and port: two of them cannot both be had."""
        return id_of(self.wish.external, self.wish.version)

    @property
    def kind(self) -> str:
        """The name of this kind in the ledger."""
        return self.KIND

    @property
    def title(self) -> str:
        """For people."""
        if self.wish.version == 6:
            return f"router: TCP [{self.client}]:{self.wish.internal} open to the internet"
        return f"router: TCP {self.wish.external} -> {self.client}:{self.wish.internal}"

    @property
    def desired(self) -> JsonObject:
        """What the ledger keeps. The nonce opens nothing: it only says which mapping is meant."""
        kept: JsonObject = {
            "ip": self.wish.version,
            "protocol": "tcp",
            "external": self.wish.external,
            "client": self.client,
            "internal": self.wish.internal,
            "lease_s": self.wish.lease_s,
            "nonce": self.wish.nonce.hex(),
            "tag": self.wish.tag,
        }
        kept |= {"permanent": True} if self.permanent else {}
        kept |= {"theirs": True} if self.wish.is_theirs else {}
        return kept | ({} if self.wish.is_listed else {"unlisted": True})

    async def inspect(self) -> JsonObject:
        """The router's entry for the port, as far as it can be seen; never how long it holds.

        Where the router shows no table, what the ledger holds counts as there: it is renewed.

        Raises:
            PortProblem: nobody can be asked, or the port is somebody else's.
        """
        router = await self._router()
        held = await mapper.look_for_room(router, self.wish)
        if mapper.has_table(router, self.wish) and (self.wish.is_theirs or not self._is_held):
            own = mapper.own_address(router, self.wish)
            is_theirs = held is not None and mapper.is_by_hand(held, self.wish, own)
            self.wish = replace(self.wish, is_theirs=is_theirs)
        if held is None and self._is_held and not mapper.has_table(router, self.wish):
            return {"entry": None, "unseen": True}
        return {"entry": _kept(held) if held else None}

    def diff(self, before: JsonObject) -> list[str]:
        """One line for what would be there, one for what would go."""
        if before.get("unseen"):
            return []
        entry = before.get("entry")
        there = f"{self.client}:{self.wish.internal}"
        if entry and entry["enabled"] and f"{entry['client']}:{entry['internal']}" == there:
            return []
        gone = (
            f"- TCP {self.wish.external} -> {entry['client']}:{entry['internal']}" if entry else ""
        )
        new = f"+ TCP {self.wish.external} -> {there}, for {self.wish.lease_s} s at a time"
        if self.wish.version == 6:
            new = f"+ TCP to [{self.client}]:{self.wish.internal} let in, for {self.wish.lease_s} s"
        return [gone, new] if gone else [new]

    async def apply(self, before: JsonObject) -> None:
        """Open the port."""
        del before
        await self.renew()

    async def renew(self) -> Mapping:
        """Open the port again for a lease: what the keeper does at half of it.

        Raises:
            PortProblem: the router does not grant it any more.
        """
        router = await self._router()
        self.granted = await mapper.open_port(router, self.wish)
        self.permanent = self.granted.lease_s == 0
        self.wish = replace(self.wish, is_listed=self.granted.is_listed)
        return self.granted

    async def verify(self) -> str:
        """Look at the router's table, or where it shows none, ask for the same once more."""
        router = await self._router()
        held = await mapper.look(router, self.wish)
        own = mapper.own_address(router, self.wish)
        if held and mapper.leads_as_wished(held, self.wish, own):
            how_long = f"for {held.lease_s} s" if held.lease_s else "until it is taken back"
            if self.wish.is_theirs:
                how_long += ", as it was made by hand: it is left alone, by undo too"
            return (
                f"The router's table says: TCP {held.external} leads to "
                f"{held.client}:{held.internal}, {how_long}."
            )
        if held is None and self.wish.version == 4 and not mapper.has_table(router, self.wish):
            self.granted = await mapper.open_port(router, self.wish)
        granted = self.granted or await self.renew()
        if self.wish.is_theirs:
            return f"{self.title}: made by hand, and not to be seen just now; it is left alone."
        return (
            f"The router granted it by {granted.way}: TCP {granted.external} at "
            f"{granted.address or 'its address'} for {granted.lease_s} s."
        )

    async def undo(self, before: JsonObject) -> None:
        """Close the port, unless it was already as wanted before we came."""
        if not self.diff(before) and before.get("entry"):
            return
        router = await self._router()
        self.rest_s = await mapper.close_port(router, self.wish)
        if before.get("entry") and mapper.is_unmarked(theirs := self._held(before), self.wish):
            await mapper.put_back(router, theirs)

    def _held(self, before: JsonObject) -> Held:
        """The entry that stood there before, by hand and switched off, or it would have been kept.

        How long it was good for is known only where it was for ever, which is how people make them.
        """
        entry = before["entry"]
        return Held(
            external=self.wish.external,
            client=str(entry["client"]),
            internal=int(entry["internal"]),
            description=str(entry["description"]),
            lease_s=0 if entry["permanent"] else self.wish.lease_s,
            is_enabled=bool(entry["enabled"]),
        )


def id_of(external: int, version: int = 4) -> str:
    """The id in the ledger of a port."""
    return f"port-mapping:tcp{6 if version == 6 else ''}:{external}"


def _kept(held: Held) -> JsonObject:
    return {
        "client": held.client,
        "internal": held.internal,
        "description": held.description,
        "enabled": held.is_enabled,
        "permanent": held.lease_s == 0,
    }
