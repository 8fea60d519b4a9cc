"""What gets installed: the wheel, and the server alone, as its image builds it."""

import shutil
import subprocess
import sys
import zipfile

import pytest

from support.source import PACKAGES, ROOT, committed


def build(source, into):
    """The wheel of `source`, built without the net."""
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"),
            *("--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", into, source),
        ],
        check=True,
        timeout=110,
    )
    return zipfile.ZipFile(next(into.glob("*.whl")))


def copy(names, into):
    """A clean checkout of these folders and files, with nothing that git does not know."""
    for file in committed():
        if file.parts[0] in names:
            (into / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, into / file)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    source = tmp_path_factory.mktemp("source")
    copy({*PACKAGES, "pyproject.toml", "README.md", "LICENSE", "tests"}, source)
    with build(source, tmp_path_factory.mktemp("wheel")) as opened:
        yield opened


@pytest.mark.slow
def test_the_wheel_holds_the_packages_and_no_tests(wheel):
    folders = {name.partition("/")[0] for name in wheel.namelist()}
    assert set(PACKAGES) == {folder for folder in folders if "." not in folder}


@pytest.mark.slow
def test_the_wheel_holds_every_file_that_the_packages_need(wheel):
    inside = set(wheel.namelist())
    not_code = {".md"}
    lacking = [
        str(file)
        for file in committed()
        if file.parts[0] in PACKAGES and file.suffix in {".py", ".html", ".css", ".js", ".json"}
        if file.suffix not in not_code and str(file) not in inside
    ]
    assert lacking == []


@pytest.mark.slow
def test_the_server_is_whole_without_client_and_deploy(tmp_path):
    """The server image copies three packages; they must build and import by themselves."""
    source, site = tmp_path / "source", tmp_path / "site"
    source.mkdir()
    copy({"game", "protocol", "server", "pyproject.toml", "README.md", "LICENSE"}, source)
    with build(source, tmp_path) as wheel:
        wheel.extractall(site)
    assert not (site / "client").exists()
    assert not (site / "deploy").exists()
    code = "import server.__main__, sys; print(server.__file__)"
    environment = {"PYTHONPATH": str(site), "PATH": "/usr/bin:/bin"}
    said = subprocess.run(
        [sys.executable, "-c", code],
        *(),
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout
    assert said.startswith(str(site))
