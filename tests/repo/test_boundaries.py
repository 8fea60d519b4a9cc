"""Rules that import-linter cannot say; the import rules themselves are in pyproject.toml."""

import ast
import re
import subprocess
import sys

import pytest

from support.source import PACKAGES, ROOT, dotted_names, modules, text, tree

SECRET = re.compile(r"(?:^|_)(?:token|secret|password|digest|hash|hashed)s?(?:$|_)")


def users_of(prefixes, packages):
    """`file:line` of each use of a name that begins with one of `prefixes`."""
    return {
        str(module): f"{name} (line {line})"
        for module in modules(*packages)
        for name, line in dotted_names(module).items()
        if any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)
    }


def test_only_settings_read_the_environment():
    """A program's first lines may hand it over whole, and choose a driver for SDL."""
    rooms = {f"{package}/settings.py" for package in PACKAGES} | {"deploy/run.py"}
    first_lines = re.compile(r"\bread\(os\.environ\b|environ\.setdefault\(\"(SDL|PYGAME)_")
    readers = [
        f"{module}:{number}: {line.strip()}"
        for module in modules()
        if str(module) not in rooms
        for number, line in enumerate(text(module).splitlines(), 1)
        if re.search(r"\bos\.(environ|getenv)\b", line) and not first_lines.search(line)
    ]
    assert readers == []


def test_only_run_starts_programs():
    starters = users_of(
        (
            "subprocess",
            "os.system",
            "os.popen",
            "os.execv",
            "os.execvp",
            "os.execve",
            "asyncio.create_subprocess_exec",
            "asyncio.create_subprocess_shell",
            "pty",
        ),
        PACKAGES,
    )
    assert {file: what for file, what in starters.items() if file != "deploy/run.py"} == {}


def test_no_shell_is_ever_asked():
    shells = [
        str(module)
        for module in modules()
        for node in ast.walk(tree(module))
        if isinstance(node, ast.keyword)
        and node.arg == "shell"
        and not (isinstance(node.value, ast.Constant) and node.value.value is False)
    ]
    assert shells == []


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        ("pygame", ("client/",)),
        ("prometheus_client", ("server/metrics.py", "deploy/keeper/metrics.py")),
        ("numpy", ("server/visibility.py", "server/steps.py")),
        ("sqlite3", ("server/store", "server/exclusive.py")),  # its files, and its locks
    ],
)
def test_a_library_stays_in_its_room(library, rooms):
    users = users_of((library,), PACKAGES)
    assert users, f"nothing uses {library}: is the name right?"
    assert {file: what for file, what in users.items() if not file.startswith(rooms)} == {}


def test_secrets_are_compared_in_constant_time():
    """`==` stops at the first byte that differs, and its time tells where."""
    leaks = []
    for module in modules("server", "deploy"):
        for node in ast.walk(tree(module)):
            if not isinstance(node, ast.Compare):
                continue
            if not any(isinstance(operator, ast.Eq | ast.NotEq) for operator in node.ops):
                continue
            sides = [node.left, *node.comparators]
            if any(isinstance(side, ast.Constant) for side in sides):
                continue  # an empty or a fixed value is no secret
            names = [n for side in sides for n in _names(side)]
            if any(SECRET.search(name) for name in names):
                leaks.append(f"{module}:{node.lineno}: {ast.unparse(node)}")
    assert leaks == []


def test_the_comparison_rule_would_catch_a_leak():
    """The rule above is only worth something while it knows a leak when it sees one."""
    assert SECRET.search("admin_token")
    assert SECRET.search("secret")
    assert not SECRET.search("tokenizer")
    assert "compare_digest" in "".join(text(m) for m in modules("server"))


@pytest.mark.parametrize("module", ["server.__main__", "client.bot"])
def test_what_runs_without_a_screen_loads_no_pygame(module):
    code = f"import sys, {module}; sys.exit('pygame' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)


def _names(node):
    """The last word of each name in an expression: `self.admin_token` -> `admin_token`."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        return [node.attr]
    return []
