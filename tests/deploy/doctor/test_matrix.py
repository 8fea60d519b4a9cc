"""The fault matrix with made-up facts: each fault is told, and alone."""

from dataclasses import replace

import pytest

from deploy.address.kinds import Kind
from deploy.doctor.checks import CHECKS
from deploy.doctor.engine import examine
from deploy.doctor.facts import (
    Acme,
    Door,
    Facts,
    Firewall,
    Game,
    Held,
    Host,
    Lan,
    Names,
    Outside,
    Public,
    Records,
    Router,
    Wanted,
)

OURS = {443: ("192.168.1.10", 8443), 80: ("192.168.1.10", 8080)}
TABLE = {443: Held("192.168.1.10", 8443), 80: Held("192.168.1.10", 8080)}
HEALTHY = Facts(
    wanted=Wanted(mappings=OURS),
    router=Router(table=TABLE),
    outside=Outside(friend="", ports={443: "open"}, by="a friend"),
)
STOPPED = Game(parts={}, protocol="", healthy=None, store_failed=None)
BEHIND = ("192.168.1.1", Kind.PRIVATE)


def docker(fault):
    wanted = replace(HEALTHY.wanted, mode="docker")
    return replace(
        HEALTHY, wanted=wanted, host=Host(docker=fault, docker_why="W", docker_remedy="R")
    )


def without_outside(**changes):
    """A world in which nobody has looked from outside."""
    return replace(HEALTHY, **{"outside": Outside(), **changes})


def names(**changes):
    return without_outside(names=replace(HEALTHY.names, **changes))


def acme(detail, kind="connection", challenge="http-01", **more):
    story = Acme("failing", challenge, kind, detail, retry_in_s=60, attempt=1, **more)
    return without_outside(door=Door(public_left_s=None, public_from_s=None, acme=story))


UNHEARD = Records(zone=None, seen=(), why="nobody tells")  # a resolver in the house says no to all
OFFLINE = without_outside(
    public=Public(v4="", why="nobody could tell", heard=0),
    host=Host(clock_off_s=None),
    names=Names(a=UNHEARD, aaaa=UNHEARD),
    router=Router(speaks=(), outer="", outer_kind=None),
    door=Door(authority_answers=False, public_left_s=None),
)

