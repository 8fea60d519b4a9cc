"""The kinds of changes that the ledger can hold, and the code that rebuilds each."""

from deploy.changes import Registry
from deploy.clone import Clone
from deploy.env_change import EnvKey


def registry(clone: Clone) -> Registry:
    """Factories by kind. A kind once used stays readable: somebody's ledger may hold it."""
    return {
        EnvKey.KIND: lambda desired: EnvKey.from_ledger(desired, clone),
    }
