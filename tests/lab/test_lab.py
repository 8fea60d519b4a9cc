"""The lab keeps its promises: what a home meets in the world is what happens in it."""

import contextlib
import re
import select
import socket
import struct
import time

import pytest

from support.lab import LabError, plan


def curl(lab, host, *words):
    return lab.exec(host, ["curl", "-s", "--max-time", "1", *words], check=False)


def router_says(lab, host="home", router=plan.ROUTER):
    """What the router answers when asked by UPnP for its address."""
    described = f"http://{router}:5555/rootDesc.xml"
    said = lab.exec(host, ["upnpc", "-u", described, "-s"], check=False).stdout
    found = re.search(r"ExternalIPAddress = (\S*)", said)
    return found.group(1) if found else said.partition("GetExternalIPAddress ")[2].split("\n")[0]


def pmp(lab, host, request, size, router=plan.ROUTER):
    """A NAT-PMP or PCP request; None when nothing answers."""
    with lab.inside(host), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.settimeout(0.4)
        line.connect((router, 5351))
        line.send(request)
        try:
            return line.recv(1100)[:size]
        except TimeoutError:
            return None


def pmp_map(lab, host, public, own, router=plan.ROUTER):
    """(result, mapped public port) of a NAT-PMP mapping of TCP."""
    request = struct.pack("!BBHHHI", 0, 2, 0, own, public, 3600)
    answer = pmp(lab, host, request, 16, router)
    return answer and struct.unpack("!HIHH", answer[2:12])[::3]


PCP_ANNOUNCE = (
    struct.pack("!BBHI", 2, 0, 0, 0) + b"\0" * 10 + b"\xff\xff" + bytes([192, 168, 1, 10])
)


class Announcements:
    """What the router tells the whole house."""

    def __init__(self, lab):
        with lab.inside("home"):
            self.line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.line.bind(("", 5350))
        group = socket.inet_aton("224.0.0.1") + socket.inet_aton(plan.HOME)
        self.line.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.line.close()

    def next(self, timeout_s, address=None):
        """The next announcement, of that address by NAT-PMP if given; None if none is in time."""
        deadline_s = time.monotonic() + timeout_s
        while (left_s := deadline_s - time.monotonic()) > 0:
            if select.select([self.line], [], [], left_s)[0]:
                data = self.line.recv(100)
                if address is None or data[8:12] == socket.inet_aton(address):
                    return data
        return None


# ---- one lab for all that leaves it as it was


@pytest.fixture
def open_home(shared_lab):
    """A home whose port 443 is mapped and answered."""
    with shared_lab.listen("home", 8443) as listener:
        if shared_lab.mappings() != {443: f"{plan.HOME}:8443"}:
            shared_lab.reboot_router()
            shared_lab.map_port("home", 443, 8443)
        yield listener


def test_everybody_outside_names_the_same_address(shared_lab):
    said = [
        curl(shared_lab, "home", "http://echo.inet.test/").stdout.strip(),
        curl(
            shared_lab, "home", "--cacert", shared_lab.acme_api_root, "https://echo2.inet.test/"
        ).stdout.strip(),
        stun(shared_lab),
        *shared_lab.exec("home", ["kdig", "+short", f"@{plan.ECHO}", "who.am.i"]).stdout.split(),
        router_says(shared_lab),
    ]
    assert said == [plan.PUBLIC["A"]] * 5


def stun(lab):
    with lab.inside("home"), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.settimeout(2)
        line.sendto(struct.pack("!HHI", 1, 0, 0x2112A442) + b"lanternhold!", (plan.ECHO, 3478))
        packed = struct.unpack("!I", line.recv(100)[28:32])[0]
        return socket.inet_ntoa(struct.pack("!I", packed ^ 0x2112A442))


def test_an_echo_can_lie(shared_lab):
    shared_lab.lie("10.6.6.6")
    assert curl(shared_lab, "home", f"http://{plan.ECHO}/").stdout.strip() == "10.6.6.6"
    assert stun(shared_lab) == "10.6.6.6"
    assert curl(shared_lab, "home", f"http://{plan.ECHO_2}/").stdout.strip() == shared_lab.public
    shared_lab.lie(None)
    assert stun(shared_lab) == shared_lab.public


def test_a_mapped_port_is_reached_from_outside(shared_lab, open_home):
    assert shared_lab.reach(443) == "open"
    line, caller = open_home.accept()
    line.close()
    assert caller[0] == plan.FRIEND_PUBLIC  # the router keeps the source
    assert shared_lab.reach(80, timeout_s=0.3) == "silent"
    probed = curl(shared_lab, "home", f"http://{plan.ECHO}/probe?port=443").stdout
    assert '"state": "open"' in probed
    open_home.close()
    assert shared_lab.reach(443) == "closed"


