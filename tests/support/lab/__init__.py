"""An internet in a box, from network namespaces: see tests/README.md."""

from support.lab.lab import Lab
from support.lab.plan import Host, Options
from support.lab.spaces import LabError

__all__ = ["Host", "Lab", "LabError", "Options"]
