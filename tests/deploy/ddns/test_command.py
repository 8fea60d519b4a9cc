"""`ddns update` and `ddns status` as a person and a program meet them; the token nowhere."""

import asyncio
import io
import json
import logging
import os
import sys
import threading

import msgspec
import pytest
from typer.testing import CliRunner

from deploy import modes
from deploy.cli import app
from deploy.clone import Clone
from deploy.commands import ddns as command
from deploy.ddns import desk, secret, zone
from deploy.ddns.state import Notebook
from deploy.ddns.target import KIND, Target
from deploy.ddns.updater import Updater
from deploy.ledger import Entry, Ledger, State
from deploy.modes import Mode
from deploy.problem import Problem
from deploy.setup.person import Somebody
from support.nameserver import NameServer, serving
from support.providers import TOKEN, DuckHouse, House, opened

A, LIE, NAME = "192.0.1.2", "192.0.1.66", "play.duckdns.org"
UPDATE = ("ddns", "update", "--provider", "duckdns", "--hostname", NAME)


class Silent:
    async def outer_address(self):
        return ""


class Following(NameServer):
    """Shows what a provider holds, as long as it has one."""

    house = None

    def answer(self, wire):
        for record, addresses in self.house.records.items() if self.house else ():
            self.hold(NAME, record, *addresses)
        return super().answer(wire)


class World:
    """DuckDNS, a name server and three echo pages, in a thread of their own."""

    def __init__(self):
        self.duck, self.names = DuckHouse(name=NAME), Following()
        self.names.house = self.duck
        self.pages = [House(), House(), House()]
        self._loop = asyncio.new_event_loop()
        self._ready, self._end = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._live(),))

    async def _live(self):
        first, second, third = self.pages
        async with (
            opened(self.duck),
            serving(self.names),
            opened(first),
            opened(second),
            opened(third),
        ):
            self._ready.set()
            await self._end.wait()

    def __enter__(self):
        self._thread.start()
        assert self._ready.wait(5)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(5)
        self._loop.close()


@pytest.fixture
def world(tmp_path, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    clone = Clone(tmp_path)
    monkeypatch.setattr(Clone, "here", lambda: clone)
    for key in [key for key in os.environ if key.startswith("LANTERNHOLD_")]:
        monkeypatch.delenv(key)
    with World() as world:
        world.clone = clone
        for page in world.pages:
            page.order(A)

        async def servers(_):
            return [("127.0.0.1", world.names.port)]

        monkeypatch.setattr(zone, "_servers_of", servers)
        monkeypatch.setattr(desk, "RouterAccess", Silent)
        listed = ",".join(f"{page.url}/" for page in world.pages)
        monkeypatch.setenv("LANTERNHOLD_DEPLOY_ADDRESS_SOURCES", listed)
        monkeypatch.setenv("LANTERNHOLD_DEPLOY_DDNS_SERVER", world.duck.host)
        world.said = []
        yield world
    kept = [p for p in tmp_path.rglob("*") if p.is_file() and p.parent.name != "secrets"]
    everything = [caplog.text, *world.said, *(p.read_text() for p in kept)]
    assert not [text for text in everything if TOKEN in text]


@pytest.fixture
def run(world):
    def run_(*words, token=None):
        words = (*words, "--token-stdin") if token else words
        shown = CliRunner().invoke(app, words, input=token)
        world.said += [shown.output, repr(shown.exception), *words]
        return shown

    return run_


def own_file(world):
    return world.clone.state / "secrets" / f"ddns.duckdns.{NAME}.token"


def test_the_token_is_kept_for_this_user_alone_and_shown_nowhere(world, run):
    shown = run(*UPDATE, "--yes", "--json", token=TOKEN + "\n")
    assert shown.exit_code == 0, shown.output
    assert json.loads(shown.stdout)["done"][0]["id"] == f"dns-record:{NAME}:A"
    assert world.duck.records["A"] == {A}
    path = own_file(world)
    assert (path.read_text(), path.stat().st_mode & 0o777) == (TOKEN + "\n", 0o600)
    assert run(*UPDATE, "--yes").exit_code == 0  # the token is there now
    assert len(world.duck.asked) == 1


def test_a_dry_run_changes_and_keeps_nothing(world, run):
    shown = run(*UPDATE, "--dry-run", "--json", token=TOKEN)
    assert json.loads(shown.stdout)["plan"][0]["diff"] == [f"+ {NAME} 60 A {A}"]
    assert world.duck.asked == []
    assert not (world.clone.state / "secrets").exists()


def test_a_file_may_hold_the_token(world, run, tmp_path):
    file = tmp_path / "secrets" / "mine"
    file.parent.mkdir()
    file.write_text(TOKEN)
    file.chmod(0o644)
    refused = run(*UPDATE, "--yes", "--token-file", str(file)).exception
    assert (refused.code, refused.remedy) == (2, f"chmod 600 {file}")
    file.chmod(0o600)
    assert run(*UPDATE, "--yes", "--token-file", str(file)).exit_code == 0
    assert world.duck.records["A"] == {A}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("ddns", "update"), "No provider of dynamic DNS"),
        (("ddns", "status"), "No provider of dynamic DNS"),
        (("ddns", "update", "--provider", "duckdn"), "is no provider that we know"),
        (("ddns", "update", "--provider", "noip"), "needs a user"),
        (("ddns", "update", "--provider", "duckdns"), "public name is missing"),
        ((*UPDATE[:4], "--hostname", "a.example.org"), "looks like NAME.duckdns.org"),
        ((*UPDATE[:4], "--hostname", "../../etc/passwd"), "is no name such as"),
        ((*UPDATE[:4], "--hostname", "192.0.1.2"), "is no name such as"),
        ((*UPDATE, "--server", "https://anna:s3cret@example.org/"), "no user and no password"),
        ((*UPDATE, "--record", "TXT"), "is no record of an address"),
        ((*UPDATE, "--server", "http://example.org/"), "must begin with https://"),
        (("ddns", "update", "--provider", "rfc2136", "--server", "a/b"), "no HOST or HOST:PORT"),
        (UPDATE, "There is no token"),
    ],
)
def test_used_wrongly_is_told_and_nothing_is_asked(world, run, words, sentence):
    shown = run(*words)
    assert isinstance(shown.exception, Problem), shown.output
    assert (shown.exception.code, sentence in shown.exception.what) == (2, True)
    assert shown.exception.remedy
    assert world.duck.asked == []


