"""ufw: rules for the ports, switching it on if asked, and back to the same bytes."""

import re
from collections.abc import Sequence
from ipaddress import ip_address

from deploy.firewall import keepsake, ufw_rules
from deploy.firewall.root import AsRoot, must
from deploy.firewall.sockets import Session
from deploy.firewall.ufw_rules import ALLOWING, Rule
from deploy.firewall.wall import COMMENT, Wanted
from deploy.ledger import JsonObject
from deploy.problem import Problem

RULES = {4: "/etc/ufw/user.rules", 6: "/etc/ufw/user6.rules"}
CONF = "/etc/ufw/ufw.conf"
DEFAULTS = "/etc/default/ufw"


class Ufw:
    """A Wall. `now` and `before` are {"active": bool, "files": {path: base64 or null}}."""

    name = "ufw"

    def __init__(self, wanted: Wanted, runner: AsRoot) -> None:
        self._wanted = wanted
        self._run = runner

    # ------------------------------------------------------------------ pure

    def diff(self, now: JsonObject) -> list[str]:
        """The rules that are missing, and switching it on."""
        return [f"+ {_typed(command)}" for command in self._commands(now)]

    def closed(self, now: JsonObject) -> list[int]:
        """The wanted ports without a rule, while it is on."""
        return self._missing(now) if now["active"] else []

    def undoing(self, before: JsonObject) -> list[str]:
        """The reverse, in the reverse order."""
        return [_typed(command) for command in self._reverse(before)]

    def cut_off(self, now: JsonObject, sessions: Sequence[Session]) -> list[Session]:
        """Sessions that no rule would let in, once ufw is switched on.

        While it is on already, rules are only added that let somebody in.
        """
        if now["active"] or not self._wanted.enable:
            return []
        ours = {*self._missing(now), *self._missing_ssh(now)}
        return [item for item in sessions if item.port not in ours and not _lets_in(now, item)]

    def explain(self, now: JsonObject) -> list[str]:
        """On or off, and which ports are open already."""
        if not now["active"] and not self._wanted.enable:
            return ["ufw is installed but switched off: it keeps nobody out."]
        open_ports = [port for port in self._wanted.ports if _is_open(now, port)]
        state = "on" if now["active"] else "off"
        return [
            f"ufw is switched {state}.",
            *(f"It lets TCP {port} in already." for port in open_ports),
        ]

    def _commands(self, now: JsonObject) -> list[list[str]]:
        if not now["active"] and not self._wanted.enable:
            return []
        for port in (*self._wanted.ports, *self._wanted.ssh):
            _refuse_if_denied(now, port)
        # SSH before all else: whatever happens after it, the person can come back.
        commands = [_allow(port, "SSH") for port in self._missing_ssh(now)]
        commands += [_allow(port, COMMENT) for port in self._missing(now)]
        if not now["active"]:
            commands.append(["ufw", "--force", "enable"])
        return commands

    def _reverse(self, before: JsonObject) -> list[list[str]]:
        commands = []
        if not before["active"] and self._wanted.enable:
            commands.append(["ufw", "disable"])
        ours = [*self._missing_ssh(before), *self._missing(before)]
        return [*commands, *(["ufw", "delete", "allow", f"{port}/tcp"] for port in reversed(ours))]

    def _missing(self, now: JsonObject) -> list[int]:
        return [port for port in self._wanted.ports if not _is_open(now, port)]

    def _missing_ssh(self, now: JsonObject) -> list[int]:
        """Ports of SSH without a rule yet; one for the home network only is enough."""
        ports = self._wanted.ssh if self._wanted.enable and not now["active"] else ()
        return [port for port in ports if not _is_spoken_of(now, port)]

    # ------------------------------------------------------------------ the world

    def look(self) -> JsonObject:
        """Its state and the exact bytes of its files."""
        said = must(self._run(["ufw", "status"]), "ufw could not be asked")
        files = [*RULES.values(), CONF, DEFAULTS]
        return {
            "active": bool(re.search(r"^Status: active", said, re.MULTILINE)),
            "files": {path: keepsake.keep(path, self._run) for path in files},
        }

    def change(self, now: JsonObject) -> None:
        """Rule by rule; ufw makes each last at once."""
        for command in self._commands(now):
            must(self._run(command), f"{_typed(command)} failed")

    def keep(self, now: JsonObject) -> None:
        """Nothing is left to do: what ufw does, it keeps."""

    def back(self, before: JsonObject) -> None:
        """Delete our rules. The files get their old bytes, unless others changed them since."""
        now = self.look()
        for command in self._reverse(before):
            if command[1] != "disable" or now["active"]:
                must(self._run(command), f"{_typed(command)} failed")
        after = self.look()
        files = (*RULES.values(), CONF)
        if all(_meaning(_text(after, path)) == _meaning(_text(before, path)) for path in files):
            for path in files:
                keepsake.put_back(path, before["files"][path], self._run)
        left = [port for port in self._missing(before) if _is_open(after, port)]
        if left:
            raise Problem(
                f"ufw still lets TCP {left[0]} in after its rule was deleted.",
                f"sudo ufw status numbered, and delete the rule for {left[0]}",
            )


