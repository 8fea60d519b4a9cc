from deploy.firewall import sockets
from deploy.firewall.sockets import Listener, Session

SAID = """\
LISTEN 0 128          0.0.0.0:22    0.0.0.0:* users:(("sshd",pid=7,fd=3))
LISTEN 0 128             [::]:2222     [::]:* users:(("dropbear",pid=8,fd=3))
LISTEN 0 4096 127.0.0.53%lo:53     0.0.0.0:*
LISTEN 0 4096         [::1]:9100      [::]:*
LISTEN 0 4096             *:8443         *:* users:(("caddy",pid=9,fd=3))
"""
LOGGED_IN = """\
0 0    192.168.1.10:22      192.168.1.20:50000
0 0 [::ffff:192.168.1.10]:2222 [::ffff:192.168.1.21]:50001
0 0    192.168.1.10:40000   192.0.1.99:443
"""


def test_who_listens():
    found = sockets.read_listeners(SAID)
    assert found[0] == Listener("0.0.0.0", 22, "sshd")
    assert [item.port for item in found if item.is_private] == [53, 9100]
    assert found[-1] == Listener("*", 8443, "caddy")


def test_what_ss_does_not_say_is_nobody():
    assert sockets.read_listeners("garbage\n\nLISTEN 0 0 x y\n") == ()


def test_the_ports_of_ssh():
    listeners = sockets.read_listeners(SAID)
    assert sockets.ssh_ports(listeners, "") == (22, 2222)
    assert sockets.ssh_ports(listeners, "192.168.1.20 50000 192.168.1.10 22022") == (
        22,
        2222,
        22022,
    )
    assert sockets.ssh_ports([Listener("*", 22)], "") == (22,)  # without root there are no names
    assert sockets.ssh_ports([], "garbage") == ()


def test_every_program_of_a_line_counts():
    said = 'LISTEN 0 9 *:2200 *:* users:(("systemd",pid=1,fd=40),("sshd",pid=8,fd=3))\n'
    listeners = sockets.read_listeners(said)
    assert [item.program for item in listeners] == ["systemd", "sshd"]
    assert sockets.ssh_ports(listeners, "") == (2200,)


def test_a_port_that_systemd_listens_on_for_sshd_is_known_by_who_is_logged_in():
    """With a socket unit of Accept=yes there is a sshd for each session only."""
    listeners = [Listener("*", 2200, "systemd"), Listener("*", 631, "systemd")]
    said = (
        '0 0 10.0.0.5:2200 10.0.0.9:50000 users:(("sshd-session",pid=9,fd=4))\n'
        '0 0 10.0.0.5:631 10.0.0.9:50001 users:(("cupsd",pid=10,fd=4))\n'
        '0 0 10.0.0.5:40000 10.0.0.9:22 users:(("sshd",pid=9,fd=7))\n'  # what it forwards
    )
    assert sockets.ssh_ports(listeners, "", said) == (2200,)
    assert sockets.has_ssh(said)
    assert not sockets.has_ssh(said.splitlines()[1])


def test_who_is_logged_in():
    found = sockets.read_sessions(LOGGED_IN, (22, 2222), "10.0.0.9 1 192.168.1.10 22")
    assert found == (
        Session(22, "192.168.1.20"),
        Session(2222, "192.168.1.21"),
        Session(22, "10.0.0.9"),
    )
