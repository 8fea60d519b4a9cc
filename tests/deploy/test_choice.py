import pytest

from deploy import modes
from deploy.choice import Choice, choose, likely
from deploy.clone import Clone
from deploy.docker.engine import Fault, Verdict
from deploy.modes import Mode
from deploy.problem import Problem

DOWN = Verdict(Fault.NOT_RUNNING, "Docker is installed, but its engine is not running", "start it")
NO_IMAGES = Verdict(Fault.NO_IMAGES, "the image caddy:2 cannot be pulled", "docker pull caddy:2")


@pytest.fixture
def clone(tmp_path):
    return Clone(tmp_path)


def chosen(clone, asked=None, docker=None, images=None):
    return choose(clone, asked, lambda: images, lambda **_: docker)


def test_the_first_up_takes_docker_where_it_works(clone):
    assert chosen(clone) == Choice(Mode.DOCKER)


@pytest.mark.parametrize("lack", [{"docker": DOWN}, {"images": NO_IMAGES}])
def test_else_embedded_with_one_line_why(clone, lack):
    found = chosen(clone, **lack)
    assert found.mode is Mode.EMBEDDED
    assert found.why == f"Embedded mode: {(lack.get('docker') or lack['images']).why}."
    assert "\n" not in found.why


def test_a_later_up_keeps_embedded_though_docker_works_now(clone):
    modes.remember(clone, Mode.EMBEDDED)
    assert chosen(clone) == Choice(Mode.EMBEDDED)


def test_a_later_up_in_docker_does_not_start_a_second_world(clone):
    modes.remember(clone, Mode.DOCKER)
    with pytest.raises(Problem, match="engine is not running") as told:
        chosen(clone, docker=DOWN)
    assert "--mode embedded" in told.value.remedy


def test_a_mode_that_is_asked_for_and_not_there_stops(clone):
    with pytest.raises(Problem, match="asked for"):
        chosen(clone, Mode.DOCKER, docker=DOWN)


@pytest.mark.parametrize(
    ("before", "asked"), [(Mode.DOCKER, Mode.EMBEDDED), (Mode.EMBEDDED, Mode.DOCKER)]
)
def test_another_mode_moves(clone, before, asked):
    modes.remember(clone, before)
    assert chosen(clone, asked) == Choice(asked, move_from=before)


def test_the_same_mode_does_not_move(clone):
    modes.remember(clone, Mode.DOCKER)
    assert chosen(clone, Mode.DOCKER) == Choice(Mode.DOCKER)


def test_embedded_never_asks_docker(clone):
    def asked(**_):
        raise AssertionError("Docker was asked")

    assert choose(clone, Mode.EMBEDDED, asked, asked).mode is Mode.EMBEDDED


def test_a_mode_file_that_is_garbage_counts_as_none(clone):
    clone.make_state()
    clone.mode_file.write_text("kubernetes\n")
    assert modes.remembered(clone) is None


def test_what_is_likely_is_told_without_bringing_images(clone):
    assert likely(clone, None, lambda: None) is Mode.DOCKER
    assert likely(clone, None, lambda: DOWN) is Mode.EMBEDDED
    assert likely(clone, Mode.EMBEDDED, lambda: None) is Mode.EMBEDDED
    modes.remember(clone, Mode.EMBEDDED)
    assert likely(clone, None, lambda: None) is Mode.EMBEDDED


@pytest.mark.parametrize("before", [None, Mode.DOCKER])
def test_a_mode_is_known_while_it_starts_and_forgotten_when_it_fails(clone, before):
    """Who is killed while it starts leaves something for `down` to stop."""

    def start(failure):
        with modes.trying(clone, Mode.EMBEDDED):
            assert modes.remembered(clone) is Mode.EMBEDDED
            if failure:
                raise failure

    if before:
        modes.remember(clone, before)
    with pytest.raises(Problem):
        start(Problem("it does not start"))
    assert modes.remembered(clone) is before
    start(None)
    assert modes.remembered(clone) is Mode.EMBEDDED
