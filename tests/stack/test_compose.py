"""compose.yaml as Compose understands it: what holds before anything is started."""

import re

import pytest

from support.compose import Compose, clean_environment
from support.source import ROOT

pytestmark = pytest.mark.stack

ON_THE_HOST = {"prometheus", "grafana", "keeper"}  # for the reasons in compose.yaml


@pytest.fixture(scope="module")
def bare():
    """The stack of a host who has set nothing at all."""
    return Compose("lanternhold-test-config").config()


@pytest.fixture(scope="module")
def whole():
    return Compose("lanternhold-test-config").config("monitoring", "keeper")


def test_a_bare_up_starts_the_game_and_its_door(bare):
    assert bare["services"].keys() == {"server", "caddy"}


def test_the_profiles_add_monitoring_and_the_keeper(whole):
    assert whole["services"].keys() == {"server", "caddy", *ON_THE_HOST}


def test_every_service_is_hardened(whole):
    for name, service in whole["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert int(service["mem_limit"]) > 0, name
        assert service["pids_limit"] > 0, name
        assert service["healthcheck"], name
        assert service["logging"]["options"]["max-size"], name
        assert "privileged" not in service, name
        assert not [v for v in service["volumes"] if "docker.sock" in str(v)], name


def test_only_monitoring_and_the_keeper_share_the_network_of_the_host(whole):
    shared = {n for n, s in whole["services"].items() if s.get("network_mode") == "host"}
    assert shared == ON_THE_HOST


def test_the_server_is_reached_through_the_proxy_alone(whole):
    assert whole["networks"]["proxy"]["internal"] is True
    masquerade = "com.docker.network.bridge.enable_ip_masquerade"
    assert whole["networks"]["private"]["driver_opts"][masquerade] == "false"
    assert whole["services"]["server"]["networks"].keys() == {"proxy", "private"}
    assert [port["host_ip"] for port in whole["services"]["server"]["ports"]] == ["127.0.0.1"]
    assert [port["target"] for port in whole["services"]["server"]["ports"]] == [9100]


def test_the_server_gets_its_own_settings_and_no_others(bare):
    keys = bare["services"]["server"]["environment"]
    assert keys
    assert not [key for key in keys if not key.startswith("LANTERNHOLD_SERVER_")]


def test_caddy_never_gets_an_empty_domain():
    empty = clean_environment(LANTERNHOLD_DOMAIN="")
    config = Compose("lanternhold-test-config", environment=empty).config()
    assert config["services"]["caddy"]["environment"]["LANTERNHOLD_DOMAIN"] == "localhost"


def test_every_variable_has_a_default():
    """Without one Compose warns a host who never set anything."""
    variables = re.findall(
        r"\$\{(\w+)(:[-+])?", (ROOT / "compose.yaml").read_text(encoding="utf-8")
    )
    assert variables
    assert [name for name, default in variables if not default] == []
