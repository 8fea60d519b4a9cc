"""What an error on the way to a server, or in what it said, means for a player."""

import errno
import socket
import ssl
from collections.abc import Sequence
from typing import Final

from websockets.exceptions import InvalidHandshake, InvalidStatus, NegotiationError
from websockets.http11 import Response

from client.problem import Fault, Problem
from protocol.errors import Refused
from protocol.reasons import Reason
from protocol.version import SUBPROTOCOL

_GAME: Final = SUBPROTOCOL.partition(".")[0]
_NO_ROUTE: Final = {
    errno.ENETUNREACH,
    errno.EHOSTUNREACH,
    errno.ENETDOWN,
    errno.EHOSTDOWN,
    errno.EADDRNOTAVAIL,
    errno.EACCES,
    errno.EPERM,
}
_EXPIRED, _EARLY = 10, 9  # OpenSSL's X509_V_ERR_*
_WRONG_NAME: Final = {62, 64}

_SENTENCES: Final = {
    Fault.NO_ROUTE: "There is no way from this computer to the server: check that you are "
    "online (and in the host's own network, if the invite is for that one).",
    Fault.REFUSED: "The computer answers, but no server runs there: ask the host to run "
    "./lanternhold up.",
    Fault.TIMEOUT: "The server does not answer: it may be off, or a router or firewall lets "
    "nobody in. Ask the host to run ./lanternhold doctor.",
    Fault.DNS: "The server's name cannot be found: check that you are online, or ask the host "
    "whether the name still is the right one.",
    Fault.STALE_NAME: "The server no longer answers where its name leads. It may have a new "
    "address: waiting until the name leads there (up to a minute). If this goes on, ask the host "
    "to run ./lanternhold doctor.",
    Fault.CERTIFICATE_EXPIRED: "The server's certificate has run out: check this computer's "
    "date and time; if they are right, the host has to renew it.",
    Fault.CERTIFICATE_EARLY: "The server's certificate is not valid yet: this computer's date "
    "and time are probably wrong.",
    Fault.CERTIFICATE_NAME: "What answers there is another server than the one in the invite: "
    "ask the host for a new invite.",
    Fault.UNTRUSTED: "The server cannot prove who it is: its certificate is not signed by "
    "anybody this invite trusts. Do not join; ask the host for a new invite.",
    Fault.TLS: "No encrypted connection could be made: what answers there does not speak TLS "
    "as a Lanternhold server does.",
    Fault.NOT_LANTERNHOLD: "Something else answers in the server's place: try again in a minute. "
    "If this goes on, ask the host to run ./lanternhold doctor, or for a new invite.",
    Fault.NOT_FOUND: "The server is there, but it has no such world: it may be older or newer "
    "than your game.",
    Fault.STARTING: "The server is starting, or down: try again in a few seconds. If it stays "
    "so, ask the host to run ./lanternhold status.",
    Fault.BUSY: "Too many are joining at this moment: try again in a few seconds.",
    Fault.VERSION: "The server speaks another version of the game: update yours, or ask the "
    "host to update the server.",
    Fault.NO_ADDRESS: "The invite names no address to try: ask the host for a new one.",
    Fault.LOST: "The connection broke while joining: try again.",
    Fault.SILENT: "Nothing comes from the server any more: joining again.",
    Fault.BAD_SERVER: "The server sent something that your game does not understand: joining "
    "again. If this goes on, one of the two needs an update.",
}
_BY_STATUS: Final = {
    404: Fault.NOT_FOUND,
    429: Fault.BUSY,
    502: Fault.STARTING,
    503: Fault.STARTING,
    504: Fault.STARTING,
}
_MAY_BE_VERSION: Final = {400, 426}
"""Answers that tell of another version, but only if a Lanternhold server gave them."""
_FINAL: Final = {Fault.VERSION, Fault.NOT_FOUND, Fault.NO_ADDRESS}
_FROM_THE_SERVER: Final = {Fault.STARTING, Fault.BUSY, Fault.VERSION, Fault.NOT_FOUND}
"""Said by the right server, over a verified line: other addresses then matter no more."""
_TELLING: Final = _FROM_THE_SERVER | {Fault.STALE_NAME}
"""The last tells most to who was in: the other addresses led nowhere before, too."""


def problem(fault: Fault, retry_after_s: float = 0.0) -> Problem:
    """The Problem of a fault, in its usual words."""
    may_retry = fault not in _FINAL
    return Problem(fault, _SENTENCES[fault], may_retry=may_retry, retry_after_s=retry_after_s)


def diagnose(error: BaseException) -> Problem:
    """What `error`, raised while connecting, means."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, InvalidStatus):
        return _of_status(error)
    return problem(_fault(error))


def _fault(error: BaseException) -> Fault:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _of_certificate(error.verify_code)
    for kind, fault in (
        (ssl.SSLError, Fault.TLS),
        (socket.gaierror, Fault.DNS),
        (TimeoutError, Fault.TIMEOUT),
        (ConnectionRefusedError, Fault.REFUSED),
        (ConnectionError, Fault.LOST),
        (NegotiationError, Fault.VERSION),
        (InvalidHandshake, Fault.NOT_LANTERNHOLD),
    ):
        if isinstance(error, kind):
            return fault
    if isinstance(error, OSError):
        return Fault.NO_ROUTE if error.errno in _NO_ROUTE else Fault.LOST
    return Fault.NOT_LANTERNHOLD


def _of_certificate(code: int) -> Fault:
    if code in _WRONG_NAME:
        return Fault.CERTIFICATE_NAME
    return {_EXPIRED: Fault.CERTIFICATE_EXPIRED, _EARLY: Fault.CERTIFICATE_EARLY}.get(
        code, Fault.UNTRUSTED
    )


def fault_of_status(status: int) -> Fault:
    """What an HTTP answer other than the one hoped for means."""
    return _BY_STATUS.get(status, Fault.NOT_LANTERNHOLD)


def _of_status(error: InvalidStatus) -> Problem:
    response = error.response
    fault = Fault.VERSION if _tells_version(response) else fault_of_status(response.status_code)
    asked = response.headers.get_all("Retry-After")
    wait = asked[0] if asked else ""
    is_number = wait.isascii() and wait.isdigit() and len(wait) <= 4
    return problem(fault, float(wait) if is_number else 0.0)


def _tells_version(response: Response) -> bool:
    """Whether a Lanternhold server says so: anything else may stand in its place for a while."""
    if response.status_code not in _MAY_BE_VERSION:
        return False
    spoken = ",".join(response.headers.get_all("Sec-WebSocket-Protocol"))
    return f"{_GAME}." in spoken or f"speaks {_GAME}.".encode() in bytes(response.body)


def misunderstood(error: Exception) -> Problem:
    """What it means that a server said something which raised `error`."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Refused) and error.reason is Reason.VERSION:
        sentence = _SENTENCES[Fault.VERSION]
        return Problem(Fault.VERSION, sentence, may_retry=False, reason=int(error.reason))
    return problem(Fault.BAD_SERVER)


def summary(failures: Sequence[tuple[str, Problem]]) -> Problem:
    """One problem out of what went wrong at each address."""
    if not failures:
        return problem(Fault.NO_ADDRESS)
    for _, failure in failures:
        if failure.fault in _TELLING:
            return failure
    problems = [failure for _, failure in failures]
    if len({failure.fault for failure in problems}) == 1:
        return problems[0]
    told = "; ".join(f"{address}: {failure.fault.value}" for address, failure in failures)
    return Problem(
        problems[-1].fault,
        f"The server was not found at any of its {len(failures)} addresses ({told}). "
        f"{problems[-1].sentence}",
    )