@pytest.mark.parametrize("token", ["\n", "a\x00b", "x" * 5000])
def test_what_is_no_token_is_told(world, run, token):
    shown = run(*UPDATE, "--yes", token=token)
    assert isinstance(shown.exception, Problem)
    assert "is no token" in shown.exception.what
    assert world.duck.asked == []


def test_refused_then_mended(world, run):
    shown = run(*UPDATE, "--yes", token="wrong")
    assert "DuckDNS refuses" in shown.exception.what
    shown = run("ddns", "status", *UPDATE[2:], "--json")
    record = json.loads(shown.stdout)["records"][0]
    assert (shown.exit_code, record["parked"], record["word"]) == (1, True, "KO")
    assert "--unpark" in run("ddns", "status", *UPDATE[2:]).stdout
    asked = len(world.duck.asked)
    assert run(*UPDATE, "--yes", token="wrong").exit_code != 0
    assert len(world.duck.asked) == asked
    assert not own_file(world).exists()  # it was never of use
    world.duck.token = "wrong"  # mended at the provider's end
    assert run(*UPDATE, "--yes", "--unpark", token="wrong").exit_code == 0
    assert own_file(world).exists()


def old_file(world):
    path = secret.path_of(world.clone)
    secret.keep(path, secret.Secret(TOKEN))
    return path


def test_a_token_is_used_for_the_name_that_it_was_given_for_and_no_other(world, run):
    run(*UPDATE, "--yes", token=TOKEN)
    other = run("ddns", "update", "--provider", "desec", "--hostname", "a.dedyn.io")
    assert "There is no token" in other.exception.what
    assert "There is no token" in run(*UPDATE[:4], "--hostname", "b.duckdns.org").exception.what


def test_the_one_file_of_earlier_versions_goes_to_who_used_it_and_to_nobody_else(world, run):
    path = old_file(world)
    assert "There is no token" in run(*UPDATE).exception.what  # it is not known whose it is
    kept = Target("duckdns", NAME)
    Ledger.of(world.clone).put(
        Entry("dns-record:x", KIND, kept.as_json(), {}, State.APPLIED, "now")
    )
    assert run(*UPDATE, "--yes", "--dry-run").exit_code == 0
    assert path.exists()
    assert Updater.of(world.clone, kept).secret.reveal() == TOKEN  # what the keeper does
    other = run("ddns", "update", "--provider", "desec", "--hostname", "a.dedyn.io")
    assert "There is no token" in other.exception.what
    assert run(*UPDATE, "--yes").exit_code == 0
    assert (path.exists(), own_file(world).read_text()) == (False, TOKEN + "\n")


