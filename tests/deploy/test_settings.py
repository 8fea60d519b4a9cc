import re

import pytest

from deploy import settings, system
from deploy.clone import Clone
from deploy.embedded.stack import EmbeddedStack
from deploy.modes import Mode
from deploy.problem import USED_WRONGLY, Problem
from support.source import ROOT


@pytest.fixture
def clone(tmp_path):
    example = "# LANTERNHOLD_SERVER_NAME=Lanternhold\n# LANTERNHOLD_CLIENT_FPS=60\n"
    (tmp_path / ".env.example").write_text(example)
    return Clone(tmp_path)


def refused(clone, env="", **environ):
    clone.env_file.write_text(env)
    with pytest.raises(Problem) as told:
        settings.load(clone, environ)
    assert told.value.code == USED_WRONGLY
    return told.value.what


def test_nothing_set_is_good(clone):
    chosen = settings.load(clone, {})
    assert (chosen.https_port, chosen.http_port, chosen.private_port) == (8443, 8080, 9100)
    assert (chosen.domain, chosen.mode, chosen.addresses) == ("", None, ())


def test_the_environment_wins_over_the_file(clone):
    clone.env_file.write_text("LANTERNHOLD_HTTPS_PORT=9443\nLANTERNHOLD_DEPLOY_MODE=docker\n")
    chosen = settings.load(clone, {"LANTERNHOLD_HTTPS_PORT": "10443"})
    assert (chosen.https_port, chosen.mode) == (10443, Mode.DOCKER)


def test_the_server_gets_its_own_keys(clone):
    clone.env_file.write_text("LANTERNHOLD_SERVER_NAME='Moth & Co'\nLANTERNHOLD_HTTP_PORT=8081\n")
    chosen = settings.load(clone, {})
    assert chosen.server == {"LANTERNHOLD_SERVER_NAME": "Moth & Co"}
    assert chosen.title == "Moth & Co"


def test_other_programs_keys_are_none_of_ours(clone):
    clone.env_file.write_text("HOME=/x\nGRAFANA=1\n")
    assert settings.load(clone, {"PATH": "/bin"}).given == {}


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("LANTERNHOLD_HTTP_PORTS=1", "in .env is no setting of Lanternhold. Did you mean "),
        ("LANTERNHOLD_HTTP_PORTS=1", "Did you mean LANTERNHOLD_HTTP_PORT?"),
        ("LANTERNHOLD_DEPLOY_MOOD=docker", "Did you mean LANTERNHOLD_DEPLOY_MODE?"),
        ("LANTERNHOLD_SERVER_NAM=x", "Did you mean LANTERNHOLD_SERVER_NAME?"),
        ("LANTERNHOLD_CLIENT_FPSS=x", "Did you mean LANTERNHOLD_CLIENT_FPS?"),
        ("LANTERNHOLD_QQQQQQQ=1", "is no setting of Lanternhold."),
    ],
)
def test_an_unknown_key_is_refused_with_the_one_that_was_meant(clone, line, hint):
    assert hint in refused(clone, line)


def test_an_unknown_key_of_the_environment_is_refused_too(clone):
    assert "in the environment is no setting" in refused(clone, LANTERNHOLD_DOMAINE="x.org")


def test_what_another_package_owns_in_the_environment_is_left_to_it(clone):
    settings.load(clone, {"LANTERNHOLD_CLIENT_SOMETHING": "1"})


@pytest.mark.parametrize(
    "text", ["play.example.org", "Play.Example.ORG.", "a-b.duckdns.org", "xn--hhle-6qa.example"]
)
def test_a_public_name_is_taken(clone, text):
    assert settings.load(clone, {"LANTERNHOLD_DOMAIN": text}).domain == text.rstrip(".").lower()


@pytest.mark.parametrize(
    "text",
    [
        *(
            "https://play.example.org",
            "play.example.org:443",
            "play.example.org/",
            "play example.org",
        ),
        *("example", "play_it.example.org", "-a.example.org", "192.0.2.1", "a..example.org"),
        *("lanternhold.internal", "höhle.example", "a.example.org b.example.org", "{env.HOME}.org"),
    ],
)
def test_a_domain_with_a_typo_is_told_before_anything_starts(clone, text):
    assert "is no public name" in refused(clone, LANTERNHOLD_DOMAIN=text)


@pytest.mark.parametrize("text", ["-1", "65536", "8443x", "٨٤٤٣"])
def test_a_port_must_be_one(clone, text):
    assert "must be a port" in refused(clone, LANTERNHOLD_HTTPS_PORT=text)


@pytest.mark.parametrize("value", ["70000", "abc", "-1"])
@pytest.mark.parametrize("name", ["PORT", "PRIVATE_PORT"])
def test_the_servers_ports_must_be_some_too(clone, name, value):
    """We listen for the server in embedded mode: what it would refuse, we must not replace."""
    assert f"LANTERNHOLD_SERVER_{name}" in refused(clone, f"LANTERNHOLD_SERVER_{name}={value}\n")


def test_a_port_that_this_user_may_not_have_is_told(clone, monkeypatch):
    """Only where this user itself will listen: Docker's engine may have any port."""
    monkeypatch.setattr(system, "may_bind", lambda port: port >= 1024)
    chosen = settings.load(clone, {"LANTERNHOLD_HTTPS_PORT": "443"})
    with pytest.raises(Problem, match="LANTERNHOLD_HTTPS_PORT is 443, and ports below") as told:
        EmbeddedStack(clone, chosen).start(lambda _: None)
    assert "up --mode docker" in told.value.remedy


