"""How the public name follows us: the records that the answers ask for, and the token for them.

The same rules as `ddns update` has: where tokens lie, and what a keeper in a container can do.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from deploy import choice
from deploy.clone import Clone, write_private
from deploy.ddns import needs, secret, tokens
from deploy.ddns.configured import Asked, targets
from deploy.ddns.secret import Secret
from deploy.ddns.state import Notebook
from deploy.ddns.target import Target
from deploy.modes import Mode
from deploy.problem import USED_WRONGLY, Problem
from deploy.settings import Settings
from deploy.setup.answers import Answers, Way

Ask = Callable[[str], str]
"""Asks the person for a secret, unseen."""


@dataclass(frozen=True)
class Naming:
    """What the provider is to be told.

    Attributes:
        targets: the records as the ledger will hold them; none where nothing follows us.
        token: the secret for them.
        known: whose the one token file of earlier versions is.
    """

    targets: Sequence[Target] = ()
    token: Secret | None = None
    known: Sequence[Target] = ()

    @contextmanager
    def kept(self, clone: Clone) -> Iterator[None]:
        """Keep the token, so that the same command goes on after a crash.

        One that the provider refuses inside goes again, and the one before comes back.
        """
        if self.token is None:
            yield
            return
        paths = [secret.path_for(clone, target) for target in self.targets]
        before = {path: path.read_text("utf-8") if path.exists() else None for path in paths}
        tokens.keep(clone, self.targets, self.token, self.known)
        try:
            yield
        except Problem:
            if any(_is_refused(clone, target, self.token) for target in self.targets):
                for path, text in before.items():
                    _put_back(path, text)
            raise


def naming(
    clone: Clone, chosen: Settings, answers: Answers, given: Secret | None, ask: Ask | None
) -> Naming:
    """What answers and settings say of the name.

    Args:
        clone: where tokens lie.
        chosen: the settings.
        answers: complete ones.
        given: a token that came by an option; it wins over every file.
        ask: asks the person here; None when there is nobody.

    Raises:
        Problem: the provider is not told what it needs, or there is no token.
    """
    if answers.way is not Way.DDNS:
        return Naming()
    asked = Asked(
        provider=answers.provider or "",
        hostname=answers.name or "",
        user=answers.user or "",
        server=answers.server or "",
        zone=answers.zone or "",
    )
    wanted = targets(asked, chosen.given, chosen.domain)
    in_docker = choice.likely(clone, chosen.mode) is Mode.DOCKER
    for target in wanted:
        needs.check(target, in_docker=in_docker)
    known = tokens.users(clone, chosen.given, chosen.domain)
    token = given or _token(clone, wanted[0], known, ask)
    if given or in_docker:  # the file named in the settings has another one, or is not to be seen
        wanted = [replace(target, token_file="") for target in wanted]
    return Naming(wanted, token, known)


def _token(clone: Clone, target: Target, known: Sequence[Target], ask: Ask | None) -> Secret:
    kept = tokens.stored(clone, target, known)
    if kept and not (ask and _is_refused(clone, target, kept)):
        return kept
    if ask is None:
        raise Problem(
            "The provider's token is missing, and nobody is here to type it.",
            "--token-file FILE or --token-stdin",
            USED_WRONGLY,
        )
    need = needs.NEEDS[target.provider]
    return secret.checked(ask(f"{need.title}: {need.secret}?").encode(), "What was typed")


def _put_back(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink(missing_ok=True)
    elif path.read_text("utf-8") != text:
        write_private(path, text)


def _is_refused(clone: Clone, target: Target, token: Secret) -> bool:
    return Notebook.of(clone, target).current(target, token).is_parked
