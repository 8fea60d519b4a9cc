import pytest

from deploy.firewall import ufw_rules
from support.firewalls import ALLOW_SSH, tuples

HOUSE = "allow tcp 22 0.0.0.0/0 any 192.168.1.0/24 in"


def rules(*lines):
    return ufw_rules.read(tuples(*lines))


def test_the_words_of_a_rule():
    (rule,) = rules("limit_log tcp 22 0.0.0.0/0 any 10.0.0.0/8 in_eth0 comment=6869")
    assert (rule.action, rule.ports, rule.source, rule.way) == (
        "limit",
        "22",
        "10.0.0.0/8",
        "in_eth0",
    )
    assert not rule.is_for_everybody


def test_an_application_profile_stands_before_the_direction():
    (rule,) = rules("allow tcp 80,443 0.0.0.0/0 any 0.0.0.0/0 WWW%20Full - in")
    assert rule.is_for_everybody
    assert rule.concerns(443)


def test_what_passes_through_or_goes_out_says_nothing_of_what_comes_in():
    through = "route:allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in"
    assert rules(through) == ()
    (out,) = rules("deny tcp 22 0.0.0.0/0 any 0.0.0.0/0 out")
    assert not out.concerns(22)


@pytest.mark.parametrize(
    ("lines", "peer", "comes_in"),
    [
        ([ALLOW_SSH], "203.0.113.9", True),
        ([HOUSE], "192.168.1.20", True),
        ([HOUSE], "192.168.2.20", False),
        (["deny tcp 22 0.0.0.0/0 any 192.168.1.20 in", ALLOW_SSH], "192.168.1.20", False),
        ([ALLOW_SSH, "deny tcp 22 0.0.0.0/0 any 192.168.1.20 in"], "192.168.1.20", True),
        ([f"{ALLOW_SSH}_wlan0"], "192.168.1.20", False),
        (["deny udp 22 0.0.0.0/0 any 0.0.0.0/0 in", ALLOW_SSH], "192.168.1.20", True),
        (["allow tcp 22 192.168.1.10 any 0.0.0.0/0 in"], "192.168.1.20", False),
        (["allow tcp 22 ::/0 any fe80::/10 in"], "fe80::1%eth0", True),
    ],
)
def test_whether_one_address_comes_in(lines, peer, comes_in):
    assert ufw_rules.lets_in(rules(*lines), 22, peer, by_default=False) is comes_in


def test_what_no_rule_speaks_of_is_left_to_the_default():
    assert ufw_rules.lets_in((), 22, "192.168.1.20", by_default=True)
