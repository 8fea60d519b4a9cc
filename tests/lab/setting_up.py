"""A house in the lab for `setup`: what it is told, what it was like before, and waiting."""

import contextlib
import json
import shlex
import subprocess
import sys
import time

from support.lab import plan
from support.lab.living import living
from support.source import ROOT

DNS = (
    *("--name", plan.NAME, "--provider", "rfc2136", "--user", plan.DDNS_KEY_NAME),
    *("--server", plan.DNS, "--zone", plan.ZONE),
)
OF_THE_HOST = "# mine\nLANTERNHOLD_SERVER_NAME='Anna'"


def prober(lab):
    """A command that tries an invite from the friend's computer."""
    words = [sys.executable, "-P", "-m", "client.probe", "--invite", "-", "--json"]
    known = {"PYTHONPATH": ROOT, "SSL_CERT_FILE": lab.acme_root()}
    env = ["env", *(f"{key}={value}" for key, value in known.items())]
    return shlex.join(map(str, lab.command("friend", [*env, *words, "--way", "outside"])))


def until(is_so, timeout_s):
    """Wait for another program's deed; gives how long it took."""
    began_s = time.monotonic()
    while not is_so():
        assert time.monotonic() - began_s < timeout_s
        time.sleep(0.02)
    return time.monotonic() - began_s


def settings(lab, mode="embedded"):
    """What a host in the lab has to set, as its internet is none of the usual one."""
    return {
        "LANTERNHOLD_ACME_CA": plan.ACME_DIRECTORY,
        "LANTERNHOLD_ACME_CA_ROOT": lab.acme_api_root,
        "LANTERNHOLD_DEPLOY_ADDRESS_SOURCES": f"http://{plan.ECHO}/,http://{plan.ECHO_2}/",
        "LANTERNHOLD_DEPLOY_MODE": mode,
        "LANTERNHOLD_DEPLOY_PROBER": prober(lab),
    }


@contextlib.contextmanager
def house(lab, folder):
    """A house with a server that was never set up, and the token for its name."""
    with living(lab, folder / "clone") as home:
        home.set(**settings(lab))
        (home.folder / ".env").write_text(OF_THE_HOST)
        home.token = folder / "token"
        write_token(home.token, plan.DDNS_KEY)
        yield home


def write_token(file, text):
    """A token as a host keeps it."""
    file.write_text(text)
    file.chmod(0o600)


def set_up(home, *words, dns=DNS):
    """Run setup to its end, whatever that is; gives the exit code, its JSON, and all it said."""
    chosen = (*dns, "--yes", "--json", "--token-file", str(home.token))
    done = subprocess.run(
        [*home.lead, sys.executable, "-P", "-m", "deploy", "setup", *chosen, *words],
        cwd=home.folder,
        env=home.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    home._was_started = True
    said = json.loads(done.stdout) if done.stdout.startswith("{") else {}
    return done.returncode, said, done.stdout + done.stderr


def ledger(home):
    """The ledger's file."""
    return home.folder / ".lanternhold" / "ledger" / "ledger.json"


def world(home):
    """What setup may change: router, DNS, .env, and what is in the ledger of it."""
    lab = home.lab
    held = json.loads(ledger(home).read_text())["entries"] if ledger(home).exists() else []
    return {
        "router": lab.mappings(),
        "dns": lab.ask_dns(),
        "env": (home.folder / ".env").read_text(),
        "ledger": [entry["id"] for entry in held],
    }