def test_the_provider_blocks_ports(shared_lab, open_home):
    shared_lab.block(80, 443)
    assert shared_lab.reach(443, timeout_s=0.3) == "silent"
    shared_lab.block(80)
    assert shared_lab.reach(443) == "open"
    shared_lab.block(443)
    assert shared_lab.reach(443, timeout_s=0.3) == "silent"
    shared_lab.block()
    assert shared_lab.reach(443) == "open"


def test_the_house_reaches_itself_only_with_hairpin(shared_lab, open_home):
    for host in ("home", "lanpc"):
        assert shared_lab.reach(443, by=host) == "closed"
        shared_lab.hairpin(True)
        assert shared_lab.reach(443, by=host) == "open"
        shared_lab.hairpin(False)
    assert shared_lab.reach(443) == "open"


def test_the_public_address_changes_and_the_router_says_so(shared_lab, open_home):
    with Announcements(shared_lab) as announced:
        shared_lab.change_address("B")
        assert announced.next(2, address=plan.PUBLIC["B"])
    assert router_says(shared_lab) == shared_lab.public == plan.PUBLIC["B"]
    assert shared_lab.reach(443) == "open"
    assert shared_lab.reach(443, plan.PUBLIC["A"], timeout_s=0.3) == "silent"
    shared_lab.change_address("A")
    assert shared_lab.reach(443) == "open"


def test_a_rebooted_router_has_forgotten_and_says_so(shared_lab, open_home):
    with Announcements(shared_lab) as announced:
        shared_lab.reboot_router()
        assert announced.next(2)[:2] == b"\x02\x80"  # PCP's ANNOUNCE
    assert shared_lab.mappings() == {}
    assert shared_lab.reach(443, timeout_s=0.3) == "silent"


def test_a_router_can_forget_in_silence(shared_lab, open_home):
    with Announcements(shared_lab) as announced:
        shared_lab.lose_leases()
        assert shared_lab.mappings() == {}
        assert announced.next(0.5) is None


def test_another_computer_may_hold_the_port(shared_lab, open_home):
    shared_lab.reboot_router()
    shared_lab.hold_port(443)
    assert shared_lab.mappings() == {443: f"{plan.LANPC}:443"}
    with pytest.raises(LabError, match="718"):
        shared_lab.map_port("home", 443, 8443)


def test_a_lease_ends(shared_lab, open_home):
    shared_lab.map_port("home", 80, 8080, lease_s=1)
    deadline_s = time.monotonic() + 4
    while 80 in shared_lab.mappings():
        assert time.monotonic() < deadline_s
        time.sleep(0.1)  # the router looks once a second
    assert shared_lab.mappings() == {443: f"{plan.HOME}:8443"}


def test_dhcp_gives_home_another_address(shared_lab, open_home):
    shared_lab.move_home("192.168.1.77")
    assert shared_lab.reach(443, timeout_s=0.3) != "open"  # the mapping leads to the old one
    shared_lab.reboot_router()
    shared_lab.map_port("home", 443, 8443)
    assert shared_lab.reach(443) == "open"
    shared_lab.move_home(plan.HOME)


def test_a_cable_is_pulled(shared_lab):
    shared_lab.unplug("home")
    assert curl(shared_lab, "home", f"http://{plan.ECHO}/").returncode == 7
    shared_lab.plug("home")
    assert curl(shared_lab, "home", f"http://{plan.ECHO}/").stdout.strip() == shared_lab.public


# ---- names


def test_a_record_is_written_and_removed(shared_lab):
    shared_lab.dns("192.0.1.7", ttl_s=60)
    assert shared_lab.ask_dns() == ["192.0.1.7"]
    shared_lab.dns("3ffe::7", kind="AAAA")
    assert shared_lab.ask_dns(kind="AAAA") == ["3ffe::7"]
    shared_lab.dns()
    shared_lab.dns(kind="AAAA")
    assert shared_lab.ask_dns() == shared_lab.ask_dns(kind="AAAA") == []


def test_somebody_else_s_zone_takes_no_update(shared_lab):
    key = f"hmac-sha256:{plan.DDNS_KEY_NAME}:{plan.DDNS_KEY}"
    wanted = f"server {plan.DNS}\nzone taken.test.\nadd play.taken.test. 60 A 192.0.1.7\nsend\n"
    refused = shared_lab.exec("home", ["knsupdate", "-y", key], said=wanted, check=False)
    assert "BADKEY" in refused.stdout + refused.stderr
    assert shared_lab.ask_dns("play.taken.test") == [plan.ECHO]


