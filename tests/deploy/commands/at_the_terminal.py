"""For test_asking: a command of ./lanternhold in another clone: FOLDER WORD..."""

import sys
from pathlib import Path

from deploy.__main__ import main
from deploy.clone import Clone
from deploy.setup import wishes


async def known(_):
    """No test asks the world for a name."""


wishes.refuse_unknown = known
clone = Clone(Path(sys.argv.pop(1)))
Clone.here = lambda: clone
sys.exit(main())