WORLDS = [
    ("docker-missing", replace(docker("missing"), game=STOPPED)),
    ("docker-down", replace(docker("not running"), game=STOPPED)),
    ("docker-down", replace(docker("no answer"), game=STOPPED)),
    ("docker-forbidden", replace(docker("forbidden"), game=STOPPED)),
    (
        "docker-forbidden",  # then it cannot be told whether the ports are our own containers'
        replace(
            docker("forbidden"),
            host=Host(docker="forbidden", docker_why="W", docker_remedy="R", taken={8443: "x"}),
            game=STOPPED,
        ),
    ),
    ("compose-old", replace(docker("old compose"), game=STOPPED)),
    ("compose-old", replace(docker("no compose"), game=STOPPED)),
    ("disk-full", without_outside(host=Host(free_bytes=1000), game=Game(store_failed=True))),
    ("disk-full", without_outside(host=Host(free_bytes=1_500_000_000))),
    ("clock-skew", without_outside(host=Host(clock_off_s=-7200.0), door=Door(public_left_s=None))),
    ("clock-skew", without_outside(host=Host(clock_off_s=45.0))),
    ("clock-skew", without_outside(host=Host(clock_off_s=-7200.0, clock_witnesses=1))),
    ("port-in-use", without_outside(host=Host(taken={8443: "apache2 (process 9)"}), game=STOPPED)),
    ("server-not-running", without_outside(game=STOPPED)),
    ("server-not-running", without_outside(wanted=replace(HEALTHY.wanted, mode=""), game=STOPPED)),
    (
        "no-network",
        without_outside(
            lan=Lan(address="", gateway=""),
            router=Router(asked=False, speaks=(), outer="", outer_kind=None),
            public=Public(v4="", why="no network"),
            names=Names(a=Records(zone=None, seen=None), aaaa=Records(zone=None, seen=None)),
            door=Door(authority_answers=False),
        ),
    ),
    ("no-internet", OFFLINE),
    ("vpn", without_outside(lan=Lan(vpn="wg0"), public=Public(v4="198.51.100.1"))),
    (
        "local-ip-changed",
        without_outside(lan=Lan(address="192.168.1.77"), router=Router(table=TABLE)),
    ),
    (
        "cgnat",
        without_outside(
            router=Router(outer="100.64.1.2", outer_kind=Kind.CARRIER, table={443: None, 80: None})
        ),
    ),
    (
        "cgnat",  # the router says nothing, the second hop does
        without_outside(
            router=Router(
                outer="", outer_kind=None, hops=(BEHIND, ("100.64.1.1", Kind.CARRIER)), table={}
            )
        ),
    ),
    ("cgnat", without_outside(router=Router(outer="192.0.1.9", table=TABLE))),
    ("ds-lite", without_outside(router=Router(outer="192.0.0.2", outer_kind=Kind.DS_LITE))),
    (
        "double-nat",
        without_outside(router=Router(outer="10.0.0.2", outer_kind=Kind.PRIVATE, table=TABLE)),
    ),
    (
        "double-nat",  # the router was told the public address, and the hops betray it
        without_outside(router=Router(hops=(BEHIND, ("10.0.0.1", Kind.PRIVATE)), table=TABLE)),
    ),
    ("router-no-upnp", without_outside(router=Router(speaks=(), outer="", outer_kind=None))),
    (
        "mapping-conflict",
        without_outside(router=Router(table=TABLE | {443: Held("192.168.1.20", 443)})),
    ),
    ("mapping-lost", without_outside(router=Router(table={443: None, 80: None}))),
    (
        "mapping-missing",
        without_outside(wanted=Wanted(), router=Router(table={443: None, 80: None})),
    ),
    (
        "mapping-wrong-port",
        without_outside(
            wanted=Wanted(), router=Router(table={443: Held("192.168.1.10", 1), 80: None})
        ),
    ),
    (
        "mapping-missing",  # nobody was ever let in, and the router does not tell
        replace(
            HEALTHY,
            wanted=Wanted(),
            router=Router(table={}, has_table=False),
            outside=Outside({443: "silent"}, "a friend", "timeout", "No answer."),
        ),
    ),
    ("firewall-blocks", without_outside(firewall=Firewall(blocks={8443: "closed"}, kind="ufw"))),
    ("exposed", without_outside(firewall=Firewall(exposed={9090: "Prometheus"}))),
    ("ddns-parked", names(a=Records(zone=("192.0.1.77",), seen=()), parked="badauth")),
    ("dns-servers-down", names(a=Records(zone=None), aaaa=Records(zone=None))),
    ("dns-no-record", names(a=Records())),
    ("dns-no-record", names(a=Records(exists=False), aaaa=Records(exists=False))),
    ("dns-no-record", names(a=Records(alias="anna.duckdns.org"))),
    (
        "dns-stale",
        names(a=Records(("192.0.1.77",), ("192.0.1.77",), alias="anna.duckdns.org"), provider="x"),
    ),
    ("dns-stale", names(a=Records(zone=("192.0.1.77",), seen=("192.0.1.77",)))),
    ("dns-aaaa-wrong", names(aaaa=Records(zone=("3ffe::99",), seen=("3ffe::99",)))),
    ("dns-cache-old", names(a=Records(zone=("192.0.1.2",), seen=("192.0.1.7",), left_s=41))),
    (
        "isp-blocks-443",
        replace(
            HEALTHY,
            outside=Outside({443: "silent"}, "a friend", "timeout", "No answer."),
        ),
    ),
    ("isp-blocks-80", without_outside(outside=Outside({80: "silent"}, "the authority"))),
    (
        "isp-blocks-80",
        replace(acme("timeout", challenge="http-01"), outside=Outside({80: "silent"}, "it")),
    ),
    (
        "port-closed",
        replace(HEALTHY, outside=Outside({443: "closed"}, "a friend", "refused", "Refused.")),
    ),
    (
        "somebody-else-answers",
        replace(
            HEALTHY,
            outside=Outside({443: "open"}, "a friend", "certificate-name", "Another."),
        ),
    ),
    (
        "certificate-untrusted",
        replace(HEALTHY, outside=Outside({443: "open"}, "a friend", "untrusted", "No.")),
    ),
    (
        "friend-can-join",
        replace(HEALTHY, outside=Outside({443: "open"}, "a friend", "rejected", "Full.")),
    ),
    ("certificate-home", without_outside(door=Door(home_left_s=-5.0))),
    ("certificate-pending", acme("DNS problem: SERVFAIL", "dns")),
    (
        "certificate-pending",
        without_outside(door=Door(public_left_s=None, acme=Acme("obtaining", "http-01"))),
    ),
    ("certificate-pending", without_outside(door=Door(public_left_s=None))),
    ("certificate-rate-limited", acme("too many certificates", "rateLimited", "")),
    ("certificate-expired", without_outside(door=Door(public_left_s=-60.0))),
    ("certificate-expired", without_outside(door=Door(public_left_s=86400.0, public_from_s=-7e6))),
    ("acme-down", without_outside(door=Door(authority_answers=False))),
    ("acme-down", without_outside(door=Door(authority_answers=False, public_left_s=None))),
    ("tick-stuck", without_outside(game=Game(healthy=False, protocol="", store_failed=True))),
    ("store-failing", without_outside(game=Game(store_failed=True))),
    ("door-silent", without_outside(game=Game(protocol=""))),
    ("version-mismatch", without_outside(game=Game(protocol="lanternhold.9"))),
]
IDS = [f"{verdict}-{number}" for number, (verdict, _) in enumerate(WORLDS)]


