"""The public address of this very house, by the sources that the host's settings name."""

from collections.abc import Mapping

from deploy import lan
from deploy.address.kinds import Family
from deploy.address.public import Verdict, find, sources
from deploy.address.sources import DEFAULT, FORMS, Ask, Source, listed
from deploy.problem import USED_WRONGLY, Problem

KEY = "LANTERNHOLD_DEPLOY_ADDRESS_SOURCES"


def chosen_sources(given: Mapping[str, str], router: Ask | None = None) -> list[Source]:
    """The sources that the settings name, or the usual ones.

    Args:
        given: the keys that were set.
        router: asks the router, where there is one that can be asked.

    Raises:
        Problem: the settings name something that is no source.
    """
    try:
        return sources(listed(given.get(KEY, "")) or DEFAULT, router)
    except ValueError as problem:
        raise Problem(
            f"{KEY}: {problem}.",
            FORMS,
            USED_WRONGLY,
        ) from None


async def public_address(
    family: Family, given: Mapping[str, str], router: Ask | None = None
) -> Verdict:
    """What the world sees of this house in a family; at most three seconds."""
    own = [text for text in lan.addresses() if ":" in text] if family is Family.V6 else []
    return await find(family, chosen_sources(given, router), own=own)
