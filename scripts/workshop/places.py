"""Where the workshop finds and keeps things."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements"

# Outside the clone: an engine and its Compose serve every clone on this machine.
STATE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lanternhold-workshop"
LOG = STATE / "install.log"
