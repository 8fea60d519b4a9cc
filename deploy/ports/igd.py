"""Asking a router by UPnP: its Internet Gateway Device, version 2 or 1.

Raw actions of the standard: RemoteHost is empty ("everybody"; "0.0.0.0" makes a renewal look like
somebody else's), the lease is in whole seconds, and never is another port taken than asked.
"""

import asyncio
import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NoReturn

from async_upnp_client.client import UpnpDevice, UpnpService
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.exceptions import UpnpActionError, UpnpConnectionError, UpnpError

from deploy.address.kinds import shorten
from deploy.ports import actions, ssdp
from deploy.ports.gate import Gate, at_router
from deploy.ports.wish import UPNP as NAME
from deploy.ports.wish import Held, Mapping, Model, Refusal, Why, Wish, is_public

SEARCH_S = 2.0
READING_S = 6.0
SERVICES = re.compile(r"urn:schemas-upnp-org:service:WAN(?:IP|PPP)Connection:([12])")
CONNECTED = {"connected", "up"}
# What the library may raise over an answer that somebody made up.
ODD = (UpnpError, SyntaxError, ValueError, LookupError, AttributeError, TypeError, OSError)
ONLY_FOR_EVER = {725, 402}  # OnlyPermanentLeasesSupported; InvalidArgs is how others say it
NO_SUCH_ENTRY = {714, 713}
CODES = {
    606: Why.NOT_ALLOWED,
    718: Why.CONFLICT,
    724: Why.SAME_PORTS,
    728: Why.TABLE_FULL,
    729: Why.CONFLICT,
}
FOR_EVER = (
    "The router grants no limited time: this mapping stays until ./lanternhold ports close or "
    "undo takes it back."
)


