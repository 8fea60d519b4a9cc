from deploy.firewall import bypass
from deploy.firewall.bypass import Bypass
from deploy.firewall.root import AsRoot
from deploy.firewall.sockets import Listener
from support.firewalls import Answers

IPTABLES = """\
-N DOCKER
-A DOCKER -i docker0 -j RETURN
-A DOCKER ! -i br-1 -p tcp -m tcp --dport 8443 -j DNAT --to-destination 172.18.0.2:8443
"""
NFTABLES = """table ip6 docker-bridges {
    chain nat-prerouting { tcp dport 8443 dnat ip6 to [fd00::2]:8443 comment "DNAT" }
    tcp dport 8080 accept
}"""


def test_docker_of_either_kind_is_read():
    answers = Answers()
    answers.say("iptables -w -t nat -S DOCKER", IPTABLES)
    answers.say("nft list table ip6 docker-bridges", NFTABLES)
    listeners = [Listener("::", 8080, "docker-proxy"), Listener("0.0.0.0", 8443, "docker-proxy")]
    found = bypass.read(AsRoot(answers, root=True), listeners, (8443, 8080))
    assert found.rules[4][8443].endswith("172.18.0.2:8443")
    assert list(found.rules[6]) == [8443]
    assert found.by_proxy == (8080,)


def test_the_firewall_sees_by_ipv6_only_what_the_proxy_takes_in():
    found = Bypass({4: {1: "", 2: ""}, 6: {1: ""}}, by_proxy=(1, 2))
    assert found.met_by_firewall((1, 2, 3)) == [2]
