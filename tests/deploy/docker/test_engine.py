"""What Docker's answers mean. The answers are played; the words are the real ones."""

import errno
import socket

import pytest

from deploy import run, system
from deploy.clone import Clone
from deploy.docker import engine
from deploy.docker.engine import Fault
from deploy.run import Result

VERSION, COMPOSE = "docker version", "docker compose version"
NO_DAEMON = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock."


class Docker:
    """Plays the docker command: the first two or three words choose the answer."""

    def __init__(self, **answers):
        self.answers = {key.replace("_", " "): answer for key, answer in answers.items()}
        self.asked = []

    def __call__(self, argv, **_):
        line = " ".join(argv)
        self.asked.append(line)
        fits = [key for key in self.answers if line.startswith(f"docker {key}")]
        return self.answers[max(fits, key=len)] if fits else Result(0, "", "")


GOOD = {"version": Result(0, "20.10.24\n", ""), "compose_version": Result(0, "2.40.3\n", "")}


def verdict(reach=0, **answers):
    return engine.check(Docker(**GOOD | answers), lambda _: reach, linux=True)


def test_an_engine_with_compose_is_good():
    assert verdict() is None


@pytest.mark.parametrize(
    ("reach", "answer", "fault", "remedy"),
    [
        (0, Result(run.NOT_FOUND, "", "docker: not found"), Fault.MISSING, "embedded"),
        (errno.ENOENT, Result(1, "", NO_DAEMON), Fault.NOT_RUNNING, "systemctl"),
        (errno.ECONNREFUSED, Result(1, "", NO_DAEMON), Fault.NOT_RUNNING, "systemctl"),
        (errno.EACCES, Result(1, "", "permission denied"), Fault.FORBIDDEN, "usermod -aG docker"),
        (
            0,
            Result(run.TIMED_OUT, "", "docker: no answer within 10 s"),
            Fault.NO_ANSWER,
            "journalctl",
        ),
    ],
)
def test_missing_stopped_forbidden_and_silent_are_told_apart(reach, answer, fault, remedy):
    found = verdict(reach, version=answer)
    assert found.fault is fault
    assert remedy in found.remedy


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (Result(1, "", "docker: 'compose' is not a docker command."), Fault.NO_COMPOSE),
        (Result(0, "1.29.2\n", ""), Fault.OLD_COMPOSE),
        (Result(0, "v2.2.0\n", ""), Fault.OLD_COMPOSE),
        (Result(0, "words\n", ""), Fault.NO_COMPOSE),
    ],
)
def test_compose_must_be_there_and_new_enough(answer, fault):
    assert verdict(compose_version=answer).fault is fault


@pytest.mark.parametrize("said", ["v2.40.3", "2.17.0", "2.40.3-desktop.1", "5.0.1"])
def test_versions_are_read_as_compose_writes_them(said):
    assert verdict(compose_version=Result(0, f"{said}\n", "")) is None


def test_only_linux_is_asked():
    docker = Docker()
    assert engine.check(docker, linux=False).fault is Fault.NOT_LINUX
    assert docker.asked == []


def test_a_real_socket_that_nobody_answers_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "docker.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
    docker = Docker(version=Result(1, "", NO_DAEMON))
    assert engine.check(docker, linux=True).fault is Fault.NOT_RUNNING
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    assert engine.check(docker, linux=True).fault is Fault.NOT_RUNNING


def test_images_that_are_here_are_not_pulled():
    docker = Docker()
    assert engine.bring_images(["caddy:2"], docker) is None
    assert not [line for line in docker.asked if "pull" in line]


def test_missing_images_are_pulled_and_it_is_said():
    docker, said = Docker(image_inspect=Result(1, "", "No such image")), []
    assert engine.bring_images(["caddy:2"], docker, said.append) is None
    assert said == ["Pulling caddy:2 ..."]


def test_images_that_cannot_be_had_are_the_reason():
    docker = Docker(image_inspect=Result(1, "", "No"), pull=Result(1, "", "dial tcp: i/o timeout"))
    found = engine.bring_images(["caddy:2"], docker)
    assert found.fault is Fault.NO_IMAGES
    assert "caddy:2" in found.why
    assert "i/o timeout" in found.why


def test_only_monitoring_is_not_built_here():
    images = engine.monitoring_images(Clone.here())
    assert [image.partition(":")[0] for image in images] == ["prom/prometheus", "grafana/grafana"]
    assert not [image for image in images if image.endswith((":latest", "/")) or ":" not in image]


def test_the_base_images_are_read_from_the_dockerfile():
    text = (
        "FROM python:3.13-slim AS wheels\nFROM wheels\nFROM python:3.13-slim\nFROM caddy:2 AS c\n"
    )
    assert engine.images_in(text) == ["python:3.13-slim", "caddy:2"]


def test_where_there_are_no_sockets_of_that_kind_it_is_no_traceback(monkeypatch):
    """Windows, with --mode docker."""
    monkeypatch.delattr("socket.AF_UNIX")
    monkeypatch.setattr(system, "IS_LINUX", False)
    found = engine.check(Docker(**GOOD | {"version": Result(1, "", NO_DAEMON)}), linux=True)
    assert (found.fault, found.remedy) == (Fault.NOT_RUNNING, "start Docker Desktop")
