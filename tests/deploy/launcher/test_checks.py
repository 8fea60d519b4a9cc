import pytest

from deploy import system
from deploy.launcher.checks import check_python
from deploy.problem import Problem


def test_a_whole_python_passes():
    check_python()


@pytest.mark.parametrize("lacking", ["venv", "ensurepip"])
def test_a_missing_module_is_named_with_the_command(lacking, monkeypatch):
    monkeypatch.setattr(system, "how_to_get_venv", lambda: "sudo apt-get install python3.11-venv")
    with pytest.raises(Problem, match=f"module {lacking} is missing") as told:
        check_python(has_module=lambda name: name != lacking)
    assert told.value.remedy == "sudo apt-get install python3.11-venv"


def test_32_bits_are_refused():
    with pytest.raises(Problem, match="needs a 64 bit Python, and this one has 32 bits"):
        check_python(bits=32)
