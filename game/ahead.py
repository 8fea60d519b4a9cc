"""Long work in small slices, so that a tick which needs its result did not have to wait for it."""

from collections.abc import Generator, Iterator, Sequence
from typing import Final, Generic, TypeAlias, TypeVar

_T = TypeVar("_T")

Sliced: TypeAlias = Generator[None, None, _T]
"""Work that pauses at each `yield` and returns its result in the end; no slice takes long, however
much work there is, and where one ends depends on nothing but the work."""

SLICE: Final = 8_192
"""Values of which a few things are reckoned in one slice: about a millisecond."""


def pieces(values: Sequence[_T], size: int = SLICE) -> Iterator[Sequence[_T]]:
    """Slices' worth of a long row, in order."""
    for at in range(0, len(values), size):
        yield values[at : at + size]


class Ahead(Generic[_T]):
    """Work that is done a slice at a time until somebody needs the result."""

    def __init__(self, work: Sliced[_T]) -> None:
        self._work = work
        self._results: list[_T] = []
        self.slices = 0
        """That were done."""

    def advance(self) -> bool:
        """Do one slice; False when nothing is left to do."""
        if self._results:
            return False
        self.slices += 1
        try:
            next(self._work)
        except StopIteration as end:
            self._results.append(end.value)
        return not self._results

    def result(self) -> _T:
        """The result, after doing whatever is left."""
        while self.advance():
            pass
        return self._results[0]
