"""Whether the ports that an `up` needs are free, and if not, who has them."""

from collections.abc import Callable, Mapping

from deploy import system
from deploy.problem import Problem


def check_free(
    wanted: Mapping[str, tuple[str, int]],
    is_free: Callable[[int, str], bool] = system.is_port_free,
    owner: Callable[[int], str | None] = system.port_owner,
) -> None:
    """Check that each port can be listened on.

    Args:
        wanted: by the key that changes it: the address ("" for all) and the port; 0 is never taken.
        is_free: whether a port at an address can be listened on.
        owner: which program has a port.

    Raises:
        Problem: naming every port that is taken, by whom, and what to do.
    """
    taken = {key: port for key, (host, port) in wanted.items() if port and not is_free(port, host)}
    if not taken:
        return
    said = [
        f"Port {port} is already used by {owner(port) or 'another program'}."
        for port in taken.values()
    ]
    key, port = next(iter(taken.items()))
    look = "" if owner(port) else f" (see who: {system.how_to_see_port(port)})"
    raise Problem(
        "\n".join(said),
        f"stop that program{look}, or choose another port in .env: {key}={port + 1}",
    )
