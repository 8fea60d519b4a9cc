"""firewalld: ports of the zone towards the router, first only until the next restart, then kept.

It is never reloaded: that would drop what stands at run time only, Docker's rules for one, or the
rule by which somebody came in. A change that is being tried stands at run time only, so a power
cut takes it back as well.
"""

import re
from collections.abc import Callable, Sequence

from deploy.firewall import keepsake
from deploy.firewall.root import AsRoot, must
from deploy.firewall.sockets import Session
from deploy.firewall.wall import Wanted
from deploy.ledger import JsonObject
from deploy.problem import Problem

ZONES = "/etc/firewalld/zones"
KINDS = ("runtime", "permanent")


class Firewalld:
    """A Wall. `now` is {"active", "zone", "files", "runtime": {...}, "permanent": {...}}.

    Both hold `target`, `ports` and `rich`, as firewalld writes them; and `text`, the whole zone.

    Args:
        interface: gives the interface towards the router.
    """

    name = "firewalld"

    def __init__(self, wanted: Wanted, runner: AsRoot, interface: Callable[[], str]) -> None:
        self._wanted = wanted
        self._run = runner
        self._interface = interface

    # ------------------------------------------------------------------ pure

    def diff(self, now: JsonObject) -> list[str]:
        """The ports that are missing, now and for later."""
        self._refuse_if_denied(now)
        return [f"+ {' '.join(self._order(now, kind, 'add'))}" for kind in self._lacking(now)]

    def closed(self, now: JsonObject) -> list[int]:
        """The wanted ports that are not open at run time."""
        return self._missing(now["runtime"])

    def undoing(self, before: JsonObject) -> list[str]:
        """Remove them again."""
        return [" ".join(self._order(before, kind, "remove")) for kind in self._lacking(before)]

    def cut_off(self, now: JsonObject, sessions: Sequence[Session]) -> list[Session]:
        """Nobody: here ports are only ever opened, and nothing is reloaded."""
        del now, sessions
        return []

    def explain(self, now: JsonObject) -> list[str]:
        """The zone, and what is open."""
        said = [f"firewalld runs; the zone towards the router is {now['zone']}."]
        missing = {port for kind in KINDS for port in self._missing(now[kind])}
        return said + [
            f"It lets TCP {port} in already." for port in self._wanted.ports if port not in missing
        ]

    def _missing(self, zone: JsonObject) -> list[int]:
        if zone["target"] == "ACCEPT":
            return []
        return [port for port in self._wanted.ports if not _holds(zone["ports"], port)]

    def _lacking(self, now: JsonObject) -> list[str]:
        return [kind for kind in KINDS if self._missing(now[kind])]

    def _order(self, before: JsonObject, kind: str, verb: str) -> list[str]:
        """The command for what `before` lacked."""
        words = ["firewall-cmd", *(["--permanent"] if kind == "permanent" else [])]
        words.append(f"--zone={before['zone']}")
        return [*words, *(f"--{verb}-port={port}/tcp" for port in self._missing(before[kind]))]

    def _refuse_if_denied(self, now: JsonObject) -> None:
        for rule in (*now["runtime"]["rich"], *now["permanent"]["rich"]):
            for port in self._wanted.ports:
                if re.search(r"\b(drop|reject)\b", rule) and f'port port="{port}"' in rule:
                    raise Problem(
                        f"firewalld has a rule of yours that keeps people out of TCP {port}: "
                        f"{rule}. It goes before ports, and it is not ours to remove.",
                        f"sudo firewall-cmd --zone={now['zone']} --remove-rich-rule='{rule}' "
                        "(and once more with --permanent), if you want it open",
                    )

    # ------------------------------------------------------------------ the world

    def look(self) -> JsonObject:
        """The zone at run time and as it is kept, with the files that keep it."""
        zone = self._zone()
        file = f"{ZONES}/{zone}.xml"
        return {
            "active": True,
            "zone": zone,
            "runtime": self._read(zone),
            "permanent": self._read(zone, "--permanent"),
            "files": {path: keepsake.keep(path, self._run) for path in (file, f"{file}.old")},
        }

    def change(self, now: JsonObject) -> None:
        """At run time only."""
        self._do(now, "runtime", "add")

    def keep(self, now: JsonObject) -> None:
        """For later too."""
        self._do(now, "permanent", "add")

    def back(self, before: JsonObject) -> None:
        """Remove our ports, and what the files have become by it."""
        for kind in KINDS:
            self._do(before, kind, "remove")  # what is not there is no failure to firewalld
        zone = before["zone"]
        if self._read(zone, "--permanent")["text"] != before["permanent"]["text"]:
            return  # somebody else has changed the zone since: theirs stays
        file = f"{ZONES}/{zone}.xml"
        if before["files"][file] is None and keepsake.keep(file, self._run) is not None:
            # The zone came from the distribution's folder; our rule had made a copy of it.
            words = ["firewall-cmd", "--permanent", f"--load-zone-defaults={zone}"]
            must(self._run(words), f"{' '.join(words)} failed")
        for path, kept in before["files"].items():
            keepsake.put_back(path, kept, self._run)

    def _do(self, before: JsonObject, kind: str, verb: str) -> None:
        if self._missing(before[kind]):
            words = self._order(before, kind, verb)
            must(self._run(words), f"{' '.join(words)} failed")

    def _zone(self) -> str:
        words = ["firewall-cmd", f"--get-zone-of-interface={self._interface()}"]
        done = self._run(words)
        if done.is_good:
            return done.out.strip()
        if "no zone" not in done.out + done.err:
            must(done, "firewalld could not be asked")
        asked = self._run(["firewall-cmd", "--get-default-zone"])
        return must(asked, "firewalld could not be asked").strip()

    def _read(self, zone: str, *words: str) -> JsonObject:
        asked = self._run(["firewall-cmd", *words, f"--zone={zone}", "--list-all"])
        said = must(asked, f"firewalld could not show the zone {zone}")
        ports = re.search(r"^  ports: (.*)$", said, re.MULTILINE)
        target = re.search(r"^  target: (.*)$", said, re.MULTILINE)
        return {
            "target": target[1].strip() if target else "default",
            "ports": ports[1].split() if ports else [],
            "rich": [line.strip() for line in re.findall(r"^\s+rule .*$", said, re.MULTILINE)],
            "text": said,
        }


def _holds(ports: Sequence[str], port: int) -> bool:
    """Whether one of "8443/tcp", "1025-65535/tcp" is a port's."""
    for item in ports:
        numbers, _, protocol = item.partition("/")
        first, _, last = numbers.partition("-")
        if protocol == "tcp" and int(first) <= port <= int(last or first):
            return True
    return False
