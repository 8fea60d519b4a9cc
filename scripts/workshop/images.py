"""The base images that the compose file and the Dockerfile name: here, pulled, or stood in for."""

import re
from pathlib import Path

from workshop import standins
from workshop.places import ROOT
from workshop.report import quiet, step

_OWN = "lanternhold"
_PULL_TIMEOUT_S = 600


def needed(root: Path = ROOT) -> list[str]:
    """Every image that the stack starts from, in the order found; ours are built, not pulled."""
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
        if image not in stages and not image.startswith(_OWN)
    ]


def bring() -> list[str]:
    """Make sure that each image is here; returns the images that could not be had at all."""
    lacking = []
    for image in needed():
        if quiet(["docker", "image", "inspect", image]) is None:
            lacking += _bring(image)
        elif standins.LABEL in (quiet(["docker", "image", "inspect", image]) or ""):
            print(f"  {image}: a stand-in made earlier on this machine", flush=True)
    return lacking


def _bring(image: str) -> list[str]:
    with step(f"pulling {image}"):
        pulled = quiet(["docker", "pull", "--quiet", image], timeout_s=_PULL_TIMEOUT_S)
    if pulled is not None:
        return []
    if not standins.can_make(image):
        print(f"  {image}: cannot be pulled, and there is no stand-in for it", flush=True)
        return [image]
    with step(f"{image} cannot be pulled: making a stand-in"):
        content = standins.make(image)
    print(f"  {image}: a STAND-IN ({content}), not the published image", flush=True)
    return []
