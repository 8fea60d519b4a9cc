"""Where each name's token lies: one file for a provider and a name, so that none is told another's.

Earlier there was one file for all. It goes to the records that used it, and to nobody else.
"""

from collections.abc import Mapping, Sequence

from deploy.clone import Clone
from deploy.ddns import secret
from deploy.ddns.configured import Asked, targets
from deploy.ddns.secret import Secret
from deploy.ddns.target import KIND, Target
from deploy.ledger import Ledger


def users(clone: Clone, given: Mapping[str, str], domain: str) -> list[Target]:
    """Whose the old file is: the ledger's records, or where it has none, those of the settings."""
    entries = Ledger.of(clone).entries()
    held = [Target.from_json(entry.desired) for entry in entries if entry.kind == KIND]
    return held or [target for target in targets(Asked(), given, domain) if target.provider]


def stored(clone: Clone, target: Target, known: Sequence[Target]) -> Secret | None:
    """The token that is kept for a target, or None.

    Args:
        clone: whose.
        target: which.
        known: the users of the old file.

    Raises:
        Problem: the file cannot be read, or others may read it.
    """
    is_known = any((t.provider, t.hostname) == (target.provider, target.hostname) for t in known)
    path = secret.held_for(clone, target) if is_known else secret.path_for(clone, target)
    return secret.read(path) if path.exists() or target.token_file else None


def keep(clone: Clone, wanted: Sequence[Target], token: Secret, known: Sequence[Target]) -> None:
    """Keep a token for its targets. A file of the host's own stays as it is.

    Args:
        clone: whose.
        wanted: what it is for.
        token: the token.
        known: the users of the old file.
    """
    adopt(clone, known)
    for target in wanted:
        path = secret.path_for(clone, target)
        if not target.token_file or not path.exists():
            secret.keep(path, token)


def adopt(clone: Clone, known: Sequence[Target]) -> None:
    """Give the old file to its users; of several providers it is the last one's."""
    old = secret.path_of(clone)
    if not known or not old.exists():
        return
    for target in known:
        path = secret.path_for(clone, target)
        if target.provider == known[-1].provider and not path.exists():
            secret.keep(path, secret.read(old))
    old.unlink()
