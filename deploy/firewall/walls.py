"""The firewalls that we can change, by name."""

from collections.abc import Callable

from deploy.firewall.firewalld import Firewalld
from deploy.firewall.root import AsRoot
from deploy.firewall.ufw import Ufw
from deploy.firewall.wall import Wall, Wanted
from deploy.network import facts as network_facts
from deploy.problem import Problem


def towards_router() -> str:
    """The interface by which players come in.

    Raises:
        Problem: this computer has no way out.
    """
    return network_facts.read().interface


def of(
    name: str, wanted: Wanted, runner: AsRoot, interface: Callable[[], str] = towards_router
) -> Wall:
    """The firewall of that name.

    Raises:
        Problem: it is none that we can change.
    """
    if name == Ufw.name:
        return Ufw(wanted, runner)
    if name == Firewalld.name:
        return Firewalld(wanted, runner, interface)
    raise Problem(f"Lanternhold cannot change a firewall of the kind {name!r}.", "git pull")