@pytest.mark.parametrize(("verdict", "facts"), WORLDS, ids=IDS)
def test_the_root_verdict_is_right_and_alone(verdict, facts):
    found = examine(CHECKS, facts)
    assert found.verdict == verdict
    assert [one.check.id for one in found.faults or found.warnings] == [verdict]


@pytest.mark.parametrize(("verdict", "facts"), WORLDS, ids=IDS)
def test_every_fault_has_evidence_and_something_to_do(verdict, facts):
    for one in [*examine(CHECKS, facts).faults, *examine(CHECKS, facts).warnings]:
        assert one.finding.evidence
        assert one.finding.remedy


def test_every_check_that_can_fail_is_seen_failing_somewhere():
    quiet = {"sleep", "several-routers", "no-stable-ipv6", "hairpin-missing"}  # they only inform
    assert {check.id for check in CHECKS} - {verdict for verdict, _ in WORLDS} == quiet


def test_in_the_healthy_world_all_is_well():
    found = examine(CHECKS, HEALTHY)
    assert found.verdict == "ok"
    assert not found.faults
    assert not found.warnings


def test_at_home_alone_nothing_outside_is_a_fault():
    """Who plays in one house needs no router, no name and no port."""
    wanted = Wanted(domain="", outside=False)
    router = Router(speaks=(), outer="100.64.1.2", outer_kind=None, table={})
    facts = Facts(wanted=wanted, router=router, door=Door(public_left_s=None), outside=Outside())
    assert examine(CHECKS, facts).verdict == "ok"


def test_a_friend_who_is_in_outweighs_what_the_router_looks_like():
    """A port mapped by hand on a router without UPnP is no fault when it works."""
    router = Router(speaks=(), outer="", outer_kind=None, table={})
    assert examine(CHECKS, replace(HEALTHY, router=router)).verdict == "ok"