def _allow(port: int, comment: str) -> list[str]:
    return ["ufw", "allow", f"{port}/tcp", "comment", comment]


def _text(now: JsonObject, path: str) -> str:
    return keepsake.text(now["files"].get(path))


def _setting(now: JsonObject, key: str) -> str:
    found = re.findall(rf'^{key}="?(\w+)"?', _text(now, DEFAULTS), re.MULTILINE)
    return found[-1] if found else ""


def _by_default(now: JsonObject) -> bool:
    return _setting(now, "DEFAULT_INPUT_POLICY") == "ACCEPT"


def _rules(now: JsonObject, version: int) -> tuple[Rule, ...]:
    return ufw_rules.read(_text(now, RULES[version]))


def _versions(now: JsonObject) -> list[int]:
    """The IP versions that it looks after; with IPV6=no it drops all of IPv6."""
    return [4, 6] if _setting(now, "IPV6").lower() == "yes" else [4]


def _is_open(now: JsonObject, port: int) -> bool:
    """Whether everybody comes in at a port, by every IP version."""
    for version in _versions(now):
        rule = ufw_rules.first_for_everybody(_rules(now, version), port)
        if not (rule.action in ALLOWING if rule else _by_default(now)):
            return False
    return True


def _is_spoken_of(now: JsonObject, port: int) -> bool:
    """Whether a rule lets somebody in at a port, be it everybody or only the home network."""
    return any(
        rule.concerns(port) and rule.action in ALLOWING
        for version in _versions(now)
        for rule in _rules(now, version)
    )


def _refuse_if_denied(now: JsonObject, port: int) -> None:
    for version in _versions(now):
        rule = ufw_rules.first_for_everybody(_rules(now, version), port)
        if rule and rule.action not in ALLOWING:
            raise Problem(
                f"ufw has a rule of yours that keeps everybody out of TCP {port}: {rule.tuple}. "
                "It stands before any that could be added, and it is not ours to remove.",
                f"sudo ufw status numbered, then sudo ufw delete NUMBER, if you want {port} open",
            )


def _lets_in(now: JsonObject, session: Session) -> bool:
    rules = _rules(now, ip_address(session.peer).version)
    return ufw_rules.lets_in(rules, session.port, session.peer, by_default=_by_default(now))


def _meaning(text: str) -> tuple[str, ...]:
    """What a file of ufw says: its rules, or for ufw.conf its settings.

    At every change ufw writes them anew, with headings that mean nothing.
    """
    if rules := re.findall(r"^### tuple ### .+$", text, re.MULTILINE):
        return tuple(rules)
    return tuple(re.findall(r"^[A-Z]\w*=.*$", text, re.MULTILINE))


def _typed(command: Sequence[str]) -> str:
    return " ".join(command)
