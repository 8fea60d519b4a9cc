"""The file system of a stand-in image: busybox, what programs link to, the host's CAs."""

import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from workshop import packages
from workshop.report import SetUpError, quiet

_FOLDERS = (
    *("bin", "sbin", "dev", "etc/ssl/certs", "home", "lib", "lib64", "opt", "proc", "root", "run"),
    *("srv", "sys", "tmp", "usr/bin", "usr/lib/ssl", "usr/local/bin", "usr/sbin", "var/tmp"),
)
_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_WGET = """#!/bin/sh
# Debian's busybox crashes on `wget -T SECONDS`; upstream images' does not.
limit=900
for word do
  shift
  if [ "$take" ]; then limit=$word take=; continue; fi
  if [ "$word" = -T ]; then take=1; continue; fi
  set -- "$@" "$word"
done
exec timeout "$limit" busybox wget "$@\""""
_CA_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")


class FileSystem:
    """A folder that becomes an image by `docker import`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in _FOLDERS:
            (root / folder).mkdir(parents=True, exist_ok=True)
        (root / "tmp").chmod(0o1777)
        self.write(
            "etc/passwd", "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/home:/bin/false"
        )
        self.write("etc/group", "root:x:0:\nnobody:x:65534:")
        self.write("etc/nsswitch.conf", "hosts: files dns")
        self._add_busybox()
        self._add_certificates()

    def write(self, path: str, text: str, *, mode: int = 0o644) -> None:
        """Write a text file; a line end is added."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n", encoding="utf-8")
        file.chmod(mode)

    def add(self, program: Path, path: str) -> Path:
        """Copy a program and the libraries that it links to."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(program, target)
        target.chmod(0o755)
        self.add_libraries([program])
        return target

    def add_libraries(self, programs: Iterable[Path], *, own_prefix: Path | None = None) -> None:
        """Copy what `programs` link to; libraries below `own_prefix` go to /usr/local/lib."""
        for program in programs:
            for library in map(Path, re.findall(r"(/\S+) \(0x", quiet(["ldd", program]) or "")):
                own = own_prefix is not None and library.is_relative_to(own_prefix)
                folder = Path("/usr/local/lib") if own else library.parent
                target = self.root / folder.relative_to("/") / library.name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(library, target)

    def import_as(self, tag: str, changes: Sequence[str], *, owned: Sequence[str] = ()) -> None:
        """Make the image; all is root's but the folders in `owned`, which are nobody's."""

        def owner(member: tarfile.TarInfo) -> tarfile.TarInfo:
            path = member.name.removeprefix("./")
            member.uid = member.gid = 65534 if path in owned else 0
            member.uname = member.gname = ""
            return member

        command = ["docker", "import"]
        for change in (f"ENV {_PATH}", *changes):
            command += ["--change", change]
        with subprocess.Popen(
            [*command, "-", tag], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        ) as docker:
            with tarfile.open(fileobj=docker.stdin, mode="w|") as tar:
                tar.add(self.root, ".", filter=owner)
            docker.communicate()
        if docker.returncode:
            raise SetUpError(f"docker import of the stand-in for {tag} failed.")

    def _add_busybox(self) -> None:
        unpacked = self.root.with_name("busybox")
        packages.unpack("busybox", unpacked)
        busybox = self.add(unpacked / "bin" / "busybox", "bin/busybox")
        for applet in (quiet([busybox, "--list"]) or "").split():
            if applet != "busybox":
                (self.root / "bin" / applet).symlink_to("busybox")
        (self.root / "bin" / "wget").unlink()
        self.write("bin/wget", _WGET, mode=0o755)
        if install := shutil.which("install"):  # Debian's busybox is built without it
            self.add(Path(install), "usr/bin/install")

    def _add_certificates(self) -> None:
        """The host's CAs, one of which may be the host's own: builds in the image need it."""
        if _CA_BUNDLE.exists():
            shutil.copy(_CA_BUNDLE, self.root / _CA_BUNDLE.relative_to("/"))
            (self.root / "usr/lib/ssl/cert.pem").symlink_to(_CA_BUNDLE)
            (self.root / "usr/lib/ssl/certs").symlink_to(_CA_BUNDLE.parent)
