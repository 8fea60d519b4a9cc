"""For test_asking: a command of ./lanternhold in another clone: FOLDER WORD..."""

import sys
from pathlib import Path

from deploy.__main__ import main
from deploy.clone import Clone

clone = Clone(Path(sys.argv.pop(1)))
Clone.here = lambda: clone
sys.exit(main())
