import re

import pytest

from workshop import packages
from workshop.places import ROOT


@pytest.fixture
def policy(tmp_path, monkeypatch):
    file = tmp_path / "policy-rc.d"
    monkeypatch.setattr(packages, "_POLICY", file)
    return file


def test_daemons_are_refused_for_the_time_of_an_installation(policy):
    with packages.no_daemon_starts():
        assert "exit 101" in policy.read_text()
        assert policy.stat().st_mode & 0o111
    assert not policy.exists()


def test_a_failed_installation_leaves_no_policy_behind(policy):
    with pytest.raises(RuntimeError, match="apt"), packages.no_daemon_starts():
        raise RuntimeError("apt")
    assert not policy.exists()


def test_the_policy_of_the_machine_is_left_as_it_is(policy):
    policy.write_text("#!/bin/sh\nexit 104\n")
    with packages.no_daemon_starts():
        assert "exit 104" in policy.read_text()
    assert "exit 104" in policy.read_text()


def test_the_policy_of_a_killed_installation_is_removed_by_the_next(policy):
    killed = packages.no_daemon_starts()
    killed.__enter__()
    with packages.no_daemon_starts():
        assert policy.exists()
    assert not policy.exists()


def test_all_that_the_lab_runs_is_brought():
    """One that lay on the author's machine alone was missed on every fresh one."""
    source = (ROOT / "tests" / "conftest.py").read_text()
    (names,) = re.findall(r"LAB_TOOLS = \((.*?)\n\)", source, re.DOTALL)
    tools = set(re.findall(r'"([a-z-]+)"', names))
    assert "dnsmasq" in tools
    assert tools <= packages.TOOLS.keys()
