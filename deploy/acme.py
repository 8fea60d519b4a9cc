"""Who signs the public name, and how it is proven: the host's choice, in Caddy's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CHALLENGES = ("any", "http", "tls")


@dataclass(frozen=True)
class Acme:
    """The choice; with nothing chosen Caddy asks a public authority in its own way.

    Attributes:
        challenge: http (by port 80 alone), tls (by port 443 alone), any, or "" for Caddy's way.
        directory: another authority's ACME directory, or "".
        root: the certificate that the other authority's own https is verified with, or None.
    """

    challenge: str = ""
    directory: str = ""
    root: Path | None = None

    def caddy_environment(self, domain: str) -> dict[str, str]:
        """What the Caddyfile reads; only a public name has anything to prove."""
        chosen = self.challenge or ("any" if self.directory else "")
        if not domain or not chosen:
            return {}
        environment = {"LANTERNHOLD_ISSUER": chosen}
        if self.directory:
            environment["LANTERNHOLD_ACME_CA"] = self.directory
        if self.root:
            environment["LANTERNHOLD_ACME_ROOTS"] = "own"
            environment["LANTERNHOLD_ACME_CA_ROOT"] = str(self.root)
        return environment


def read(values: Mapping[str, str], faults: list[str]) -> Acme:
    """The choice in the settings; `faults` gets a sentence for each that cannot be."""
    challenge = values["LANTERNHOLD_ACME_CHALLENGE"]
    if challenge and challenge not in CHALLENGES:
        faults.append(
            f"LANTERNHOLD_ACME_CHALLENGE is {challenge!r}; it must be http (only port 80 is open), "
            "tls (only port 443 is open) or any."
        )
    directory = values["LANTERNHOLD_ACME_CA"]
    if directory and not directory.startswith("https://"):
        faults.append(
            f"LANTERNHOLD_ACME_CA is {directory!r}; it must be an ACME directory, an address that "
            "begins with https://."
        )
    root = Path(values["LANTERNHOLD_ACME_CA_ROOT"]).expanduser()
    if root.name and not (root.is_absolute() and root.is_file()):
        faults.append(
            f"LANTERNHOLD_ACME_CA_ROOT is {str(root)!r}; it must be the whole path of a "
            "certificate file, and there is none."
        )
    elif root.name and not directory and not challenge:
        faults.append(
            "LANTERNHOLD_ACME_CA_ROOT verifies the https of a certificate authority of your own, "
            "and LANTERNHOLD_ACME_CA, which names that one, is not set."
        )
    return Acme(challenge, directory, root if root.name else None)
