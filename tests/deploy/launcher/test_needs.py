import pytest

from deploy import system
from deploy.clone import Clone
from deploy.launcher.needs import groups_needed


@pytest.fixture
def clone(tmp_path):
    clone = Clone(tmp_path)
    clone.make_state()
    return clone


def needed(line, clone, docker="/usr/bin/docker"):
    return groups_needed(line.split(), clone, which=lambda _: docker)


@pytest.mark.parametrize(
    ("line", "groups"),
    [
        ("", ["deploy"]),
        ("status", ["deploy"]),
        ("play LINK", ["deploy", "client"]),
        ("bots 4 --seconds 9", ["deploy"]),
        ("play --help", ["deploy"]),
        ("up --detach --mode embedded", ["embedded"]),
        ("up --mode=embedded", ["embedded"]),
        ("up --mode docker", ["deploy"]),
        ("up --mode", ["deploy"]),
    ],
)
def test_a_command_gets_what_it_needs_and_no_more(clone, monkeypatch, line, groups):
    monkeypatch.setattr(system, "IS_LINUX", True)
    assert needed(line, clone) == groups


def test_a_first_up_without_docker_will_be_embedded(clone, monkeypatch):
    monkeypatch.setattr(system, "IS_LINUX", True)
    assert needed("up", clone, docker=None) == ["embedded"]


def test_elsewhere_than_on_linux_too(clone, monkeypatch):
    monkeypatch.setattr(system, "IS_LINUX", False)
    assert needed("up", clone) == ["embedded"]


@pytest.mark.parametrize(("mode", "groups"), [("embedded", ["embedded"]), ("docker", ["deploy"])])
def test_a_later_up_keeps_its_mode(clone, mode, groups):
    clone.mode_file.write_text(f"{mode}\n")
    assert needed("up", clone) == groups
