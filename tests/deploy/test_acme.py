from pathlib import Path

import pytest

from deploy.acme import Acme, read

NOTHING = {
    "LANTERNHOLD_ACME_CHALLENGE": "",
    "LANTERNHOLD_ACME_CA": "",
    "LANTERNHOLD_ACME_CA_ROOT": "",
}


def test_without_a_choice_caddy_goes_its_own_way():
    faults = []
    chosen = read(NOTHING, faults)
    assert (chosen, faults) == (Acme(), [])
    assert chosen.caddy_environment("a.example") == {}


def test_without_a_public_name_there_is_nothing_to_prove():
    assert Acme("http", "https://ca.example/dir").caddy_environment("") == {}


def test_another_authority_is_asked_in_any_way():
    assert Acme(directory="https://ca.example/dir").caddy_environment("a.example") == {
        "LANTERNHOLD_ISSUER": "any",
        "LANTERNHOLD_ACME_CA": "https://ca.example/dir",
    }


def test_the_way_and_the_root_are_handed_on(tmp_path):
    root = tmp_path / "root.crt"
    root.write_text("x")
    faults = []
    chosen = read(
        {**NOTHING, "LANTERNHOLD_ACME_CHALLENGE": "tls", "LANTERNHOLD_ACME_CA_ROOT": str(root)},
        faults,
    )
    assert faults == []
    assert chosen.caddy_environment("a.example") == {
        "LANTERNHOLD_ISSUER": "tls",
        "LANTERNHOLD_ACME_ROOTS": "own",
        "LANTERNHOLD_ACME_CA_ROOT": str(root),
    }


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("CHALLENGE", "dns", "must be http"),
        ("CA", "http://ca.example/dir", "begins with https://"),
        ("CA", "ca.example", "begins with https://"),
        ("CA_ROOT", "/nowhere/root.crt", "there is none"),
        ("CA_ROOT", "pyproject.toml", "the whole path"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(key, value, said):
    faults = []
    read({**NOTHING, f"LANTERNHOLD_ACME_{key}": value}, faults)
    assert len(faults) == 1
    assert said in faults[0]
    assert f"LANTERNHOLD_ACME_{key} is {value!r}" in faults[0]


def test_a_root_in_the_home_folder_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "root.crt").write_text("x")
    faults = []
    chosen = read(
        {**NOTHING, "LANTERNHOLD_ACME_CHALLENGE": "any", "LANTERNHOLD_ACME_CA_ROOT": "~/root.crt"},
        faults,
    )
    assert (chosen.root, faults) == (Path(tmp_path / "root.crt"), [])


def test_a_root_for_nobody_is_told(tmp_path):
    """It would count in one mode and not in the other."""
    root, faults = tmp_path / "root.crt", []
    root.write_text("x")
    read({**NOTHING, "LANTERNHOLD_ACME_CA_ROOT": str(root)}, faults)
    assert "LANTERNHOLD_ACME_CA, which names that one, is not set" in faults[0]