@pytest.mark.parametrize(
    ("state", "said"), [("servfail", "SERVFAIL"), ("down", "can't connect"), ("silent", "timeout")]
)
def test_dns_can_fail(shared_lab, state, said):
    shared_lab.dns("192.0.1.7")
    shared_lab.dns_state(state)
    asked = ["kdig", "+tcp", "+retry=0", "+time=1", f"@{plan.DNS}", plan.NAME]
    failed = shared_lab.exec("friend", asked, check=False)
    assert said in failed.stdout + failed.stderr
    shared_lab.dns_state("up")
    assert shared_lab.ask_dns() == ["192.0.1.7"]
    shared_lab.dns("192.0.1.8")
    assert shared_lab.ask_dns() == ["192.0.1.8"]
    shared_lab.dns()


def test_the_friend_s_cache_keeps_an_answer_for_its_ttl(shared_lab):
    shared_lab.resolver(True)
    shared_lab.dns("192.0.1.7", ttl_s=2)
    resolved = ["getent", "ahostsv4", plan.NAME]
    assert shared_lab.exec("friend", resolved).stdout.startswith("192.0.1.7 ")
    shared_lab.dns("192.0.1.8", ttl_s=2)
    assert shared_lab.ask_dns(cached=True) == ["192.0.1.7"]
    assert shared_lab.ask_dns() == ["192.0.1.8"]
    shared_lab.flush_resolver()
    assert shared_lab.ask_dns(cached=True) == ["192.0.1.8"]
    shared_lab.dns("192.0.1.9")
    deadline_s = time.monotonic() + 5
    while shared_lab.ask_dns(cached=True) != ["192.0.1.9"]:
        assert time.monotonic() < deadline_s
        time.sleep(0.1)  # the cache counts whole seconds
    shared_lab.resolver(False)
    shared_lab.dns()


# ---- the certificate authority


def test_the_authority_has_bad_days(shared_lab):
    def ask(path="dir"):
        asked = ("--cacert", shared_lab.acme_api_root, f"https://acme.inet.test:14000/{path}")
        return curl(shared_lab, "home", *asked)

    assert "newOrder" in ask().stdout
    shared_lab.acme("limiting")
    assert "newOrder" in ask().stdout
    assert "urn:ietf:params:acme:error:rateLimited" in ask("order").stdout
    shared_lab.acme("down")
    assert ask().returncode == 7
    shared_lab.acme("silent")
    assert ask().returncode == 28
    shared_lab.acme("up")
    assert "newOrder" in ask().stdout
    assert "BEGIN CERTIFICATE" in shared_lab.acme_root().read_text()


# ---- the friend's line


def round_trip_s(lab):
    with lab.inside("friend"):
        began_s = time.monotonic()
        socket.create_connection((plan.ECHO, 80), 2).close()
    return time.monotonic() - began_s


def test_the_friend_s_line_is_as_bad_as_wanted(shared_lab):
    assert min(round_trip_s(shared_lab) for _ in range(3)) < 0.03
    shared_lab.link(delay=0.04)
    assert 0.08 <= min(round_trip_s(shared_lab) for _ in range(3)) < 0.2
    shared_lab.link_each(up={"delay": 0.0}, down={"delay": 0.05})
    assert 0.05 <= min(round_trip_s(shared_lab) for _ in range(3)) < 0.15
    shared_lab.link_each(up={"delay": 0.0}, down={"delay": 0.05, "jitter": 0.01})
    trips_s = [round_trip_s(shared_lab) for _ in range(10)]  # alike by chance once in 200 000 times
    assert max(trips_s) - min(trips_s) > 0.005
    before = shared_lab.link(delay=0, jitter=0, loss=1.0)
    with pytest.raises(TimeoutError), shared_lab.inside("friend"):
        socket.create_connection((plan.ECHO, 80), 0.2)
    after = shared_lab.link(loss=0.0)
    assert after["up"]["lost"] > before["up"]["lost"]
    assert round_trip_s(shared_lab) < 0.05
    shared_lab.link(rate=2e6)
    began_s = time.monotonic()
    curl(
        shared_lab,
        "friend",
        "--max-time",
        "5",
        "-o",
        "/dev/null",
        f"http://{plan.ECHO}/bytes?count=50000",
    )
    assert 0.15 < time.monotonic() - began_s < 2  # 50 kB at 250 kB/s
    with pytest.raises(LabError, match="speed"):
        shared_lab.link(speed=1)
    shared_lab.link(rate=0)


