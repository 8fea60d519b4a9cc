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


def test_a_python_of_2019_can_read_it():
    ast.parse(FILE.read_text(encoding="utf-8"), feature_version=(3, 8))


def test_it_can_be_run():
    assert FILE.stat().st_mode & stat.S_IXUSR


def test_an_old_python_is_told_what_is_needed_and_how_to_get_it(launcher, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 8, 10))
    monkeypatch.setattr(
        shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None
    )
    assert launcher["main"]() == 1
    assert capsys.readouterr().err == (
        "Lanternhold needs Python 3.11 or newer, and this is 3.8.\n"
        "Next: sudo apt-get install python3.11 python3.11-venv\n"
    )


def test_an_old_python_hands_over_to_a_newer_one_that_is_here(launcher, monkeypatch):
    became = []
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(sys, "argv", ["lanternhold", "up"])
    monkeypatch.setattr(
        shutil, "which", lambda name: "/opt/python3.13" if name == "python3.13" else None
    )
    monkeypatch.setattr(subprocess, "call", lambda *_, **__: 0)
    monkeypatch.setattr(os, "execv", lambda path, argv: became.append((path, argv)))
    launcher["main"]()
    assert became == [("/opt/python3.13", ["/opt/python3.13", str(FILE), "up"])]


def test_a_newer_python_that_does_not_run_is_passed_over(launcher, monkeypatch):
    """Version managers leave programs of every name that end with an error."""
    monkeypatch.setattr(shutil, "which", lambda name: f"/shims/{name}")
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
    monkeypatch.setattr(shutil, "which", lambda name: name if name == tool else None)
    assert launcher["how_to_get_it"]() == command
