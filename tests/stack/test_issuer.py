"""Who signs the public name: Compose hands Caddy the same choice as embedded mode does."""

import pytest

from deploy.acme import Acme
from support.compose import Compose, clean_environment

pytestmark = pytest.mark.stack

DIRECTORY = "https://ca.example/dir"
IN_CONTAINER = "/etc/caddy/acme-root.crt"


def caddy(**settings):
    given = {f"LANTERNHOLD_{key}": value for key, value in settings.items()}
    environment = clean_environment(**given)
    return Compose("lanternhold-test-issuer", environment=environment).config()["services"]["caddy"]


@pytest.mark.parametrize(
    ("settings", "chosen"),
    [
        ({}, Acme()),
        ({"ACME_CHALLENGE": "http"}, Acme("http")),
        ({"ACME_CA": DIRECTORY}, Acme("", DIRECTORY)),
        ({"ACME_CA": DIRECTORY, "ACME_CHALLENGE": "tls"}, Acme("tls", DIRECTORY)),
    ],
)
@pytest.mark.parametrize("domain", ["", "play.example.org"])
def test_both_modes_hand_caddy_the_same_choice(settings, chosen, domain):
    said = caddy(DOMAIN=domain, **settings)["environment"]
    embedded = chosen.caddy_environment(domain)
    assert said["LANTERNHOLD_ISSUER"] == embedded.get("LANTERNHOLD_ISSUER", "")
    assert said["LANTERNHOLD_ACME_ROOTS"] == ""
    if "LANTERNHOLD_ACME_CA" in embedded:
        assert said["LANTERNHOLD_ACME_CA"] == embedded["LANTERNHOLD_ACME_CA"]


def test_a_root_of_the_host_s_own_is_brought_in(tmp_path):
    root = tmp_path / "root.crt"
    root.write_text("a certificate")
    service = caddy(DOMAIN="play.example.org", ACME_CA=DIRECTORY, ACME_CA_ROOT=root)
    said = service["environment"]
    assert said["LANTERNHOLD_ACME_ROOTS"] == "own"
    [mount] = [it for it in service["volumes"] if it["target"] == said["LANTERNHOLD_ACME_CA_ROOT"]]
    assert (mount["source"], mount["target"], mount["read_only"]) == (str(root), IN_CONTAINER, True)