def test_without_hairpin_a_closed_look_from_inside_says_nothing_of_the_port():
    found = examine(CHECKS, without_outside(outside=Outside(inside="closed")))
    judged = {one.check.id: one for one in found.judged}
    assert found.verdict == "ok"
    assert str(judged["hairpin-missing"].finding.status) == "info"
    assert str(judged["isp-blocks-443"].finding.status) == "unknown"


def test_behind_a_carrier_nat_friends_by_ipv6_alone_are_what_the_host_chose():
    """Doctor's own advice for CGNAT, carried out."""
    router = Router(outer="100.64.1.2", outer_kind=Kind.CARRIER, table={443: None, 80: None})
    mine = Records(zone=("3ffe::10",), seen=("3ffe::10",))
    named = Names(a=Records(), aaaa=mine)
    facts = without_outside(
        wanted=Wanted(), router=router, names=named, lan=Lan(address6="3ffe::10")
    )
    assert examine(CHECKS, facts).verdict == "ok"
    stale = replace(facts, lan=Lan(address6="3ffe::11"))
    assert examine(CHECKS, stale).verdict == "cgnat"


HIGH = Wanted(mappings={8443: ("192.168.1.10", 8443)}, public_port=8443)
NAS = Held("192.168.1.20", 443)


def test_the_high_port_that_doctor_recommended_is_the_one_that_counts():
    """The remedy of mapping-conflict, carried out: 443 and 80 stay the NAS's."""
    table = {8443: Held("192.168.1.10", 8443), 443: NAS, 80: NAS}
    proven = Outside(friend="", ports={8443: "open"}, by="a friend")
    facts = replace(HEALTHY, wanted=HIGH, router=Router(table=table), outside=proven)
    found = examine(CHECKS, facts)
    assert (found.verdict, found.warnings) == ("ok", [])


@pytest.mark.parametrize(
    ("verdict", "wanted", "held", "seen"),
    [
        ("mapping-conflict", HIGH, NAS, {}),
        ("mapping-lost", HIGH, None, {}),
        ("mapping-missing", replace(HIGH, mappings={80: ("192.168.1.10", 8080)}), None, {}),
        ("mapping-wrong-port", HIGH, Held("192.168.1.10", 1), {}),
        ("isp-blocks-443", HIGH, Held("192.168.1.10", 8443), {8443: "silent"}),
        ("port-closed", HIGH, Held("192.168.1.10", 8443), {8443: "closed"}),
    ],
)
def test_what_is_wrong_with_the_high_port_is_told_by_its_number(verdict, wanted, held, seen):
    facts = without_outside(
        wanted=wanted,
        router=Router(table={8443: held, 80: Held("192.168.1.10", 8080)}),
        outside=Outside(ports=seen, by="a friend" if seen else ""),
    )
    found = examine(CHECKS, facts)
    assert found.verdict == verdict
    told = found.faults[0].finding
    assert "8443" in told.evidence
    assert "ports open" not in told.remedy or "--https" in told.remedy


ALIAS = Records(("192.0.1.2",), ("192.0.1.2",), ttl=None, alias="anna.duckdns.org")


@pytest.mark.parametrize(
    "facts",
    [
        replace(HEALTHY, names=Names(a=ALIAS)),
        without_outside(router=Router(table={}, has_table=False)),
        without_outside(
            wanted=Wanted(), router=Router(speaks=("NAT-PMP",), table={}, has_table=False)
        ),
        without_outside(firewall=Firewall(is_known=False, kind="on this system not looked at")),
    ],
    ids=["an alias", "a router without a table", "which was never asked", "macOS and Windows"],
)
def test_what_only_looks_wrong_is_no_fault(facts):
    found = examine(CHECKS, facts)
    assert (found.verdict, found.faults) == ("ok", [])


