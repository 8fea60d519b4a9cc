"""Another computer in the home network: a namespace with a way to the internet. Root only."""

import subprocess
from contextlib import ExitStack, contextmanager

HOST, GUEST, NET = "10.213.7.1", "10.213.7.2", "10.213.7.0/24"
NAME, OUTER, INNER = "lanternhold-friend", "lh-friend0", "lh-friend1"
SET_UP = (
    f"ip netns add {NAME}",
    f"ip link add {OUTER} type veth peer name {INNER} netns {NAME}",
    f"ip address add {HOST}/24 dev {OUTER}",
    f"ip link set {OUTER} up",
    f"ip -n {NAME} address add {GUEST}/24 dev {INNER}",
    f"ip -n {NAME} link set {INNER} up",
    f"ip -n {NAME} link set lo up",
    f"ip -n {NAME} route add default via {HOST}",
    "sysctl -qw net.ipv4.ip_forward=1",
)
# Docker drops what is forwarded; these let the neighbour's packets out and their answers in.
RULES = (
    f"-t nat {{}} POSTROUTING -s {NET} ! -d {NET} -j MASQUERADE",
    f"{{}} FORWARD -i {OUTER} -j ACCEPT",
    f"{{}} FORWARD -o {OUTER} -j ACCEPT",
)
ENTER = ("nsenter", f"--net=/run/netns/{NAME}")


@contextmanager
def neighbour():
    """The words to put before a command that runs there; all is undone afterwards."""
    with ExitStack() as undo:
        undo.callback(run, f"ip netns delete {NAME}", check=False)  # its end of the cable with it
        for command in SET_UP:
            run(command)
        for rule in RULES:
            run(f"iptables {rule.format('-I')}")
            undo.callback(run, f"iptables {rule.format('-D')}", check=False)
        yield ENTER


def run(command, *, check=True):
    """Run one command line."""
    subprocess.run(command.split(), check=check, capture_output=not check)
