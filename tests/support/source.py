"""The committed tree as data: files, modules, what they import and call."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("game", "protocol", "server", "client", "deploy")


@cache
def committed() -> tuple[Path, ...]:
    """Every file that git knows and that is there, relative to the root."""
    return _listed("--cached")


@cache
def present() -> tuple[Path, ...]:
    """The same and what is new, as a clone would have it once all is committed."""
    return _listed("--cached", "--others", "--exclude-standard")


def _listed(*which: str) -> tuple[Path, ...]:
    command = ["git", "ls-files", "-z", *which]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file())


def modules(*packages: str) -> list[Path]:
    """The committed modules of these packages."""
    wanted = packages or PACKAGES
    return [file for file in committed() if file.suffix == ".py" and file.parts[0] in wanted]


@cache
def tree(module: Path) -> ast.Module:
    """A module as its syntax tree."""
    return ast.parse((ROOT / module).read_text(encoding="utf-8"), str(module))


def text(file: Path) -> str:
    """A committed file as text; what is no text is empty."""
    try:
        return (ROOT / file).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def dotted_names(module: Path) -> dict[str, int]:
    """Every `a.b.c` in a module, and what its imports name, with the line it is first on."""
    found: dict[str, int] = {}
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Attribute):
            names = [ast.unparse(node)]
        else:
            continue
        for name in names:
            found.setdefault(name, node.lineno)
    return found
