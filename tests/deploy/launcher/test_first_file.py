"""The file `lanternhold` itself: what old Pythons read and say."""

import ast
import os
import runpy
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FILE = ROOT / "lanternhold"


@pytest.fixture
def launcher():
    return runpy.run_path(str(FILE), run_name="looked at")


def only(monkeypatch, launcher, program, path):
    """Of all programs this computer has that one."""
    found = {program: path}
    monkeypatch.setitem(launcher["main"].__globals__, "find", found.get)


def test_a_python_of_2019_can_read_it():
    ast.parse(FILE.read_text(encoding="utf-8"), feature_version=(3, 8))


def test_python_2_could_read_it():
    """No Python 2 is needed for this: what it lacks is not there."""
    tree = ast.parse(FILE.read_text(encoding="utf-8"))
    newer = (ast.AnnAssign, ast.JoinedStr, ast.Nonlocal, ast.AsyncFunctionDef, ast.NamedExpr)
    assert not [node for node in ast.walk(tree) if isinstance(node, newer)]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert node.returns is None
            assert not [arg for arg in node.args.args if arg.annotation]
            assert not node.args.kwonlyargs
        if isinstance(node, ast.List | ast.Call):
            inner = node.elts if isinstance(node, ast.List) else node.args
            assert not [part for part in inner if isinstance(part, ast.Starred)]


def test_ctrl_c_at_once_is_no_traceback(tmp_path):
    """The first moment, when nothing of ours is imported yet."""
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "__init__.py").write_text("raise KeyboardInterrupt\n")
    shutil.copy(FILE, tmp_path / "lanternhold")
    done = subprocess.run(
        [sys.executable, str(tmp_path / "lanternhold")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (130, "Stopped.\n")


def test_it_can_be_run():
    assert FILE.stat().st_mode & stat.S_IXUSR


def test_an_old_python_is_told_what_is_needed_and_how_to_get_it(launcher, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 8, 10))
    only(monkeypatch, launcher, "apt-get", "/usr/bin/apt-get")
    assert launcher["main"]() == 1
    assert capsys.readouterr().err == (
        "Lanternhold needs Python 3.11 or newer, and this is 3.8.\n"
        "Next: sudo apt-get install python3.11 python3.11-venv\n"
    )


def test_an_old_python_hands_over_to_a_newer_one_that_is_here(launcher, monkeypatch):
    became = []
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(sys, "argv", ["lanternhold", "up"])
    only(monkeypatch, launcher, "python3.13", "/opt/python3.13")
    monkeypatch.setattr(subprocess, "call", lambda *_, **__: 0)
    monkeypatch.setattr(os, "execv", lambda path, argv: became.append((path, argv)))
    launcher["main"]()
    assert became == [("/opt/python3.13", ["/opt/python3.13", str(FILE), "up"])]


def test_a_newer_python_that_does_not_run_is_passed_over(launcher, monkeypatch):
    """Version managers leave programs of every name that end with an error."""
    monkeypatch.setitem(launcher["main"].__globals__, "find", lambda name: f"/shims/{name}")
    monkeypatch.setattr(subprocess, "call", lambda *_, **__: 127)
    assert launcher["newer_python"]() is None


@pytest.mark.parametrize(
    ("tool", "command"),
    [
        ("dnf", "sudo dnf install python3.11"),
        ("apk", "apk add python3"),
        ("nothing", "install Python 3.11 or newer from your system's packages"),
    ],
)
def test_the_command_fits_the_system(launcher, monkeypatch, tool, command):
    only(monkeypatch, launcher, tool, tool)
    assert launcher["how_to_get_it"]() == command


@pytest.mark.skipif(os.name == "nt", reason="there Ctrl-C cannot be held")
def test_ctrl_c_between_launcher_and_command_waits_for_the_command():
    """It comes while the new interpreter starts, when nothing could answer it."""
    code = (
        "import os, signal, sys; from deploy import system; system.hold_interrupts();"
        "os.kill(os.getpid(), signal.SIGINT);"
        "os.execv(sys.executable, [sys.executable, '-m', 'deploy', '--help'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "Stopped.\n")
