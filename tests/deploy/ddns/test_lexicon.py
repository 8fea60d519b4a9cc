"""dns-lexicon behind its guard: ended in time, read back, and nothing of it let out."""

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

from deploy.address.kinds import Family
from deploy.ddns import lexicon_child
from deploy.ddns.calls import TroubleError
from deploy.ddns.lexicon import Lexicon
from deploy.ddns.needs import LEXICON, NAMES
from deploy.ddns.provider import Records
from deploy.ddns.secret import Secret
from deploy.ddns.target import Target
from deploy.ddns.words import Sort
from deploy.run import TIMED_OUT, Result
from support.source import ROOT

NAME, A, B, TOKEN = "play.example.org", "192.0.1.2", "192.0.1.18", "c4n4ry"


class Library:
    """Stands in for lexicon.client.Client: a zone of records, or a fault."""

    def __init__(self, *records, fault=None, is_deaf=False):
        self.records = [
            {"id": str(number), "type": "A", "name": NAME, "content": text, "ttl": 60}
            for number, text in enumerate(records)
        ]
        self.records.append({"id": "x", "type": "A", "name": "b.example.org", "content": "1.1.1.1"})
        self.fault, self.is_deaf, self.config = fault, is_deaf, None

    def __call__(self, config):
        self.config = config
        return self

    def __enter__(self):
        sys.stdout.write("what a library prints")
        if self.fault:
            raise self.fault
        return self

    def __exit__(self, *_):
        return False

    def list_records(self, rtype, _):
        return [r for r in self.records if r["type"] == rtype]  # not filtered by name: some are not

    def create_record(self, rtype, name, content):
        if not self.is_deaf:
            self.records.append({"id": "n", "type": rtype, "name": name + ".", "content": content})
        return True

    def update_record(self, id_, _, __, content):
        if not self.is_deaf:
            next(r for r in self.records if r["id"] == id_)["content"] = content
        return True

    def delete_record(self, id_, *_):
        self.records = [r for r in self.records if r["id"] != id_]


class Resolver:
    def with_dict(self, config):
        return config


@pytest.fixture
def provider(monkeypatch, capsys):
    """A provider whose child runs here, with a library of the test's own."""

    def made(library, name="lexicon-gandi", token=TOKEN):
        modules = {
            "lexicon": SimpleNamespace(),
            "lexicon.client": SimpleNamespace(Client=library),
            "lexicon.config": SimpleNamespace(ConfigResolver=Resolver),
        }

        def runner(argv, *, timeout_s, stdin, cwd):
            assert TOKEN not in " ".join(argv)
            assert timeout_s < 10
            with monkeypatch.context() as patch:
                for key, module in modules.items():
                    patch.setitem(sys.modules, key, module)
                said = json.dumps(lexicon_child._answer(json.loads(stdin)))
            assert TOKEN not in said
            return Result(0, said, "")

        return Lexicon(Target(name, NAME), Secret(token), runner)

    return made


async def test_it_changes_the_one_record_and_reads_it_back(provider):
    library = Library(B)
    assert await provider(library).read(Family.V4) == Records((B,), 60)
    assert (await provider(library).update(Family.V4, A, {})).sort is Sort.GOOD
    assert [r["content"] for r in library.records] == [A, "1.1.1.1"]


async def test_it_makes_a_record_and_removes_it_again(provider):
    library = Library()
    assert (await provider(library).update(Family.V4, A, {})).is_fine
    assert (await provider(library).restore(Family.V4, Records(), {})).is_fine
    assert [r["content"] for r in library.records] == ["1.1.1.1"]


async def test_going_back_it_gives_the_record_its_former_ttl(provider):
    library = Library(A)
    assert (await provider(library).restore(Family.V4, Records((B,), 3600), {})).is_fine
    assert library.config["ttl"] == 3600
    await provider(library).restore(Family.V4, Records((A,)), {})  # the provider never told it
    assert library.config["ttl"] == 60


async def test_success_that_cannot_be_read_back_is_none(provider):
    for library in (Library(is_deaf=True), Library(B, is_deaf=True)):
        meaning = await provider(library).update(Family.V4, A, {})
        assert (meaning.sort, meaning.word) == (Sort.LATER, "not-taken")


async def test_of_several_records_none_is_touched(provider):
    library = Library(A, B)
    assert (await provider(library).update(Family.V4, "192.0.1.50", {})).word == "several"
    assert await provider(library).restore(Family.V4, Records((A, B)), {}) is None
    assert [r["content"] for r in library.records] == [A, B, "1.1.1.1"]


class AuthenticationError(Exception):
    pass


def http(status):
    fault = OSError(f"https://api.example/?token={TOKEN}")
    fault.response = SimpleNamespace(status_code=status)
    return fault


@pytest.mark.parametrize(
    ("fault", "sort"),
    [
        (AuthenticationError(TOKEN), Sort.PARKED),
        (http(401), Sort.PARKED),
        (http(429), Sort.LATER),
        (http(500), Sort.LATER),
        (KeyError(TOKEN), Sort.LATER),
    ],
)
async def test_a_fault_has_a_meaning_and_lets_no_secret_out(provider, fault, sort):
    meaning = await provider(Library(fault=fault)).update(Family.V4, A, {})
    assert meaning.sort is sort
    assert TOKEN not in meaning.sentence + meaning.word
    with pytest.raises(TroubleError):
        await provider(Library(fault=fault)).read(Family.V4)


@pytest.mark.parametrize(
    "said", ["", "{", "[]", "{}", '{"records": 1}', '{"records": [{}]}', "null"]
)
async def test_rubbish_from_the_child_is_no_success(said):
    provider = Lexicon(
        Target("lexicon-gandi", NAME), Secret(TOKEN), lambda *_, **__: Result(0, said, "")
    )
    assert (await provider.update(Family.V4, A, {})).sort is Sort.LATER


async def test_a_library_that_hangs_is_ended():
    provider = Lexicon(
        Target("lexicon-gandi", NAME), Secret(TOKEN), lambda *_, **__: Result(TIMED_OUT, "", "")
    )
    assert (await provider.update(Family.V4, A, {})).word == "silence"


async def test_credentials_of_two_parts(provider):
    library = Library(B)
    await provider(library, "lexicon-porkbun", f"key:{TOKEN}:rest").read(Family.V4)
    assert library.config["porkbun"] == {"auth_key": "key", "auth_secret": f"{TOKEN}:rest"}
    assert library.config["resolve_zone_name"]  # else it fetches a list from the net


def test_without_the_library_the_child_says_so():
    """The real child, as a process; the library is optional and not among the tests' own."""
    order = {"action": "list", "provider": "gandi", "hostname": NAME, "zone": "", "ttl": 60}
    code = "import sys; sys.modules['lexicon'] = None; "
    code += "from deploy.ddns.lexicon_child import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(order | {"record": "A", "address": "", "credentials": {}}),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    assert json.loads(done.stdout) == {"problem": "missing"}


def test_only_those_are_let_through_that_leave_other_records_alone():
    assert set(LEXICON) <= set(NAMES)
    assert not {"lexicon-godaddy", "lexicon-namecheap", "lexicon-ionos"} & set(NAMES)