# ---- labs of their own


@pytest.mark.parametrize("lab", [{"cgnat": True, "acme": False}], indirect=True)
def test_behind_a_carrier_nothing_gets_in(lab):
    assert router_says(lab) == "failed. (empty string)"
    assert curl(lab, "home", f"http://{plan.ECHO}/").stdout.strip() == plan.PUBLIC["A"]
    with lab.listen("home", 8443), contextlib.suppress(LabError):
        lab.map_port("home", 443, 8443)
    assert lab.mappings() == {}
    assert lab.reach(443, timeout_s=0.3) == "silent"
    assert hop(lab, 2) == plan.CARRIER[1]
    with pytest.raises(LabError, match="carrier"):
        lab.change_address("B")


@pytest.mark.parametrize("lab", [{"cgnat": True, "acme": False}], indirect=True)
def test_a_carrier_s_customer_is_reached_by_ipv6(lab):
    with lab.listen("home", 8443, ipv6=True):
        assert lab.reach(8443, plan.HOME6, timeout_s=0.3) == "silent"
        assert pinhole(lab, 8443) == 0
        assert lab.reach(8443, plan.HOME6, timeout_s=3) == "open"


def pinhole(lab, port):
    """The result of a PCP MAP request over IPv6 (RFC 6887)."""
    own, anything = socket.inet_pton(socket.AF_INET6, plan.HOME6), b"\0" * 16
    request = struct.pack("!BBHI", 2, 1, 0, 300) + own
    request += b"lanternhold!" + struct.pack("!BxxxHH", 6, port, port) + anything
    with lab.inside("home"), socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as line:
        line.settimeout(2)
        line.connect((plan.ROUTER6, 5351))
        line.send(request)
        return line.recv(1100)[3]


def hop(lab, ttl):
    """Who is that many routers away: their ICMP, without any tool or right."""
    with lab.inside("home"), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.setsockopt(socket.IPPROTO_IP, 11, 1)  # IP_RECVERR
        line.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
        line.sendto(b"x", (plan.ECHO, 33434))
        poll = select.poll()
        poll.register(line, 0)
        assert poll.poll(1000)
        _, told, _, _ = line.recvmsg(100, 512, 0x2000)  # MSG_ERRQUEUE
        return socket.inet_ntoa(told[0][2][20:24])


@pytest.mark.parametrize("lab", [{"double_nat": True, "acme": False}], indirect=True)
def test_two_routers_each_need_a_mapping(lab):
    assert hop(lab, 2) == plan.BEHIND_MODEM[1]
    with lab.listen("home", 8443):
        lab.map_port("home", 443, 8443)
        assert lab.reach(443, timeout_s=0.3) == "silent"
        assert pmp_map(lab, "home", 443, 443, router=plan.BEHIND_MODEM[1]) == (0, 443)
        assert lab.reach(443) == "open"
        lab.change_address("B")
        assert lab.reach(443) == "open"


@pytest.mark.parametrize(
    ("lab", "upnp", "speaks"),
    [
        ({"acme": False, "igd": "v1"}, "InternetGatewayDevice:1", {"pmp", "pcp"}),
        ({"acme": False, "igd": "none", "pcp": False}, None, {"pmp"}),
        ({"acme": False, "natpmp": False}, "InternetGatewayDevice:2", {"pcp"}),
        ({"acme": False, "igd": "none", "natpmp": False, "pcp": False}, None, set()),
    ],
    indirect=["lab"],
)
def test_routers_speak_different_languages(lab, upnp, speaks):
    described = curl(lab, "home", f"http://{plan.ROUTER}:5555/rootDesc.xml").stdout
    assert (upnp in described) if upnp else (described == "")
    heard = set()
    with contextlib.suppress(ConnectionRefusedError):
        heard |= {"pmp"} if pmp(lab, "home", b"\0\0", 12) else set()
        heard |= {"pcp"} if pmp(lab, "home", PCP_ANNOUNCE, 24) else set()
    assert heard == speaks


@pytest.mark.parametrize("lab", [{"policy": "high", "acme": False}], indirect=True)
def test_a_router_may_keep_the_low_ports_to_itself(lab):
    with pytest.raises(LabError, match="606"):
        lab.map_port("home", 443, 8443)
    lab.map_port("home", 8443, 8443)
    assert lab.mappings() == {8443: f"{plan.HOME}:8443"}