def test_ports_that_this_user_may_have_are_no_fault(clone):
    settings.refuse_low_ports(settings.load(clone, {}))


@pytest.mark.parametrize(
    "keys",
    [
        {"HTTPS_PORT": "443", "HTTP_PORT": "80"},
        {"HTTPS_PORT": "8080", "HTTP_PORT": "8081"},
        {"DEPLOY_KEEPER_PORT": "9100", "SERVER_PRIVATE_PORT": "9200"},
        {"DEPLOY_ADDRESS_SOURCES": "dns:me@ns.example.org,stun:stun.example.org"},
        {"DOMAIN": "play.example.org"},
    ],
)
def test_what_is_right_for_the_host_is_right_for_the_keepers_container(clone, monkeypatch, keys):
    """It is told a few of the keys, and is not root."""
    monkeypatch.setattr(system, "may_bind", lambda port: port >= 1024)
    given = {f"LANTERNHOLD_{key}": value for key, value in keys.items()}
    chosen = settings.load(clone, given)
    told = {key: given.get(key, "") for key in settings.KEEPERS}
    keeping = settings.load_keeping(Clone(clone.root / "container"), told)
    assert (keeping.https_port, keeping.keeper_port) == (chosen.https_port, chosen.keeper_port)
    assert keeping.domain == chosen.domain
    assert keeping.given.items() <= chosen.given.items()


def test_compose_tells_the_keeper_all_of_its_keys():
    text = (ROOT / "compose.yaml").read_text()
    keeper = text.split("\n  keeper:\n")[1].split("    volumes:\n")[0]
    assert set(re.findall(r"^ +(LANTERNHOLD_\w+):", keeper, re.MULTILINE)) == set(settings.KEEPERS)


def test_a_fault_in_other_keys_does_not_end_the_keeper(clone):
    clone.env_file.write_text("nonsense\nLANTERNHOLD_HTTP_PORT=y\nLANTERNHOLD_HTTPS_PORT=9443\n")
    assert settings.load_keeping(clone, {}).https_port == 9443


def test_a_fault_in_the_keepers_own_keys_is_told(clone):
    with pytest.raises(Problem, match="LANTERNHOLD_DEPLOY_KEEPER_PORT is 'x'"):
        settings.load_keeping(clone, {"LANTERNHOLD_DEPLOY_KEEPER_PORT": "x"})


def test_what_is_no_source_of_an_address_is_told(clone):
    said = refused(clone, LANTERNHOLD_DEPLOY_ADDRESS_SOURCES="https://a.example.org,api.ipify.org")
    assert "'api.ipify.org' is no source of an address" in said
    assert "https://PAGE" in said


def test_a_mode_must_be_one(clone):
    assert "must be docker or embedded" in refused(clone, LANTERNHOLD_DEPLOY_MODE="podman")


def test_all_faults_are_told_at_once(clone):
    told = refused(clone, "LANTERNHOLD_DOMAIN=x\nLANTERNHOLD_HTTP_PORT=y\nnonsense\n")
    assert len(told.splitlines()) == 3


def test_an_empty_value_counts_as_not_said(clone):
    clone.env_file.write_text("LANTERNHOLD_DOMAIN=\nLANTERNHOLD_HTTPS_PORT=\n")
    assert settings.load(clone, {}).https_port == 8443


@pytest.mark.parametrize(
    ("first", "second", "port"),
    [
        ("LANTERNHOLD_HTTPS_PORT", "LANTERNHOLD_SERVER_PORT", "9543"),
        ("LANTERNHOLD_SERVER_PORT", "LANTERNHOLD_SERVER_PRIVATE_PORT", "9543"),
        ("LANTERNHOLD_HTTP_PORT", "LANTERNHOLD_DEPLOY_KEEPER_PORT", "9543"),
    ],
)
def test_a_port_that_two_would_have_is_refused(clone, first, second, port):
    said = refused(clone, **{first: port, second: port})
    assert f"{first} and {second} are both {port}" in said


def test_a_port_that_is_anothers_default_is_refused(clone):
    said = refused(clone, LANTERNHOLD_HTTPS_PORT="9100")
    assert "LANTERNHOLD_HTTPS_PORT and LANTERNHOLD_SERVER_PRIVATE_PORT are both 9100" in said


def test_any_free_port_may_be_asked_for_twice(clone):
    settings.load(clone, dict.fromkeys(settings.PORTS, "0"))


def test_what_the_server_refuses_is_told_with_all_else_and_once(clone):
    clone.env_file.write_text("LANTERNHOLD_SERVER_NAEM=x\n")
    refuses = ["LANTERNHOLD_SERVER_TICK_HZ is '25': no.", "LANTERNHOLD_SERVER_NAEM is unknown."]
    with pytest.raises(Problem) as told:
        settings.load(clone, {"LANTERNHOLD_SERVER_TICK_HZ": "25"}, more=lambda _: refuses)
    said = told.value.what.splitlines()
    assert len(said) == 2
    assert "NAEM" in said[0]
    assert said[1] == refuses[0]
