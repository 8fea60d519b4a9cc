""".env.example lists every setting with its default, and nothing else."""

import re

import pytest

from deploy import settings as deploy_settings
from server import settings as server_settings
from support.source import ROOT

LINE = re.compile(r"^#? ?(LANTERNHOLD_[A-Z0-9_]+)=(.*)$", re.MULTILINE)
NOT_IN_A_FILE = {"LANTERNHOLD_SERVER_ENV_FILE"}  # names the file itself


@pytest.fixture(scope="module")
def listed():
    """Every key of .env.example with what is written behind it."""
    return dict(LINE.findall((ROOT / ".env.example").read_text(encoding="utf-8")))


def test_every_setting_is_listed_and_nothing_else(listed):
    known = {*server_settings.KEYS, *deploy_settings.KNOWN}
    others = {key for key in listed if key.startswith("LANTERNHOLD_CLIENT_")}
    assert listed.keys() - others == known - NOT_IN_A_FILE


def test_the_server_reads_each_default_as_its_own(listed, tmp_path):
    written = {key: value.strip("'\"") for key, value in listed.items()}
    written = {key: value for key, value in written.items() if key in server_settings.KEYS}
    assert server_settings.load(written, tmp_path) == server_settings.Settings()


def test_deploy_reads_each_default_as_its_own(listed):
    written = {key: listed[key].strip("'\"") for key in deploy_settings.KNOWN}
    assert written == deploy_settings.KNOWN


def test_every_line_is_explained():
    """Above each group of settings stands at least one line of prose."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    assert (
        sum(bool(LINE.match(line)) for line in lines)
        < sum(line.startswith("# ") and not LINE.match(line) for line in lines) * 2
    )
