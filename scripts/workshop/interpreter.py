"""A CPython of this machine, laid into an image at /usr/local as upstream does it."""

import json
import os
import shutil
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workshop.filesystem import FileSystem
from workshop.report import SetUpError, quiet

_LEFT_OUT = shutil.ignore_patterns(
    *("__pycache__", "test", "idlelib", "tkinter", "_tkinter*", "turtledemo", "pydoc_data"),
    *(
        "config-*",
        "site-packages",
        "dist-packages",
        "sitecustomize.py",
        "pkgconfig",
        "EXTERNALLY-MANAGED",
    ),
)
_PIP = """#!/usr/local/bin/python3
import sys
from pip._internal.cli.main import main
sys.exit(main())"""
_PIP_SETTINGS = """[global]
cert = /etc/ssl/certs/ca-certificates.crt
disable-pip-version-check = true
root-user-action = ignore"""

# Loaded at run time by CPython, the C library or wheels, so that ldd does not name them.
_LOADED_LATER = (
    *("libstdc++.so.6", "libgcc_s.so.1", "libnss_dns.so.2", "libnss_files.so.2"),
    *("libresolv.so.2", "librt.so.1", "libutil.so.1", "libpthread.so.0", "libdl.so.2"),
)
_ASK = """
import json, os, sys, sysconfig
print(json.dumps({
    "version": "%d.%d" % sys.version_info[:2],
    "program": os.path.realpath(sys.executable),
    "prefix": sys.base_prefix,
    "library": sysconfig.get_path("stdlib"),
    "packages": os.path.basename(sysconfig.get_path("purelib")),
}))
"""


@dataclass(frozen=True)
class Interpreter:
    """Where a CPython keeps its parts."""

    version: str  # "3.13"
    program: Path
    prefix: Path
    library: Path  # the standard library
    packages: str  # "site-packages", or Debian's "dist-packages"

    @classmethod
    def find(cls, version: str) -> "Interpreter":
        """The CPython of that version, else the one that runs this; said by the caller."""
        for python in (*_candidates(version), Path(sys.executable)):
            if facts := quiet([python, "-I", "-c", _ASK]):
                found = json.loads(facts)
                return cls(
                    version=found["version"],
                    program=Path(found["program"]),
                    prefix=Path(found["prefix"]),
                    library=Path(found["library"]),
                    packages=found["packages"],
                )
        raise SetUpError(f"No Python to make a stand-in of python:{version} from.")

    def lay_into(self, files: FileSystem) -> None:
        """Copy the interpreter, its library, pip, and all that they link to."""
        name = f"python{self.version}"
        library = files.root / "usr/local/lib" / name
        shutil.copytree(self.library, library, ignore=_LEFT_OUT, ignore_dangling_symlinks=True)
        shutil.copy(self.program, files.root / "usr/local/bin" / name)
        for link, target in (("python3", name), ("python", "python3"), ("pip3", "pip")):
            (files.root / "usr/local/bin" / link).symlink_to(target)
        with zipfile.ZipFile(self._pip_wheel()) as wheel:
            wheel.extractall(library / self.packages)
        files.write("usr/local/bin/pip", _PIP, mode=0o755)
        files.write("etc/pip.conf", _PIP_SETTINGS)
        self._lay_libraries(files, library)

    def _lay_libraries(self, files: FileSystem, library: Path) -> None:
        modules = [m for m in self.library.rglob("*.so") if not m.name.startswith("_tkinter")]
        own = self.prefix if self.prefix != Path("/usr") else None
        files.add_libraries([self.program, *modules], own_prefix=own)
        _strip([*library.rglob("*.so"), *(files.root / "usr/local/lib").glob("*.so*")])
        for system in Path("/lib").glob("*-linux-gnu"):
            for name in _LOADED_LATER:
                for source in (system / name, Path("/usr") / system.relative_to("/") / name):
                    if source.exists():
                        shutil.copy(source, files.root / system.relative_to("/") / name)
        files.write("etc/ld.so.conf", "/usr/local/lib")
        quiet(["/sbin/ldconfig", "-r", files.root])

    def _pip_wheel(self) -> Path:
        for folder in (self.library / "ensurepip/_bundled", Path("/usr/share/python-wheels")):
            for wheel in folder.glob("pip-*.whl"):
                return wheel
        raise SetUpError(f"{self.program} brings no pip: install python{self.version}-venv.")


def _candidates(version: str) -> Iterator[Path]:
    """A python of that version on the path or, where pyenv keeps several, the newest of them."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob(f"versions/{version}.*/bin/python{version}"), reverse=True)
    if on_path := shutil.which(f"python{version}"):
        yield Path(on_path)


def _strip(programs: list[Path]) -> None:
    """Drop what only a debugger reads: an image half as large."""
    if shutil.which("strip"):
        quiet(["strip", "--strip-unneeded", *[p for p in programs if not p.is_symlink()]])
