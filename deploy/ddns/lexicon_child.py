"""Runs dns-lexicon in a process of its own: `python -m deploy.ddns.lexicon_child`, order on stdin.

The library has no timeouts, prints, and lets secrets into its exceptions. So it is ended from
outside when it takes too long, what it prints is thrown away, and of an exception only the class
and an HTTP status come out.

An order is {action: list|set|delete, provider, hostname, zone, record, address, ttl, credentials};
the answer {records: [{id, content, ttl}]} as read back at the end, or {problem, status}.
"""

import contextlib
import importlib
import json
import sys
from typing import Any

MISSING = "missing"  # the library is not installed
SEVERAL = "several"


def main() -> None:
    """Carry out one order."""
    order = json.load(sys.stdin)
    with contextlib.redirect_stdout(sys.stderr):
        answer = _answer(order)
    sys.stdout.write(json.dumps(answer))


def _answer(order: dict[str, Any]) -> dict[str, Any]:
    try:
        client = importlib.import_module("lexicon.client").Client
        resolver = importlib.import_module("lexicon.config").ConfigResolver
    except ImportError:
        return {"problem": MISSING}
    config = {
        "provider_name": order["provider"],
        "domain": order["zone"] or order["hostname"],
        # By DNS: the other way fetches a list from the net at its first use.
        "resolve_zone_name": True,
        "ttl": order["ttl"],
        order["provider"]: order["credentials"],
    }
    try:
        with client(resolver().with_dict(config)) as operations:
            return _carry_out(operations, order)
    except Exception as problem:  # noqa: BLE001  # whatever a provider's module may raise
        status = getattr(getattr(problem, "response", None), "status_code", None)
        return {"problem": type(problem).__name__, "status": status}


def _carry_out(operations: Any, order: dict[str, Any]) -> dict[str, Any]:
    known = _listed(operations, order)
    if order["action"] == "set":
        if len(known) > 1:
            return {"problem": SEVERAL}
        words = (order["record"], order["hostname"], order["address"])
        if known:
            operations.update_record(known[0]["id"], *words)
        else:
            operations.create_record(*words)
    elif order["action"] == "delete":
        for record in known:
            operations.delete_record(record["id"], order["record"], order["hostname"])
    else:
        return {"records": known}
    return {"records": _listed(operations, order)}


def _listed(operations: Any, order: dict[str, Any]) -> list[dict[str, Any]]:
    found = operations.list_records(order["record"], order["hostname"])
    return [
        {"id": record.get("id"), "content": record.get("content"), "ttl": record.get("ttl")}
        for record in found
        if str(record.get("name")).rstrip(".") == order["hostname"]
        and record.get("type") == order["record"]
    ]


if __name__ == "__main__":
    main()
