"""The store's thread."""

import time
from concurrent.futures import Future, ThreadPoolExecutor

from server.store.database import Database
from server.store.journal import Committed
from server.store.rows import Batch


class Writer:
    """Commits batches one after the other on a thread of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")

    def submit(self, batch: Batch) -> "Future[Committed]":
        """Begin to write `batch`."""
        return self._thread.submit(self._commit, batch)

    def close(self) -> None:
        """Finish what was submitted and let go of the file."""
        self._thread.shutdown(wait=True)
        self._database.close()

    def _commit(self, batch: Batch) -> Committed:
        began = time.perf_counter()
        refused = self._database.commit(batch)
        return Committed(time.perf_counter() - began, refused)
