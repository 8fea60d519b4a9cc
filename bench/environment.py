"""The one place of the bench that reads the environment: what its processes are started with."""

import os


def clean(**settings: object) -> dict[str, str]:
    """This process's environment with no setting of Lanternhold's but these."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("LANTERNHOLD_")}
    return kept | {key: str(value) for key, value in settings.items()}
