"""Windows and macOS: the exact commands. They are shown and never run by us."""

from collections.abc import Sequence
from pathlib import Path

MAC_TOOL = "/usr/libexec/ApplicationFirewall/socketfilterfw"


def windows(ports: Sequence[int]) -> tuple[list[str], list[str]]:
    """For an administrator's PowerShell or command prompt: to open, and to take it back.

    The name is the handle by which the rule is removed; profiles are named so that it does not
    hold in a cafe's network.
    """
    listed = ",".join(str(port) for port in ports)
    name = 'name="Lanternhold"'
    add = (
        f"netsh advfirewall firewall add rule {name} dir=in action=allow protocol=TCP "
        f"localport={listed} profile=private,domain"
    )
    return [add], [f"netsh advfirewall firewall delete rule {name}"]


def macos(program: Path) -> tuple[list[str], list[str]]:
    """The application firewall opens programs and not ports: ours is Caddy, which listens."""
    quoted = f"'{program}'"
    add = [f"sudo {MAC_TOOL} --add {quoted}", f"sudo {MAC_TOOL} --unblockapp {quoted}"]
    return add, [f"sudo {MAC_TOOL} --remove {quoted}"]
