"""What bots are called when nobody says: plants and beasts of the wood, nobody's team."""

from collections.abc import Iterator
from random import Random
from typing import Final

_WORDS: Final = (
    "Acorn", "Alder", "Aspen", "Aster", "Beech", "Birch", "Bracken", "Bramble", "Briar", "Burdock",
    "Cedar", "Cicely", "Clover", "Cricket", "Dormouse", "Elder", "Fern", "Finch", "Foxglove",
    "Gorse", "Hawthorn", "Hazel", "Heather", "Hemlock", "Hornbeam", "Ivy", "Juniper", "Larch",
    "Lichen", "Linnet", "Lupin", "Magpie", "Mallow", "Marten", "Nettle", "Nuthatch", "Osier",
    "Parsley", "Pipit", "Plover", "Poppy", "Puffin", "Rowan", "Rushes", "Sedge", "Shrew", "Siskin",
    "Sorrel", "Sparrow", "Spruce", "Squirrel", "Starling", "Swift", "Tansy", "Teasel", "Thistle",
    "Thrush", "Vetch", "Vole", "Warbler", "Willow", "Woodruff", "Yarrow", "Yew",
)  # fmt: skip
_ROUNDS: Final = 40
"""More names than a server has room for players."""
_NUMBERS_MAX: Final = 999


def bot_names(rng: Random) -> Iterator[str]:
    """Each name once, in an order of chance: `Fern` and all other words, then `Fern 2`.

    Two groups of bots are seldom called alike, and a name that is taken has another behind it.
    """
    words = rng.sample(_WORDS, len(_WORDS))
    yield from words
    for number in range(2, _ROUNDS + 1):
        yield from (f"{word} {number}" for word in words)


def numbered(prefix: str) -> Iterator[str]:
    """`prefix` with a number behind it, from 1."""
    return (f"{prefix} {number}" for number in range(1, _NUMBERS_MAX + 1))
