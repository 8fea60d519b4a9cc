"""What Docker mode asks of `docker compose`, and what it makes of the answers (played ones)."""

import json

import pytest

from deploy import occupied, run, settings
from deploy.clone import Clone
from deploy.docker import stack as docker_stack
from deploy.docker.stack import DockerStack
from deploy.problem import Problem
from deploy.run import Result
from deploy.stack import Part

UP = [
    {"Service": "server", "State": "running", "Health": "healthy"},
    {"Service": "caddy", "State": "running", "Health": "starting"},
    {"Service": "prometheus", "State": "exited", "Health": ""},
]


class Compose:
    """Plays `docker compose`: the words after its options choose the answer."""

    def __init__(self, **answers):
        self.answers = answers
        self.asked = []

    def __call__(self, argv, **more):
        if argv[1] == "version":
            return Result(0, "28.0\n", "")
        if argv[2] == "version":
            return self.answers.get("plugin", Result(0, "2.40.0\n", ""))
        words = [word for word in argv[4:] if not word.startswith("--")]
        self.asked.append(" ".join(words))
        assert more["env"]["COMPOSE_BAKE"] == "false"
        return self.answers.get(words[0], Result(0, "", ""))


@pytest.fixture
def stack(tmp_path):
    def of(monitoring=False, **answers):
        clone = Clone(tmp_path)
        chosen = settings.load(clone, {})
        return DockerStack(clone, chosen, monitoring=monitoring, runner=Compose(**answers))

    return of


def listed(*services, style="lines"):
    text = json.dumps(list(services)) if style == "list" else "\n".join(map(json.dumps, services))
    return Result(0, text + "\n", "")


@pytest.mark.parametrize("style", ["lines", "list"])
def test_the_services_are_read_from_both_forms_of_ps(stack, style):
    assert stack(ps=listed(*UP, style=style)).parts() == [
        Part("server", "running"),
        Part("caddy", "starting"),
        Part("prometheus", "stopped"),
    ]


def test_what_compose_does_not_name_is_stopped(stack):
    nothing = stack(ps=Result(0, "", ""))
    assert nothing.parts() == [Part("server", "stopped"), Part("caddy", "stopped")]
    assert not nothing.is_running()


def test_what_was_created_and_never_started_holds_no_port(stack):
    """So the ports are looked at again before the next start."""
    assert not stack(ps=listed({"Service": "server", "State": "created"})).is_running()


def test_an_engine_that_does_not_answer_is_told(stack):
    with pytest.raises(Problem, match="does not tell what runs: no daemon"):
        stack(ps=Result(1, "", "no daemon")).parts()


def test_a_plugin_that_is_not_there_any_more_is_told_and_not_dockers_help(stack):
    helpless = Result(1, "", "Run 'docker --help' for more information")
    with pytest.raises(Problem, match=r"Compose plugin .* is not installed"):
        stack(ps=helpless, plugin=helpless).parts()


def test_the_door_is_where_compose_published_it(stack):
    found = stack(port=Result(0, "0.0.0.0:9443\n", ""), exec=Result(0, "ROOT", "")).door()
    assert (found.https_port, found.root_pem) == (9443, "ROOT")


@pytest.mark.parametrize(
    "said", [Result(1, "", "no container"), Result(0, ":0\n", ""), Result(0, "", "")]
)
def test_without_a_published_port_it_does_not_run(stack, said):
    with pytest.raises(Problem, match="not running here"):
        stack(port=said).door()


def test_the_server_is_asked_in_its_container(stack):
    running = stack(exec=Result(0, "{}", ""))
    running.ask_server(["invite", "--json"])
    assert running._run.asked == ["exec -T server python -m server invite"]


def test_a_stop_takes_monitoring_and_the_keeper_along(stack):
    running = stack()
    running.stop(lambda _: None)
    assert running._run.asked == ["monitoring keeper down"]


def test_a_start_that_fails_tells_docker_s_last_words(stack, monkeypatch):
    monkeypatch.setattr(occupied, "check_free", lambda *_: None)
    lines = ["Container x  Starting", "Error: no space left on device"]

    def follow(argv, on_line, **_):
        for line in lines:
            on_line(line)
        return Result(1, "\n".join(lines), "")

    monkeypatch.setattr(run, "follow", follow)
    fresh = stack(ps=Result(0, "", ""))
    with pytest.raises(Problem, match="no space left on device"):
        fresh.start(lambda _: None)
    assert fresh._run.asked[-1] == "stop"  # what cannot start is not tried for ever
    running = stack(ps=listed(*UP))
    with pytest.raises(Problem, match="no space left on device"):
        running.start(lambda _: None)
    assert "stop" not in running._run.asked  # what ran before goes on


def test_a_door_that_never_answers_is_told(stack, monkeypatch):
    monkeypatch.setattr(run, "follow", lambda *_, **__: Result(0, "", ""))
    monkeypatch.setattr(docker_stack, "ANSWER_S", 0.0)
    monkeypatch.setattr(docker_stack, "STEP_S", 0.0)
    running = stack(ps=listed(*UP), port=Result(0, "0.0.0.0:9443\n", ""))
    with pytest.raises(Problem, match="the door does not answer"):
        running.start(lambda _: None)


def test_monitoring_is_asked_for_by_its_profile(stack, monkeypatch):
    asked = []
    monkeypatch.setattr(
        run, "follow", lambda argv, *_, **__: asked.append(argv) or Result(1, "", "")
    )
    for monitoring in (False, True):
        with pytest.raises(Problem):
            stack(monitoring, ps=listed(*UP)).start(lambda _: None)
    assert ["monitoring" in argv for argv in asked] == [False, True]
    assert all({"--build", "--detach", "--wait"} <= set(argv) for argv in asked)


def test_the_servers_token_is_read_in_its_container(stack):
    assert stack(exec=Result(0, "secret\n", "")).admin_token() == "secret"
    assert stack(exec=Result(1, "", "no such service")).admin_token() == ""


def test_a_line_of_the_logs_in_words(capsys):
    docker_stack._show_in_words('server-1  | {"event": "serving", "port": 1}')
    docker_stack._show_in_words('caddy-1   | {"level": "info", "msg": "of no use"}')
    docker_stack._show_in_words("server-1  | \x1b[2Jno json")
    assert capsys.readouterr().out.split("\n") == [
        "               server  serving (port 1)",
        "               server  ?[2Jno json",
        "",
    ]
