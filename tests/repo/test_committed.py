"""What must never get into a commit."""

import re
import tomllib

import pytest

from support.source import ROOT, committed, text

# Written apart, so that this file does not hold what it looks for.
REGISTRIES = re.compile(
    "|".join(
        f"{name}\\.{end}"
        for name, end in (
            *(("pypi", "org"), ("python" + "hosted", "org"), ("npm" + "js", "org")),
            *(("npm" + "js", "com"), ("deb.debian", "org"), ("registry-1.docker", "io")),
        )
    )
)
PATHS = re.compile("(?<![\\w.~*}])/" + "(?:work|farm|root|home/[a-z]+|Users/[a-z]+)/[\\w.]")
OPEN_ENDS = re.compile("\\b(?:TO" + "DO|FIX" + "ME|X" + "XX)\\b|raise Not" + "Implemented")
LOCKS = ("server", "client", "deploy", "embedded", "dev", "compose", "upstream")


def lines_with(pattern, files=None):
    return [
        f"{file}:{number}: {line.strip()[:80]}"
        for file in files or committed()
        for number, line in enumerate(text(file).splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_address_of_a_package_registry():
    assert lines_with(REGISTRIES) == []


def test_no_path_of_one_machine():
    assert lines_with(PATHS) == []


def test_the_patterns_find_what_they_are_for():
    assert REGISTRIES.search("https://pypi" + ".org/simple")
    assert PATHS.search("see /ro" + "ot/thing")
    assert PATHS.search("'/wo" + "rk/main'")
    assert not PATHS.search("docs/wo" + "rk/a and ~/ro" + "ot/b")


def test_nothing_is_left_open_in_the_code():
    code = [f for f in committed() if f.suffix == ".py" or f.parts[0] == "scripts"]
    assert lines_with(OPEN_ENDS, code) == []


def test_nothing_large_is_committed():
    large = {str(f): s for f in committed() if (s := (ROOT / f).stat().st_size) > 600_000}
    assert large == {}


def test_no_secret_or_state_is_committed():
    kinds = {".pem", ".key", ".crt", ".sqlite", ".db", ".log"}
    kept = [str(f) for f in committed() if f.suffix in kinds or f.name == ".env"]
    assert kept == []


@pytest.mark.parametrize("file", ["compose.yaml", "deploy/image/Dockerfile"])
def test_every_image_is_pinned(file):
    content = (ROOT / file).read_text(encoding="utf-8")
    stages = re.findall(r"^FROM .+ AS (\S+)", content, re.MULTILINE | re.IGNORECASE)
    images = [
        *re.findall(r"^FROM (?:--\S+ )*(\S+)", content, re.MULTILINE),
        *re.findall(r"^\s*image:\s*(\S+)", content, re.MULTILINE),
    ]
    assert images
    from_elsewhere = [i for i in images if i not in stages and not i.startswith("lanternhold-")]
    floating = [i for i in from_elsewhere if ":" not in i or i.endswith(":latest")]
    assert floating == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_pinned_by_hash(name):
    lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
    pinned = [line for line in lines if re.match(r"[a-z0-9._-]+==", line, re.IGNORECASE)]
    assert pinned
    assert all(line.endswith("\\") for line in pinned)
    options = [line for line in lines if line.startswith("-")]
    assert options == []
    strays = [
        line for line in lines if line and not line.startswith((" ", "#")) and line not in pinned
    ]
    assert strays == []


def test_the_locks_hold_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        asked += extra
    lock = (ROOT / "requirements" / "dev.txt").read_text()
    locked = re.findall(r"^([a-z0-9._-]+)==", lock, re.MULTILINE)
    names = {re.match(r"[A-Za-z0-9._-]+", word)[0].lower() for word in asked}
    assert names <= set(locked)


def versions_in(name):
    """The `package==version` pairs of a lock; a package may have one for each range of Pythons."""
    lock = (ROOT / "requirements" / f"{name}.txt").read_text()
    return set(re.findall(r"^[a-z0-9._-]+==[^ \\\n]+", lock, re.MULTILINE))


@pytest.mark.parametrize("name", ["server", "client", "deploy", "embedded"])
def test_every_lock_follows_the_one_that_holds_all(name):
    """One .venv may get several of them in turn: the second must not undo the first."""
    assert versions_in(name) <= versions_in("dev")
