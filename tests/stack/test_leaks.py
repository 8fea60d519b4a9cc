"""A stack that does not come up is taken down again: pytest-docker alone would leave it."""

import os

import pytest

from support.compose import (
    PREFIX,
    Compose,
    ComposeError,
    clean_environment,
    docker,
    free_port,
    nothing_left,
)

pytestmark = pytest.mark.stack


@pytest.fixture
def broken(docker_services):
    """The stack with a server that refuses its settings; its images are built already."""
    return Compose(
        f"{PREFIX}{os.getpid()}-broken",
        environment=clean_environment(
            LANTERNHOLD_HTTPS_PORT=free_port(),
            LANTERNHOLD_HTTP_PORT=free_port(),
            LANTERNHOLD_SERVER_PRIVATE_PORT=free_port(),
            LANTERNHOLD_SERVER_MODE="nonsense",
        ),
    )


def test_nothing_is_left_of_a_stack_that_did_not_come_up(broken, capsys):
    up = ("up", "--detach", "--no-build", "--pull", "never", "--wait", "--wait-timeout", "8")
    with pytest.raises(ComposeError), nothing_left(broken):
        broken(*up)
    assert "LANTERNHOLD_SERVER_MODE" in capsys.readouterr().out  # why is told, once
    label = f"label=com.docker.compose.project={broken.project}"
    for kind in (("ps", "--all"), ("network", "ls"), ("volume", "ls")):
        assert docker(*kind, "--quiet", "--filter", label) == ""
