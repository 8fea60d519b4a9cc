"""What can go wrong between a player and a server, each with the sentence the player reads."""

from enum import StrEnum


class Fault(StrEnum):
    """The kinds of trouble; stable words, for programs and tests."""

    NO_ROUTE = "no-route"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    DNS = "dns"
    STALE_NAME = "stale-name"
    CERTIFICATE_EXPIRED = "certificate-expired"
    CERTIFICATE_EARLY = "certificate-early"
    CERTIFICATE_NAME = "certificate-name"
    UNTRUSTED = "untrusted"
    WRONG_CA = "wrong-ca"
    TLS = "tls"
    NOT_LANTERNHOLD = "not-lanternhold"
    NOT_FOUND = "not-found"
    STARTING = "starting"
    BUSY = "busy"
    VERSION = "version"
    REJECTED = "rejected"
    LOST = "lost"
    SILENT = "silent"
    BAD_SERVER = "bad-server"
    NO_ADDRESS = "no-address"
    TRAVEL = "travel"


class Problem(Exception):  # noqa: N818 - it is what the player reads, not only an error
    """One failure: `fault` for programs, `sentence` for people, `may_retry` for the client.

    `retry_after_s` is the least time to wait before another try, as the server asked for it;
    `reason` is the protocol's close code when the server itself said why, else 0.
    """

    def __init__(
        self,
        fault: Fault,
        sentence: str,
        *,
        may_retry: bool = True,
        retry_after_s: float = 0.0,
        reason: int = 0,
    ) -> None:
        super().__init__(sentence)
        self.fault = fault
        self.sentence = sentence
        self.may_retry = may_retry
        self.retry_after_s = retry_after_s
        self.reason = reason
