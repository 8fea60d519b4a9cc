"""The base images that the compose file and the Dockerfile name: here, pulled, or stood in for."""

import re
from pathlib import Path

from workshop import standins
from workshop.places import ROOT
from workshop.report import SetUpError, quiet, step

_NOT_FETCHED = ("lanternhold", "grafana/grafana")  # built here; not started by any test
_PULL_TIMEOUT_S = 600


def needed(root: Path = ROOT) -> list[str]:
    """Every image that the tested stack starts from, in the order found."""
    dockerfile = (root / "deploy" / "image" / "Dockerfile").read_text(encoding="utf-8")
    compose = (root / "compose.yaml").read_text(encoding="utf-8")
    stages = set(re.findall(r"^FROM .+ AS (\S+)", dockerfile, re.MULTILINE | re.IGNORECASE))
    named = [
        *re.findall(r"^FROM (?:--\S+ )*(\S+)", dockerfile, re.MULTILINE),
        *re.findall(r"^\s*image:\s*[\"']?([^\s\"'#]+)", compose, re.MULTILINE),
    ]
    return [
        image
        for image in dict.fromkeys(named)
        if image not in stages and not image.startswith(_NOT_FETCHED)
    ]


def bring() -> None:
    """Make sure that each image is here. Raises SetUpError when one cannot be had."""
    for image in needed():
        made_by = _stand_in_version(image)
        if made_by is None or made_by not in {"", standins.VERSION}:
            _bring(image)
        elif made_by:
            print(f"  {image}: a STAND-IN made earlier on this machine", flush=True)


def _stand_in_version(image: str) -> str | None:
    """Which version of our recipes made it, "" for a published one, None if it is not here."""
    label = f'{{{{index .Config.Labels "{standins.LABEL}"}}}}'
    said = quiet(["docker", "image", "inspect", "--format", label, image])
    return None if said is None else said.strip()


def _bring(image: str) -> None:
    with step(f"pulling {image}"):
        pulled = quiet(["docker", "pull", "--quiet", image], timeout_s=_PULL_TIMEOUT_S)
    if pulled is not None:
        return
    if not standins.can_make(image):
        raise SetUpError(
            f"{image} cannot be pulled, and here it cannot be stood in for.\n"
            f"Try it by hand, it says why: docker pull {image}"
        )
    with step(f"{image} cannot be pulled: making a stand-in"):
        content = standins.make(image)
        quiet(["docker", "image", "prune", "--force", "--filter", f"label={standins.LABEL}"])
    print(f"  {image}: a STAND-IN ({content}), not the published image", flush=True)