class Fault(Exception):  # noqa: N818  # a router's answer, as a number
    """An error that the router names by number, 0 where it names none."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code} {text}".strip())
        self.code = code


@dataclass(frozen=True)
class IgdWay:
    """A router that answers by UPnP. `version` is 1 or 2."""

    own: str
    service: UpnpService
    version: int
    model: Model

    @property
    def name(self) -> str:
        """How it is called in sentences."""
        return f"{NAME} IGD {self.version}"

    @classmethod
    async def find(cls, own: str, router: str, wait_s: float = SEARCH_S) -> "IgdWay":
        """Search for the router's gateway device and read its description.

        Raises:
            Refusal: none answered (SILENT), or what answered cannot be used (NOT_UNDERSTOOD).
        """
        lacking = Refusal(NAME, Why.SILENT)
        deadline = asyncio.get_running_loop().time() + wait_s
        try:
            async with ssdp.search(own, router) as found, asyncio.timeout(wait_s + READING_S):
                while True:
                    async with asyncio.timeout_at(deadline):
                        place = await found.places.get()
                    try:
                        return await cls.read(own, router, place)
                    except Refusal as problem:
                        lacking = problem
        except (TimeoutError, OSError):
            raise lacking from None

    @classmethod
    async def read(cls, own: str, router: str, place: str) -> "IgdWay":
        """Read the description at `place`, wherever that says it is: it is asked of the router.

        Raises:
            Refusal: it cannot be read, or has no connection service.
        """
        try:
            here = at_router(place, router)
            factory = UpnpFactory(Gate(own, router, here, actions.as_xml()), non_strict=True)
            device = await factory.async_create_device(here)
        except ODD as problem:
            why = Why.SILENT if isinstance(problem, UpnpConnectionError) else Why.NOT_UNDERSTOOD
            raise Refusal(NAME, why, shorten(str(problem))) from None
        ways = [
            cls(own, service, _generation(device, service), _model(device))
            for service in device.all_services
            if SERVICES.fullmatch(service.service_type)
        ]
        if not ways:
            raise Refusal(NAME, Why.NOT_UNDERSTOOD, "a device without a connection to map on")
        return await _best(ways)

    async def status(self) -> str:
        """The state of the router's line, in its own word: "Connected"; "" when it does not say."""
        try:
            return shorten((await self._call("GetStatusInfo")).get("NewConnectionStatus", ""))
        except (Fault, Refusal):
            return ""

    async def address(self) -> str:
        """The router's address towards the internet, in its own word, which may be "".

        Raises:
            Refusal: no answer.
        """
        try:
            said = await self._call("GetExternalIPAddress")
        except Fault:
            return ""
        return shorten(said.get("NewExternalIPAddress", ""))

    async def held(self, external: int) -> Held | None:
        """The entry of a TCP port in the router's table, or None.

        Raises:
            Refusal: no answer, or one that cannot be understood.
        """
        try:
            said = await self._call("GetSpecificPortMappingEntry", **_key(external))
        except Fault as fault:
            if fault.code in NO_SUCH_ENTRY:
                return None
            raise Refusal(self.name, Why.NOT_UNDERSTOOD, str(fault)) from None
        try:
            return Held(
                external=external,
                client=str(ipaddress.ip_address(said.get("NewInternalClient", "").strip())),
                internal=int(said.get("NewInternalPort", "0")),
                description=shorten(said.get("NewPortMappingDescription", "")),
                lease_s=max(0, int(said.get("NewLeaseDuration") or 0)),  # -1: for ever, to some
                is_enabled=said.get("NewEnabled", "1").strip().lower() not in {"0", "false", "no"},
            )
        except ValueError:
            raise Refusal(self.name, Why.NOT_UNDERSTOOD, "a broken table entry") from None

    async def open(self, wish: Wish) -> Mapping:
        """Make or renew the mapping, and read it back.

        Raises:
            Refusal: the router's reason.
        """
        try:
            note = await self._add_or_for_ever(wish)
        except Fault as fault:
            await self._refuse(fault, wish)
        held = await self.held(wish.external)
        if held is None or (held.client, held.internal) != (self.own, wish.internal):
            now = f"leads to {held.client}:{held.internal}" if held else "is not in its table"
            detail = f"said yes, but TCP {wish.external} {now}"
            raise Refusal(self.name, Why.NOT_UNDERSTOOD, detail)
        return Mapping(
            way=self.name,
            client=held.client,
            external=wish.external,
            internal=wish.internal,
            lease_s=held.lease_s,
            address=await self.address(),
            note=note or ("" if held.lease_s else FOR_EVER),
        )

    async def put(self, held: Held) -> None:
        """Write an entry as it is given, switched off too.

        Raises:
            Refusal: the router's reason.
        """
        try:
            await self._write(held)
        except Fault as fault:
            why = CODES.get(fault.code, Why.NOT_UNDERSTOOD)
            raise Refusal(self.name, why, str(fault)) from None

    async def close(self, wish: Wish) -> int:
        """Take the entry of a port out of the table, whoever's it is. Gives 0: closed at once.

        Raises:
            Refusal: the router does not allow it, or does not answer.
        """
        try:
            await self._call("DeletePortMapping", **_key(wish.external))
        except Fault as fault:
            if fault.code not in NO_SUCH_ENTRY:
                raise Refusal(self.name, Why.NOT_ALLOWED, str(fault)) from None
        return 0

    async def _add_or_for_ever(self, wish: Wish) -> str:
        """Gives a note when the router grants no limited time."""
        try:
            await self._add(wish, wish.lease_s)
        except Fault as fault:
            if fault.code not in ONLY_FOR_EVER:
                raise
            await self._add(wish, 0)
            return FOR_EVER
        return ""

    async def _add(self, wish: Wish, lease_s: int) -> None:
        await self._write(Held(wish.external, self.own, wish.internal, wish.description, lease_s))

    async def _write(self, held: Held) -> None:
        await self._call(
            "AddPortMapping",
            **_key(held.external),
            NewInternalPort=str(held.internal),
            NewInternalClient=held.client,
            NewEnabled="1" if held.is_enabled else "0",
            NewPortMappingDescription=held.description,
            NewLeaseDuration=str(held.lease_s),
        )

    async def _refuse(self, fault: Fault, wish: Wish) -> NoReturn:
        why = CODES.get(fault.code, Why.NOT_UNDERSTOOD)
        if why is Why.NOT_ALLOWED and wish.external < 1024:
            why = Why.LOW_PORT
        if fault.code == 501 and not is_public(await self.address()):
            why = Why.NO_ADDRESS
        raise Refusal(self.name, why, str(fault)) from None

    async def _call(self, name: str, **given: str) -> dict[str, Any]:
        """Call an action.

        Raises:
            Fault: the router's own error.
            Refusal: no answer, or one that cannot be understood.
        """
        try:
            told = await self.service.action(name).async_call(request_timeout=None, **given)
        except UpnpActionError as problem:
            raise Fault(problem.error_code or 0, shorten(problem.error_desc or "")) from None
        except UpnpConnectionError:
            raise Refusal(self.name, Why.SILENT, f"{name}: no answer") from None
        except ODD as problem:
            raise Refusal(self.name, Why.NOT_UNDERSTOOD, shorten(str(problem))) from None
        return dict(told)


async def _best(ways: list[IgdWay]) -> IgdWay:
    """The connection that is up; a router with a spare line lists that as well."""
    for way in ways if len(ways) > 1 else ():
        if (await way.status()).lower() in CONNECTED and is_public(await way.address()):
            return way
    return ways[0]


def _generation(device: UpnpDevice, service: UpnpService) -> int:
    kinds: Iterable[str] = (device.device_type, service.service_type)
    return 2 if any(kind.endswith(":2") for kind in kinds) else 1


def _model(device: UpnpDevice) -> Model:
    return Model(
        shorten(device.model_name or device.friendly_name or "", 60),
        shorten(device.manufacturer or "", 40),
    )


def _key(external: int) -> dict[str, str]:
    """What names an entry of the table: from everybody, this port, TCP in capitals."""
    return {"NewRemoteHost": "", "NewExternalPort": str(external), "NewProtocol": "TCP"}
