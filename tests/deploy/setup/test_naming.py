"""Which records setup asks for, whose token it uses, and where that stays."""

import msgspec
import pytest

from deploy import modes
from deploy.clone import Clone
from deploy.ddns import secret, tokens
from deploy.ddns.secret import Secret
from deploy.ddns.state import Notebook
from deploy.ddns.target import Target
from deploy.ddns.words import Sort
from deploy.modes import Mode
from deploy.problem import USED_WRONGLY, Problem
from deploy.settings import load
from deploy.setup.answers import Answers, Way
from deploy.setup.naming import naming

NAME = "a.duckdns.org"
ANSWERS = Answers(way=Way.DDNS, name=NAME, provider="duckdns")
DUCK = Target("duckdns", NAME)


@pytest.fixture
def clone(tmp_path):
    clone = Clone(tmp_path / "clone")
    clone.root.mkdir()
    modes.remember(clone, Mode.EMBEDDED)
    return clone


@pytest.fixture
def own_file(tmp_path):
    """The host's own file with a token, named in .env."""
    file = tmp_path / "my-token"
    secret.keep(file, Secret("of-my-own"))
    return file


def told(clone, answers=ANSWERS, given=None, ask=None, **keys):
    keys = {f"LANTERNHOLD_DEPLOY_DDNS_{key}": str(value) for key, value in keys.items()}
    return naming(clone, load(clone, keys), answers, given, ask)


def our_files(clone):
    return sorted(path.name for path in (clone.state / "secrets").glob("*"))


def test_without_a_name_that_follows_nothing_is_asked(clone):
    assert told(clone, Answers(way=Way.DOMAIN, name="play.example.org")).targets == ()


def test_the_file_that_the_settings_name_is_read_and_kept_so(clone, own_file):
    found = told(clone, TOKEN_FILE=own_file)
    assert found.token.reveal() == "of-my-own"
    assert [target.token_file for target in found.targets] == [str(own_file)]
    with found.kept(clone):
        pass
    assert our_files(clone) == []


def test_a_keeper_in_a_container_gets_a_copy_that_it_can_see(clone, own_file):
    modes.remember(clone, Mode.DOCKER)
    found = told(clone, TOKEN_FILE=own_file)
    with found.kept(clone):
        pass
    assert [target.token_file for target in found.targets] == [""]
    assert tokens.stored(clone, found.targets[0], []).reveal() == "of-my-own"


def test_a_token_that_is_given_wins_and_is_what_the_keeper_reads(clone, own_file):
    found = told(clone, given=Secret("given"), TOKEN_FILE=own_file)
    with found.kept(clone):
        pass
    assert tokens.stored(clone, found.targets[0], []).reveal() == "given"
    assert secret.read(own_file).reveal() == "of-my-own"


def test_what_the_keepers_container_cannot_do_is_told_before_anything_is_changed(clone):
    modes.remember(clone, Mode.DOCKER)
    answers = Answers(way=Way.DDNS, name="play.example.org", provider="lexicon-hetzner")
    with pytest.raises(Problem, match="dns-lexicon") as refused:
        told(clone, answers, given=Secret("given"))
    assert refused.value.code == USED_WRONGLY
    modes.remember(clone, Mode.EMBEDDED)
    assert told(clone, answers, given=Secret("given")).targets


def park(clone, token):
    notebook = Notebook.of(clone, DUCK)
    memory = notebook.current(DUCK, Secret(token))
    notebook.write(msgspec.structs.replace(memory, sort=str(Sort.PARKED)))


@pytest.mark.parametrize("former", ["", "former"])
def test_a_token_that_is_refused_goes_and_the_one_before_comes_back(clone, former):
    path = secret.path_for(clone, DUCK)
    if former:
        secret.keep(path, Secret(former))
    found = told(clone, given=Secret("wrong"))

    def change():
        with found.kept(clone):
            assert secret.read(path).reveal() == "wrong"
            park(clone, "wrong")
            raise Problem("refused")

    with pytest.raises(Problem, match="refused"):
        change()
    assert (path.read_text().strip() if path.exists() else "") == former


def test_a_token_is_kept_when_something_else_went_wrong(clone):
    found = told(clone, given=Secret("good"))
    with pytest.raises(Problem), found.kept(clone):
        raise Problem("no network")
    assert told(clone).token.reveal() == "good"


def test_a_token_that_was_refused_is_asked_for_again(clone):
    secret.keep(secret.path_for(clone, DUCK), Secret("wrong"))
    park(clone, "wrong")
    assert told(clone, ask=lambda _: "typed").token.reveal() == "typed"
    assert told(clone).token.reveal() == "wrong"  # nobody is here: the updater says that it waits
