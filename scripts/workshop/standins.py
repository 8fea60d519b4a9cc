"""Look-alikes of the base images, for machines that cannot pull them.

Each is made on the spot from this machine's own programs and labelled, so that nobody takes it for
upstream's bytes. What a test shows on one holds for the program in it, not for the image.
"""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from workshop import packages
from workshop.filesystem import FileSystem
from workshop.interpreter import Interpreter
from workshop.places import VENV
from workshop.report import SetUpError

LABEL = "lanternhold.stand-in"
"""An image's label; its value is the version of the recipes, so that an old one is made anew."""
VERSION = hashlib.sha256(
    b"".join(
        Path(__file__).with_name(f"{name}.py").read_bytes()
        for name in ("filesystem", "interpreter", "standins")
    )
).hexdigest()[:12]

Recipe = Callable[[str, FileSystem], str]

_PROMETHEUS_FLAGS = [
    "--config.file=/etc/prometheus/prometheus.yml",
    "--storage.tsdb.path=/prometheus",
]


def recipe(image: str) -> Recipe | None:
    """What makes the stand-in of this image, or None when there is no recipe for it."""
    return _RECIPES.get(_repository(image))


def can_make(image: str) -> bool:
    """Whether there is a recipe for this image and this machine can follow it."""
    return recipe(image) is not None and shutil.which("apt-get") is not None


def make(image: str) -> str:
    """Make the stand-in of `image` and return what is in it, as a phrase."""
    with TemporaryDirectory(prefix="lanternhold-image-") as folder:
        return _RECIPES[_repository(image)](image, FileSystem(Path(folder) / "root"))


def _python(image: str, files: FileSystem) -> str:
    interpreter = Interpreter.find(image.partition(":")[2].partition("-")[0])
    interpreter.lay_into(files)
    for name in ("groupadd", "useradd"):  # Dockerfiles call them
        if program := shutil.which(name, path="/usr/sbin:/usr/bin"):
            files.add(Path(program), f"usr/sbin/{name}")
    if Path("/etc/login.defs").exists():
        shutil.copy("/etc/login.defs", files.root / "etc")
    for name in ("etc/shadow", "etc/gshadow"):
        (files.root / name).touch()
    files.import_as(image, [f"LABEL {LABEL}={VERSION}", "ENV LANG=C.UTF-8", 'CMD ["python3"]'])
    return f"Python {interpreter.version} of this machine on busybox"


def _caddy(image: str, files: FileSystem) -> str:
    caddy = VENV / "bin" / "caddy"
    if not caddy.exists():
        raise SetUpError("The stand-in of Caddy needs .venv/bin/caddy: run scripts/test --install.")
    files.add(caddy, "usr/bin/caddy")
    for folder in ("config/caddy", "data/caddy", "etc/caddy"):
        (files.root / folder).mkdir(parents=True)
    files.import_as(
        image,
        [
            f"LABEL {LABEL}={VERSION}",
            *("ENV XDG_CONFIG_HOME=/config", "ENV XDG_DATA_HOME=/data"),
            *("EXPOSE 80 443 443/udp 2019", "WORKDIR /srv"),
            'CMD ["caddy","run","--config","/etc/caddy/Caddyfile","--adapter","caddyfile"]',
        ],
    )
    return "the caddy of .venv on busybox"


def _prometheus(image: str, files: FileSystem) -> str:
    unpacked = files.root.with_name("prometheus")
    packages.unpack("prometheus", unpacked)
    files.add(unpacked / "usr" / "bin" / "prometheus", "bin/prometheus")
    files.write("etc/prometheus/prometheus.yml", "global:\n  scrape_interval: 15s")
    (files.root / "prometheus").mkdir()
    files.import_as(
        image,
        [
            f"LABEL {LABEL}={VERSION}",
            *("USER nobody", "EXPOSE 9090", "VOLUME /prometheus", "WORKDIR /prometheus"),
            'ENTRYPOINT ["/bin/prometheus"]',
            f"CMD {json.dumps(_PROMETHEUS_FLAGS)}",
        ],
        owned=["prometheus"],
    )
    return "Debian's prometheus on busybox"


def _repository(image: str) -> str:
    return image.partition(":")[0].removeprefix("docker.io/").removeprefix("library/")


_RECIPES: dict[str, Recipe] = {
    "python": _python,
    "caddy": _caddy,
    "prom/prometheus": _prometheus,
}
