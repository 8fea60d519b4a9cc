"""The keeper's container: only where there is something to keep, and with nothing but that."""

import os
import stat
import subprocess
import sys

import pytest

from deploy import run, settings
from deploy.clone import Clone, write_private
from deploy.docker import keeper_files
from deploy.docker.stack import DockerStack
from deploy.ledger import Entry, Ledger, State
from deploy.run import Result
from support.source import ROOT


@pytest.fixture
def clone(tmp_path):
    return Clone(tmp_path)


def compose_words(clone):
    """What `docker compose` is asked, and with which environment."""
    asked = []

    def runner(argv, **more):
        asked.append((argv, more["env"]))
        return Result(0, "", "")

    DockerStack(clone, settings.load(clone, {}), runner=runner).parts()
    return asked[0]


def test_it_runs_where_the_ledger_holds_something(clone):
    assert "keeper" not in compose_words(clone)[0]
    Ledger.of(clone).put(Entry("x", "toy", {}, {}, State.APPLIED, ""))
    words, environment = compose_words(clone)
    assert words[words.index("keeper") - 1] == "--profile"
    assert environment["LANTERNHOLD_KEEPER_USER"] == keeper_files.user()


def test_it_is_never_root(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert keeper_files.user() == "10001:10001"
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "getegid", lambda: 100)
    assert keeper_files.user() == "1000:100"


def test_its_folders_are_closed_to_others(clone):
    keeper_files.prepare(clone)
    keeper_files.prepare(clone)
    for name in keeper_files.FOLDERS:
        assert stat.S_IMODE((clone.state / name).stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_root_writes_later_is_for_the_container_to_read(clone):
    keeper_files.prepare(clone)
    file = clone.state / "secrets" / "ddns.token"
    write_private(file, "token")
    assert file.stat().st_uid == keeper_files.NOBODY
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with Ledger.of(clone).locked():
        pass
    lock = clone.state / "ledger" / "ledger.lock"
    assert lock.stat().st_uid == keeper_files.NOBODY
    write_private(clone.state / "other", "x")
    assert (clone.state / "other").stat().st_uid == 0


def test_it_needs_no_more_than_its_image_has():
    """The image lacks what draws and asks in a terminal, and the folders of other commands."""
    absent = ["typer", "rich", "segno", "questionary", "platformdirs", "deploy.commands"]
    absent += ["deploy.docker", "deploy.embedded", "deploy.launcher", "deploy.firewall"]
    code = (
        f"import sys, deploy.keeper.__main__ as _; print([m for m in {absent} if m in sys.modules])"
    )
    done = run.run([sys.executable, "-c", code], timeout_s=30, cwd=ROOT)
    assert done.out.strip() == "[]", done.err


def test_compose_gives_it_exactly_its_three_folders():
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    service = text.partition("\n  keeper:\n")[2].partition("\n  prometheus:\n")[0]
    mounts = [line.strip() for line in service.splitlines() if "/app/.lanternhold" in line]
    assert mounts == [
        "- ./.lanternhold/ledger:/app/.lanternhold/ledger:ro",
        "- ./.lanternhold/secrets:/app/.lanternhold/secrets:ro",
        "- ./.lanternhold/ddns:/app/.lanternhold/ddns",
    ]
    assert "ports:" not in service


def test_the_health_check_takes_a_port():
    script = [sys.executable, "-I", "-S", str(ROOT / "deploy/image/healthy.py"), "1"]
    assert subprocess.run(script, check=False, timeout=10).returncode == 1
