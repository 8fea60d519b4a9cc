import asyncio

import pytest

from deploy import modes, settings
from deploy.clone import Clone
from deploy.commands import firewall
from deploy.firewall import outside
from deploy.firewall.exposure import Reach
from deploy.modes import Mode
from deploy.problem import Problem

HOME = "the host's own network"
AWAY = "the public name"


def way(name, failed="", *steps):
    """A way of a probe, its steps good up to the failed one."""
    names = steps or ("dns", "tcp", "tls", "websocket", "join", "ticks")
    at = names.index(failed) if failed else len(names)
    return {
        "way": name,
        "ok": not failed,
        "steps": [{"name": step, "ok": place < at} for place, step in enumerate(names)],
    }


def probe(*ways):
    return {**ways[0], "ways": list(ways)}


@pytest.mark.parametrize(
    ("said", "is_in"),
    [
        (way(AWAY), True),
        (way(AWAY, "websocket"), True),
        (way(AWAY, "tls"), False),  # the router's own page would answer so
        (way(AWAY, "tcp"), False),
        (probe(way(HOME, "tcp"), way(AWAY)), True),
        (probe(way(HOME), way(AWAY)), False),
        (probe(way(HOME)), False),
        (None, False),
    ],
)
def test_only_who_met_our_door_from_outside_proves_its_port(said, is_in):
    asked = []

    def ask(command, link):
        asked.append((command, link))
        return said

    prober = outside.by_invite(("ssh", "me"), lambda: "lanternhold://join/x", 8443, ask)
    assert asyncio.run(prober([8443, 8080])) == ({8443: Reach.OPEN} if is_in else {})
    assert asyncio.run(prober([8080])) == {}
    assert asked == [(("ssh", "me"), "lanternhold://join/x")]


def test_without_an_invite_nobody_is_asked():
    prober = outside.by_invite(("ssh", "me"), lambda: "", 8443, ask=None)
    assert asyncio.run(prober([8443])) == {}


def test_the_commands_have_it_where_the_settings_name_one(tmp_path, monkeypatch):
    clone = Clone(tmp_path)

    def no_invite(*_, **__):
        raise Problem("The server does not run.")

    monkeypatch.setattr(firewall.invitation, "invite", no_invite)
    named = settings.load(clone, {"LANTERNHOLD_DEPLOY_PROBER": "false"})
    assert firewall._eye(clone, named) is None  # nothing was started: there is no invite
    modes.remember(clone, Mode.EMBEDDED)
    assert firewall._eye(clone, settings.load(clone, {})) is None
    assert asyncio.run(firewall._eye(clone, named)([8443])) == {}
