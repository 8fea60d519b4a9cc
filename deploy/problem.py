"""What can foreseeably go wrong, said to the person in front of the terminal."""

GOOD = 0
BAD = 1
USED_WRONGLY = 2


class Problem(Exception):  # noqa: N818  # it is told to a person, not raised at a programmer
    """A foreseeable failure: what happened and why, and what to do next.

    Args:
        what: one sentence, without a traceback's vocabulary.
        remedy: what to do next, with the exact command where there is one.
        code: the exit code, BAD or USED_WRONGLY.
    """

    def __init__(self, what: str, remedy: str = "", code: int = BAD) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.code = code

    def __str__(self) -> str:
        return f"{self.what}\n{self.remedy}" if self.remedy else self.what
