"""A made-up computer: what its programs answer, and files that they write."""

import base64

from deploy.run import NOT_FOUND, Result

USER_RULES = """*filter
### RULES ###

{}
### END RULES ###
COMMIT
"""
CONF = "# ufw.conf\nENABLED={}\nLOGLEVEL=low\n"
DEFAULTS = 'IPV6=yes\nDEFAULT_INPUT_POLICY="{}"\n'


def tuples(*rules):
    return USER_RULES.format("\n".join(f"### tuple ### {rule}" for rule in rules))


def kept(text):
    return base64.b64encode(text.encode()).decode()


def ufw_now(rules=(), rules6=(), *, active=True, policy="DROP"):
    """What `Ufw.look` says on a computer with these rules."""
    return {
        "active": active,
        "files": {
            "/etc/ufw/user.rules": kept(tuples(*rules)),
            "/etc/ufw/user6.rules": kept(tuples(*rules6)),
            "/etc/ufw/ufw.conf": kept(CONF.format("yes" if active else "no")),
            "/etc/default/ufw": kept(DEFAULTS.format(policy)),
        },
    }


ALLOW_SSH = "allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in"
ALLOW_SSH6 = "allow tcp 22 ::/0 any ::/0 in"


def zone(*ports, target="default", rich=()):
    """A zone as `firewall-cmd --list-all` shows it, read."""
    return {"target": target, "ports": list(ports), "rich": list(rich), "text": f"{ports}{target}"}


def firewalld_now(runtime=None, permanent=None):
    file = "/etc/firewalld/zones/public.xml"
    return {
        "active": True,
        "zone": "public",
        "runtime": runtime or zone(),
        "permanent": permanent or zone(),
        "files": {file: None, f"{file}.old": None},
    }


class Answers:
    """A Runner: answers by the first words of a command, and remembers what was asked.

    `answers` maps "ufw status" to what is printed, or to a Result. What is not in it is not found.
    """

    def __init__(self):
        self.answers = {}
        self.asked = []

    def say(self, words, answer):
        self.answers[words] = answer if isinstance(answer, Result) else Result(0, answer, "")

    def __call__(self, argv, **_):
        words = list(argv)
        while words and (words[0] in {"env", "sudo", "-n", "--"} or "=" in words[0]):
            words.pop(0)
        line = " ".join(words)
        self.asked.append(line)
        for start in sorted(self.answers, key=len, reverse=True):
            if line.startswith(start):
                return self.answers[start]
        return Result(NOT_FOUND, "", f"env: '{words[0]}': No such file or directory")


class LivingUfw:
    """A Runner: a ufw that lets in and takes back what it is told to, by files like the real."""

    def __init__(self):
        self.opened = set()
        self.is_on = False

    @property
    def now(self):
        rules = [f"allow tcp {port} {{0}} any {{0}} in" for port in sorted(self.opened)]
        return ufw_now(
            [rule.format("0.0.0.0/0") for rule in rules],
            [rule.format("::/0") for rule in rules],
            active=self.is_on,
        )

    def __call__(self, argv, **_):
        match [
            word for word in argv if word not in {"sudo", "-n", "--", "env"} and "=" not in word
        ]:
            case ["ufw", "status"]:
                return Result(0, f"Status: {'' if self.is_on else 'in'}active\n", "")
            case ["base64", *_, path]:
                return Result(0, self.now["files"][path], "")
            case ["ufw", "allow", port, *_]:
                self.opened.add(int(port.partition("/")[0]))
            case ["ufw", "delete", "allow", port]:
                self.opened.discard(int(port.partition("/")[0]))
            case ["ufw", "--force", "enable"]:
                self.is_on = True
            case ["ufw", "disable"]:
                self.is_on = False
        return Result(0, "", "")
