"""Which mode an `up` runs in: the one asked for, the remembered one, or the best there is."""

from collections.abc import Callable
from dataclasses import dataclass

from deploy import modes
from deploy.clone import Clone
from deploy.docker import engine
from deploy.docker.engine import Verdict
from deploy.modes import Mode
from deploy.problem import Problem


@dataclass(frozen=True)
class Choice:
    """The mode, one line why where there is something to say, and the mode to move out of."""

    mode: Mode
    why: str = ""
    move_from: Mode | None = None


def choose(
    clone: Clone,
    asked: Mode | None,
    bring: Callable[[], Verdict | None],
    check: Callable[..., Verdict | None] = engine.check,
) -> Choice:
    """Choose the mode of this `up`.

    Args:
        clone: where an earlier choice is remembered.
        asked: the mode of --mode or of .env.
        bring: sees to the base images.
        check: whether Docker answers; see engine.check.

    Raises:
        Problem: the mode that was asked for or remembered is not available.
    """
    before = modes.remembered(clone)
    wanted = asked or before
    moved = before if before and wanted != before else None
    if wanted is Mode.EMBEDDED:
        return Choice(wanted, move_from=moved)
    # By itself only Linux gets Docker; who asks for it elsewhere knows why.
    verdict = check(linux=True) if wanted else check()
    if verdict is None:
        verdict = bring()
    if verdict is None:
        return Choice(Mode.DOCKER, move_from=moved)
    if wanted is Mode.DOCKER:
        raise _unavailable(verdict, is_asked=asked is not None)
    return Choice(Mode.EMBEDDED, f"Embedded mode: {verdict.why}.")


def likely(
    clone: Clone, asked: Mode | None, check: Callable[..., Verdict | None] = engine.check
) -> Mode:
    """The mode that the next `up` will choose, as far as can be told without pulling images."""
    wanted = asked or modes.remembered(clone)
    return wanted or (Mode.DOCKER if check() is None else Mode.EMBEDDED)


def _unavailable(verdict: Verdict, *, is_asked: bool) -> Problem:
    reason = "asked for" if is_asked else "the mode of this clone"
    remedy = verdict.remedy
    if not is_asked:
        remedy += ", or without Docker: ./lanternhold up --mode embedded (takes the world along)"
    return Problem(f"Docker mode is {reason}, and {verdict.why}.", remedy)
