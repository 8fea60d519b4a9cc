"""Plain nftables: whether its rules let a stranger's connection in, and the rules that would.

Rules are judged as far as they can be read: a rule whose conditions are not all understood neither
opens nor closes anything. So what is said to be closed is closed, and what is said to be open has
been opened by a rule that holds for everybody.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.ledger import JsonObject
from deploy.problem import Problem

LIST = ("nft", "-j", "list", "ruleset")
FAMILIES = {"ip", "ip6", "inet"}
MANAGED = {"firewalld"}  # tables that another program looks after
DEPTH = 16  # nftables' own limit of nested jumps


@dataclass(frozen=True)
class Chain:
    """A base chain at the input hook that keeps ports closed."""

    family: str
    table: str
    name: str
    closed: tuple[int, ...]

    @property
    def place(self) -> str:
        """As nft names it."""
        return f"{self.family} {self.table} {self.name}"


def closed_by(said: str, ports: Sequence[int]) -> tuple[Chain, ...]:
    """The chains that keep any of the ports closed, from what `nft -j list ruleset` prints.

    Raises:
        Problem: that is no JSON of nft's.
    """
    try:
        items: list[JsonObject] = json.loads(said)["nftables"]
        ruleset = _Ruleset(items)
    except (ValueError, KeyError, TypeError):
        raise Problem("nft did not list its rules in a form that can be read.") from None
    found = []
    for chain in ruleset.at_input():
        closed = tuple(port for port in ports if not ruleset.accepts(chain, port))
        if closed:
            found.append(Chain(chain["family"], chain["table"], chain["name"], closed))
    return tuple(found)


def opening(chain: Chain) -> str:
    """The command that opens what a chain keeps closed."""
    return f"sudo nft insert rule {chain.place} {_match(chain)} accept comment '\"Lanternhold\"'"


def lasting(chain: Chain) -> str:
    """The line that does the same in the file of rules that is loaded at the start."""
    return f'{_match(chain)} accept comment "Lanternhold"'


def closing(chain: Chain) -> list[str]:
    """The commands that take it back."""
    return [
        f"sudo nft -a list chain {chain.place}   # shows the NUMBER of our rule",
        f"sudo nft delete rule {chain.place} handle NUMBER",
    ]


def _match(chain: Chain) -> str:
    ports = ", ".join(str(port) for port in chain.closed)
    return f"tcp dport {{ {ports} }}"


class _Ruleset:
    def __init__(self, items: Sequence[JsonObject]) -> None:
        self._chains = [item["chain"] for item in items if "chain" in item]
        self._rules: dict[tuple[str, str, str], list[list[JsonObject]]] = {}
        for item in items:
            if rule := item.get("rule"):
                key = (rule["family"], rule["table"], rule["chain"])
                self._rules.setdefault(key, []).append(rule["expr"])

    def at_input(self) -> Iterator[JsonObject]:
        for chain in self._chains:
            is_ours = chain["family"] in FAMILIES and chain["table"] not in MANAGED
            if is_ours and chain.get("hook") == "input" and chain.get("type") == "filter":
                yield chain

    def accepts(self, chain: JsonObject, port: int) -> bool:
        verdict = self._walk((chain["family"], chain["table"], chain["name"]), port, DEPTH)
        return (verdict or chain.get("policy", "accept")) == "accept"

    def _walk(self, key: tuple[str, str, str], port: int, depth: int) -> str:
        """Either "accept", "drop", or "" when the chain ends without a word."""
        for expressions in self._rules.get(key, ()) if depth else ():
            verdict = _verdict(expressions, port)
            if verdict.startswith(("jump ", "goto ")):
                kind, _, target = verdict.partition(" ")
                verdict = self._walk((*key[:2], target), port, depth - 1)
                if kind == "goto" and not verdict:
                    return ""
            if verdict == "return":
                return ""
            if verdict:
                return verdict
        return ""


def _verdict(expressions: Sequence[JsonObject], port: int) -> str:
    """What a rule does with a stranger's new connection; "" for nothing, or when it is unsure."""
    for expression in expressions:
        if "match" in expression and not _is_met(expression["match"], port):
            return ""
        if "xt" in expression:
            return ""
        for verdict in ("accept", "drop", "return"):
            if verdict in expression:
                return verdict
        if "reject" in expression:
            return "drop"
        for verdict in ("jump", "goto"):
            if verdict in expression:
                return f"{verdict} {expression[verdict]['target']}"
    return ""


def _is_met(match: JsonObject, port: int) -> bool:
    """Whether a condition certainly holds for it."""
    left, right = match["left"], match["right"]
    if not isinstance(left, dict):
        return False
    held = match["op"] in {"==", "in"}
    if left.get("payload") == {"protocol": "tcp", "field": "dport"}:
        return _contains(right, port) is held
    if left.get("ct") == {"key": "state"}:
        return _contains(right, "new") is held
    if left.get("meta") == {"key": "l4proto"} or left.get("payload", {}).get("field") == "protocol":
        return _contains(right, "tcp") is held
    return False


def _contains(right: Any, wanted: int | str) -> bool:
    """Whether nft's value, list, range or set holds one thing."""
    if isinstance(right, dict):
        if "range" in right:
            first, last = right["range"]
            return isinstance(wanted, int) and first <= wanted <= last
        return _contains(right.get("set", []), wanted)
    if isinstance(right, list):
        return any(_contains(item, wanted) for item in right)
    return bool(right == wanted)