def test_the_settings_say_whose_the_old_file_is(world, run, monkeypatch):
    monkeypatch.setenv("LANTERNHOLD_DEPLOY_DDNS_PROVIDER", "duckdns")
    monkeypatch.setenv("LANTERNHOLD_DEPLOY_DDNS_HOSTNAME", NAME)
    old_file(world)
    assert run("ddns", "update", "--yes").exit_code == 0


def test_in_docker_mode_the_keepers_container_finds_the_token(world, run, tmp_path):
    modes.remember(world.clone, Mode.DOCKER)
    file = tmp_path / "secrets" / "mine"
    secret.keep(file, secret.Secret(TOKEN))
    assert run(*UPDATE, "--yes", "--token-file", str(file)).exit_code == 0
    assert (own_file(world).read_text(), own_file(world).stat().st_mode & 0o777) == (
        TOKEN + "\n",
        0o600,
    )
    assert Ledger.of(world.clone).entries()[0].desired["token_file"] == ""


def test_in_docker_mode_what_the_container_cannot_keep_is_refused(world, run):
    modes.remember(world.clone, Mode.DOCKER)
    words = ("ddns", "update", "--provider", "lexicon-hetzner", "--hostname", "a.example.org")
    shown = run(*words, token=TOKEN)
    assert "dns-lexicon" in shown.exception.what
    assert "--mode embedded" in shown.exception.remedy


def test_no_record_at_all_is_told(world, run, monkeypatch):
    monkeypatch.setenv("LANTERNHOLD_DEPLOY_DDNS_RECORDS", ",")
    assert "names no record" in run(*UPDATE).exception.what


def test_status_names_the_liar_and_the_ledger_knows_the_name(world, run):
    run(*UPDATE, "--yes", token=TOKEN)
    world.pages[0].relent()
    world.pages[0].order(LIE)
    shown = run("ddns", "status", "--json")  # no provider told: the ledger has it
    record = json.loads(shown.stdout)["records"][0]
    assert (shown.exit_code, record["current"], record["zone"]["ttl"]) == (0, True, 60)
    assert [odd["said"] for odd in record["public"]["odd"]] == [LIE]
    assert f"says {LIE}" in run("ddns", "status").stdout
    world.duck.set("A", "192.0.1.18")
    assert run("ddns", "status").exit_code == 1


def test_a_family_without_an_address_is_left_out(world, run):
    shown = run(*UPDATE, "--record", "AAAA", "--record", "A", "--yes", "--json", token=TOKEN)
    assert shown.exit_code == 1
    assert "AAAA is left out" in shown.stderr
    assert world.duck.records == {"A": {A}, "AAAA": set()}


class Terminal(io.StringIO):
    """Somebody sits there."""

    def isatty(self):
        return True


def test_a_token_that_was_refused_is_asked_for_again(tmp_path, monkeypatch):
    clone, target, asked = Clone(tmp_path), Target("duckdns", NAME), []
    secret.keep(secret.path_for(clone, target), secret.Secret("wrong"))
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(Somebody, "secret", lambda *_: asked.append(1) or "right")
    token = command._token(clone, target, [], from_stdin=False)
    assert (token.reveal(), asked) == ("wrong", [])
    notebook = Notebook.of(clone, target)
    memory = notebook.current(target, token)
    notebook.write(msgspec.structs.replace(memory, sort="parked", sentence="no"))
    assert command._token(clone, target, [], from_stdin=False).reveal() == "right"
    notebook.unpark()  # it is mended at the provider's end
    assert command._token(clone, target, [], from_stdin=False).reveal() == "wrong"


def test_a_token_that_one_of_two_records_took_is_kept_for_that_one(world, run, monkeypatch):
    target = Target("duckdns", NAME, server=world.duck.host)
    taken = Notebook.of(world.clone, target)

    def half(*_, **__):
        memory = taken.current(target, secret.Secret(TOKEN))
        taken.write(msgspec.structs.replace(memory, sort="good"))
        raise Problem("AAAA is refused.")

    monkeypatch.setattr(command, "carry_out", half)
    assert run(*UPDATE, "--yes", token=TOKEN).exception.what == "AAAA is refused."
    assert own_file(world).exists()
