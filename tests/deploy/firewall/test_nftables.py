import json

import pytest

from deploy.firewall import nftables
from deploy.problem import Problem

PORTS = (8443, 8080)


def accept(*conditions):
    return [*({"match": condition} for condition in conditions), {"accept": None}]


def dport(right, op="=="):
    return {"op": op, "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": right}


def ruleset(*rules, policy="drop", extra=(), **chain):
    base = {"family": "inet", "table": "mine", "name": "input"}
    base |= {"hook": "input", "type": "filter", "policy": policy} | chain
    items = [{"metainfo": {}}, {"table": {"family": "inet", "name": "mine"}}, {"chain": base}]
    named = [("input", rule) for rule in rules] + list(extra)
    items += [
        {"rule": {"family": base["family"], "table": base["table"], "chain": name, "expr": expr}}
        for name, expr in named
    ]
    return json.dumps({"nftables": items})


NEW = {"op": "in", "left": {"ct": {"key": "state"}}, "right": ["established", "new"]}
OLD = {"op": "in", "left": {"ct": {"key": "state"}}, "right": ["established", "related"]}
TCP = {"op": "==", "left": {"meta": {"key": "l4proto"}}, "right": "tcp"}
LO = {"op": "==", "left": {"meta": {"key": "iifname"}}, "right": "lo"}
BANNED = {
    "op": "==",
    "left": {"payload": {"protocol": "ip", "field": "saddr"}},
    "right": "@banned",
}


@pytest.mark.parametrize(
    ("said", "closed"),
    [
        (ruleset(), PORTS),
        (ruleset(policy="accept"), ()),
        (ruleset(accept(OLD), accept(LO)), PORTS),
        (ruleset(accept(dport(8443))), (8080,)),
        (ruleset(accept(TCP, NEW, dport({"set": [22, {"range": [8000, 9000]}]}))), ()),
        (ruleset(accept(dport({"range": [1, 8080]}))), (8443,)),
        (ruleset(accept(dport(22, op="!="))), ()),
        (ruleset([{"match": BANNED}, {"drop": None}], policy="accept"), ()),
        (ruleset([{"match": LO}, {"accept": None}], [{"reject": None}], policy="accept"), PORTS),
        (ruleset(accept(dport(8443)), [{"drop": None}], policy="accept"), (8080,)),
        (ruleset([{"xt": {"type": "match", "name": "tcp"}}, {"accept": None}]), PORTS),
        (ruleset(accept(dport(22)), hook="forward"), ()),
        (ruleset(table="firewalld"), ()),
        (
            ruleset([{"jump": {"target": "web"}}], extra=[("web", accept(dport(8080)))]),
            (8443,),
        ),
        (
            ruleset(
                [{"jump": {"target": "web"}}],
                [{"accept": None}],
                extra=[("web", [{"return": None}]), ("web", [{"drop": None}])],
            ),
            (),
        ),
        (ruleset([{"goto": {"target": "web"}}], [{"accept": None}]), PORTS),
        (ruleset([{"jump": {"target": "input"}}]), PORTS),  # a circle, which nft itself refuses
    ],
)
def test_what_is_closed(said, closed):
    found = nftables.closed_by(said, PORTS)
    assert tuple(port for chain in found for port in chain.closed) == closed


@pytest.mark.parametrize("said", ["", "[]", '{"nftables": 1}', '{"other": []}'])
def test_what_is_no_list_of_rules_is_told(said):
    with pytest.raises(Problem, match="nft did not list"):
        nftables.closed_by(said, PORTS)
