"""Whether the ports that an `up` needs are free, and if not, who has them."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from deploy import system
from deploy.clone import Clone
from deploy.problem import Problem

Folder = Callable[[int], Path | None]


def check_free(
    wanted: Mapping[str, tuple[str, int]],
    kept: Collection[int] = (),
    is_free: Callable[[int, str], bool] = system.is_port_free,
    owner: Callable[[int], str | None] = system.port_owner,
    folder: Folder = system.port_folder,
) -> None:
    """Check that each port can be listened on.

    Args:
        wanted: by the key that changes it: the address ("" for all) and the port; 0 is never taken.
        kept: ports that others of our programs have or will have: none of them is proposed.
        is_free: whether a port at an address can be listened on.
        owner: which program has a port.
        folder: where that program works.

    Raises:
        Problem: naming every port that is taken, by whom, and what to do.
    """
    taken = {key: port for key, (host, port) in wanted.items() if port and not is_free(port, host)}
    if not taken:
        return
    ours = {*kept, *(port for _, port in wanted.values())}
    lines = "\n".join(f"{key}={port}" for key, port in _others(taken, ours, is_free).items())
    others = f"choose {'other ports' if len(taken) > 1 else 'another port'} in .env:\n{lines}"
    clones = {port: _clone_of(folder(port)) for port in taken.values()}
    said = [
        f"Port {port} is already used by "
        + (f"another Lanternhold, in {clone}." if clone else f"{owner(port) or 'another program'}.")
        for port, clone in clones.items()
    ]
    raise Problem("\n".join(said), f"{_stop(clones, owner)}, or {others}")


def _stop(clones: Mapping[int, Path | None], owner: Callable[[int], str | None]) -> str:
    if all(clones.values()):
        return "; ".join(dict.fromkeys(f"{clone}/lanternhold down" for clone in clones.values()))
    unseen = next((port for port, clone in clones.items() if not clone and not owner(port)), None)
    look = f" (see who: {system.how_to_see_port(unseen)})" if unseen else ""
    return f"stop {'that program' if len(clones) == 1 else 'those programs'}{look}"


def _others(
    taken: Mapping[str, int], ours: set[int], is_free: Callable[[int, str], bool]
) -> dict[str, int]:
    """For each port that is taken the next one that is nobody's, nor any of our own."""
    found: dict[str, int] = {}
    for key, port in taken.items():
        free = (n for n in range(port + 1, port + 100) if n not in ours and is_free(n, ""))
        found[key] = next(free, port + 1)
        ours = ours | {found[key]}
    return found


def _clone_of(place: Path | None) -> Path | None:
    """The clone in which a program works, if it is one."""
    for folder in (place, *place.parents) if place else ():
        if (folder / "lanternhold").is_file() and Clone(folder).state.is_dir():
            return folder
    return None
