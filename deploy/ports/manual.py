"""What to type into the router by hand, filled in with this home's own names and numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from deploy.network.facts import Network
from deploy.ports.wish import NAME, Model, Wish


@dataclass(frozen=True)
class Instructions:
    """The steps, in order, each a sentence for a person."""

    steps: tuple[str, ...]

    def __str__(self) -> str:
        """A numbered list."""
        return "\n".join(f"{n}. {step}" for n, step in enumerate(self.steps, 1))


def instructions(
    network: Network, model: Model, wishes: Sequence[Wish], host_name: str
) -> Instructions:
    """The way by hand.

    Args:
        network: this home's.
        model: what the router says that it is.
        wishes: the ports; IPv4 and IPv6 ones.
        host_name: how this computer is called in the router's lists.
    """
    router = f"your router ({model})" if str(model) else "your router"
    page = f"http://{network.gateway or f'[{network.gateway6}]'}/"
    here = f"this computer ({host_name}, MAC {network.mac})"
    steps = [
        f"Open {page} in a browser and log in to {router}; the password is often on its label.",
    ]
    mapped = [wish for wish in wishes if wish.version == 4]
    if mapped and network.address:
        steps.append(
            f'Under DHCP or "home network" give {here} the fixed address {network.address}.'
        )
        steps.append('Under "port forwarding" ("port sharing", "NAT", "virtual server") add:')
        steps += [
            f'name "{NAME} {wish.external}", protocol TCP, external port {wish.external}, '
            f"to {network.address}, internal port {wish.internal}."
            for wish in mapped
        ]
    let_in = [wish for wish in wishes if wish.version == 6]
    if let_in and network.address6:
        ports = " and ".join(str(wish.internal) for wish in let_in)
        steps.append(
            f'Under "IPv6" or "firewall" allow incoming TCP {ports} to {network.address6}.'
        )
    steps.append(
        "Save. Then ./lanternhold setup --no-router: it gives friends outside a name to come by, "
        "and makes the invite for them. From inside your own network an open port may look closed."
    )
    return Instructions(tuple(steps))
