import hashlib
import json
import ssl

import pytest

from deploy import invitation, lan, settings
from deploy.clone import Clone
from deploy.ledger import Entry, Ledger, State
from deploy.problem import Problem
from deploy.run import Result
from deploy.stack import Door
from protocol.invite import Invite

SECRET = "AbCdEfGhIjKlMnOpQrStUvWx"
DER = bytes(range(200))
ROOT = ssl.DER_cert_to_PEM_cert(DER)


class Server:
    """A stack that runs, as far as invites go."""

    def __init__(self, out="", err="", root=ROOT):
        self.answer = Result(0, out or json.dumps({"secret": SECRET, "label": "friends"}), err)
        self.root = root
        self.asked = []

    def door(self):
        return Door(9443, 9080, 9100, self.root)

    def ask_server(self, arguments):
        self.asked.append(list(arguments))
        return self.answer


@pytest.fixture
def chosen(tmp_path):
    return lambda **environ: settings.load(Clone(tmp_path), environ)


def test_an_invite_says_where_whom_and_by_which_right(chosen, monkeypatch):
    monkeypatch.setattr(lan, "addresses", lambda: ["192.168.1.20", "fd00::2"])
    made, label = invitation.invite(Server(), chosen(LANTERNHOLD_SERVER_NAME="Moths"))
    assert label == invitation.Label("friends")
    assert Invite.parse(made.link()) == Invite(
        name="lanternhold.internal",
        addresses=("192.168.1.20", "fd00::2"),
        port=9443,
        secret=SECRET,
        title="Moths",
        ca_sha256=hashlib.sha256(DER).hexdigest(),
    )


def test_a_computer_without_a_network_still_has_itself(chosen, monkeypatch):
    monkeypatch.setattr(lan, "addresses", list)
    assert invitation.invite(Server(), chosen())[0].addresses == ("127.0.0.1",)


def test_our_own_players_come_by_loopback(chosen):
    assert invitation.own_invite(Server(), chosen()).addresses == ("127.0.0.1",)


def test_the_host_may_name_the_addresses(chosen):
    made, _ = invitation.invite(
        Server(), chosen(LANTERNHOLD_DEPLOY_ADDRESSES="10.1.2.3, fd00:0::1")
    )
    assert made.addresses == ("10.1.2.3", "fd00::1")


def test_an_address_that_is_none_is_told(chosen):
    with pytest.raises(Problem, match="No invite can be made"):
        invitation.invite(Server(), chosen(LANTERNHOLD_DEPLOY_ADDRESSES="home"))


def test_the_label_goes_to_the_server(chosen):
    server = Server()
    invitation.invite(server, chosen(), ["--new", "anna"])
    assert server.asked == [["invite", "--json", "--new", "anna"]]


@pytest.mark.parametrize(
    ("why", "next_"),
    [
        ("There is no invite called 'nobody'. There are: friends.", "--list"),
        ("There is an invite called 'anna' already. See it again.", "--show"),
        ("python -m server invite: error: argument --new: too long", "--help"),
    ],
)
def test_what_the_server_refuses_has_a_next_step(chosen, why, next_):
    with pytest.raises(Problem) as told:
        invitation.invite(Server("no json", why), chosen())
    assert next_ in told.value.remedy
    assert why.endswith(told.value.what)


@pytest.mark.parametrize("said", ["no json", "[]", "{}", '{"secret": "x"}'])
def test_a_server_that_gives_none_is_quoted(chosen, said):
    with pytest.raises(Problem, match="The server gave no invite: it is starting"):
        invitation.invite(Server(said, "it is starting"), chosen())


def test_a_door_without_its_root_is_not_ready(chosen):
    with pytest.raises(Problem, match="not made its certificate yet"):
        invitation.own_invite(Server(root=""), chosen())


def test_with_a_domain_one_invite_works_at_home_and_from_anywhere(chosen, tmp_path, monkeypatch):
    monkeypatch.setattr(lan, "addresses", lambda: ["192.168.1.20"])
    home = chosen(LANTERNHOLD_DOMAIN="play.example.org")
    made, _ = invitation.invite(Server(), home, clone=Clone(tmp_path))
    assert made.addresses == ("192.168.1.20",)
    assert made.ca_sha256
    assert (made.outside, made.outside_port) == ("play.example.org", 443)


def test_the_port_that_the_router_maps_stands_in_the_invite(chosen, tmp_path):
    clone = Clone(tmp_path)
    desired = {"ip": 4, "external": 8444, "internal": 9443, "client": "192.168.1.20"}
    Ledger.of(clone).put(
        Entry("port-mapping:tcp:8444", "port-mapping", desired, {}, State.APPLIED, "now")
    )
    home = chosen(LANTERNHOLD_DOMAIN="play.example.org")
    assert invitation.invite(Server(), home, clone=clone)[0].outside_port == 8444


def test_our_own_players_need_no_way_in_from_outside(chosen):
    home = chosen(LANTERNHOLD_DOMAIN="play.example.org")
    assert invitation.own_invite(Server(), home).outside == ""


def test_friends_come_by_the_port_that_was_mapped_last_by_ipv4(tmp_path):
    ledger = Ledger.of(Clone(tmp_path))

    def hold(external, *, ip=4, state=State.APPLIED):
        desired = {"ip": ip, "external": external, "internal": 8443}
        ledger.put(Entry(f"port-mapping:{ip}:{external}", "port-mapping", desired, {}, state, ""))
        return invitation.public_port(ledger, 8443)

    assert hold(8443, ip=6) == 443  # a pinhole opens no port of the router's
    assert hold(50001, state=State.APPLYING) == 443
    assert hold(443) == 443
    assert hold(50002) == 50002
    assert invitation.public_port(ledger, 9443) == 443


@pytest.mark.parametrize(("records", "port"), [(["AAAA"], 8443), (["A", "AAAA"], 443), ([], 443)])
def test_by_ipv6_alone_friends_come_to_the_port_of_this_computer(tmp_path, records, port):
    ledger = Ledger(tmp_path / "ledger.json")
    pinhole = {"ip": 6, "external": 8443, "internal": 8443}
    ledger.put(Entry("port-mapping:tcp6:8443", "port-mapping", pinhole, {}, State.APPLIED, ""))
    for record in records:
        kept = {"record": record}
        ledger.put(Entry(f"dns-record:x:{record}", "dns-record", kept, {}, State.APPLIED, ""))
    assert invitation.public_port(ledger, 8443) == port


def test_what_to_do_about_a_label_that_is_taken_is_said_once(chosen):
    why = (
        "There is an invite called 'anna' already. See it again with --show anna, choose another "
        "label, or withdraw that one first with --withdraw anna."
    )
    with pytest.raises(Problem) as told:
        invitation.invite(Server("no json", why), chosen(), ["--new", "anna"])
    assert "--" not in told.value.what
    assert told.value.remedy.startswith("./lanternhold invite --show anna shows it again")