def test_a_part_that_is_started_again_and_again_needs_more_than_up():
    """`up` says that it runs already, for the supervisor does."""
    parts = {"server": "restarting", "caddy": "running"}
    found = examine(CHECKS, without_outside(game=replace(STOPPED, parts=parts, last_words="No.")))
    told = found.faults[0].finding
    assert told.remedy == "./lanternhold down, then ./lanternhold up"
    assert told.evidence.endswith("Its last words: No.")


def test_an_entry_that_is_not_ours_is_for_its_owner_to_delete():
    held = {443: Held("192.168.1.10", 9999), 80: Held("192.168.1.10", 8080)}
    by_hand = without_outside(wanted=Wanted(), router=Router(table=held))
    assert "delete it at http://192.168.1.1" in examine(CHECKS, by_hand).faults[0].finding.remedy
    ours = replace(by_hand, wanted=Wanted(mappings=OURS))
    assert "ports close, then" in examine(CHECKS, ours).faults[0].finding.remedy


def judged(facts, id_):
    return next(one.finding for one in examine(CHECKS, facts).judged if one.check.id == id_)


def test_without_internet_friends_at_home_come_in_all_the_same():
    at_home = replace(OFFLINE, wanted=Wanted(domain="", outside=False))
    assert examine(CHECKS, at_home).verdict == "ok"
    told = judged(at_home, "no-internet")
    assert (str(told.status), bool(told.remedy)) == ("info", True)
    assert "no internet" in told.evidence


@pytest.mark.parametrize(
    "heard",
    [
        {"public": Public(v4="", heard=1)},
        {"host": Host(clock_off_s=3.0)},
        {"names": Names(a=Records(zone=(), seen=()), aaaa=UNHEARD)},
        {"door": Door(authority_answers=True)},
    ],
    ids=["a source", "a clock", "a name server", "the authority"],
)
def test_one_voice_from_outside_is_internet(heard):
    assert str(judged(replace(OFFLINE, **heard), "no-internet").status) == "ok"


@pytest.mark.parametrize(
    ("facts", "id_"),
    [
        (names(a=Records(exists=False), aaaa=Records(exists=False)), "dns-no-record"),
        (names(a=Records(zone=None), aaaa=Records(zone=None)), "dns-servers-down"),
    ],
)
def test_a_name_that_nobody_knows_may_be_misspelt(facts, id_):
    told = judged(facts, id_)
    assert "spelt right?" in told.remedy
    assert "setup --name" in told.remedy
    assert "spelt" not in judged(names(a=Records()), "dns-no-record").remedy


def test_ports_that_are_opened_by_hand_are_not_the_silent_routers_fault():
    silent = Router(speaks=(), outer="", outer_kind=None)
    asked = without_outside(wanted=Wanted(), router=silent)
    assert examine(CHECKS, asked).verdict == "router-no-upnp"
    by_hand = replace(asked, wanted=Wanted(by_hand=True))
    assert examine(CHECKS, by_hand).verdict == "ok"
    assert "by hand" in judged(by_hand, "router-no-upnp").evidence


@pytest.mark.parametrize("silent", [("PCP",), ("NAT-PMP",), ("PCP", "NAT-PMP"), ()])
def test_who_is_silent_and_who_switched_off_is_one_word(silent):
    """It changes from look to look: both are asked at one port of the router."""
    why = {way: "silent" if way in silent else "switched off" for way in ("PCP", "NAT-PMP")}
    facts = without_outside(router=Router(speaks=(), outer="", outer_kind=None, refusals=why))
    assert "it does not offer NAT-PMP or PCP." in judged(facts, "router-no-upnp").evidence


def test_a_passing_ipv6_address_is_no_errand_for_who_publishes_none():
    fleeting = without_outside(lan=Lan(is_fleeting_only=True))
    told = judged(fleeting, "no-stable-ipv6")
    assert (str(told.status), told.remedy) == ("info", "")
    assert "IPv4" in told.evidence
