import errno
import re
import socket
import ssl

import pytest
from websockets.datastructures import Headers
from websockets.exceptions import InvalidMessage, InvalidStatus
from websockets.http11 import Response

from client import diagnosis
from client.problem import Fault, Problem
from protocol.errors import Refused
from protocol.reasons import Reason
from support.source import ROOT


def certificate_error(code):
    error = ssl.SSLCertVerificationError("bad")
    error.verify_code = code
    return error


def status(code, retry_after=None):
    headers = Headers({"Retry-After": retry_after} if retry_after else {})
    return InvalidStatus(Response(code, "", headers))


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (OSError(errno.ENETUNREACH, "x"), Fault.NO_ROUTE),
        (OSError(errno.EHOSTUNREACH, "x"), Fault.NO_ROUTE),
        (ConnectionRefusedError(), Fault.REFUSED),
        (TimeoutError(), Fault.TIMEOUT),
        (socket.gaierror(-2, "x"), Fault.DNS),
        (ConnectionResetError(), Fault.LOST),
        (OSError(errno.EMFILE, "x"), Fault.LOST),
        (certificate_error(10), Fault.CERTIFICATE_EXPIRED),
        (certificate_error(9), Fault.CERTIFICATE_EARLY),
        (certificate_error(62), Fault.CERTIFICATE_NAME),
        (certificate_error(20), Fault.UNTRUSTED),
        (certificate_error(18), Fault.UNTRUSTED),
        (ssl.SSLError(1, "WRONG_VERSION_NUMBER"), Fault.TLS),
        (InvalidMessage("x"), Fault.NOT_LANTERNHOLD),
        (ValueError("redirect elsewhere"), Fault.NOT_LANTERNHOLD),
        (status(404), Fault.NOT_FOUND),
        (status(429), Fault.BUSY),
        (status(502), Fault.STARTING),
        (status(503), Fault.STARTING),
        (status(301), Fault.NOT_LANTERNHOLD),
    ],
)
def test_what_an_error_means(error, fault):
    assert diagnosis.diagnose(error).fault is fault


def test_a_problem_stays_what_it_is():
    problem = Problem(Fault.WRONG_CA, "Another one.")
    assert diagnosis.diagnose(problem) is problem


@pytest.mark.parametrize("code", [400, 426])
def test_another_version_is_only_believed_of_a_lanternhold_server(code):
    said = Response(code, "", Headers(), b"This server speaks lanternhold.2: update your game.")
    offered = Response(code, "", Headers({"Sec-WebSocket-Protocol": "lanternhold.2"}))
    page = Response(code, "", Headers({"Upgrade": "websocket"}), b"<h1>Upgrade Required</h1>")
    for answer in (said, offered):
        assert diagnosis.diagnose(InvalidStatus(answer)).fault is Fault.VERSION
    odd = diagnosis.diagnose(InvalidStatus(page))
    assert odd.may_retry
    assert odd.sentence.startswith("Something else answers in the server's place")


@pytest.mark.parametrize(("text", "wait_s"), [("30", 30), ("soon", 0), ("-5", 0), ("9" * 9, 0)])
def test_a_server_may_ask_to_be_left_alone_for_a_while(text, wait_s):
    assert diagnosis.diagnose(status(503, text)).retry_after_s == wait_s


def test_too_many_at_the_door_and_no_server_behind_it_are_told_apart():
    busy, starting = diagnosis.diagnose(status(429, "3")), diagnosis.diagnose(status(502))
    assert busy.sentence.startswith("Too many are joining at this moment")
    assert (busy.retry_after_s, busy.may_retry) == (3, True)
    assert "starting" in starting.sentence
    assert "ask the host" in starting.sentence, "it may also be down, and stay so"


def test_what_a_server_said_wrong_is_told_by_what_to_do():
    known = Problem(Fault.BAD_SERVER, "Time ran backwards.")
    assert diagnosis.misunderstood(known) is known
    for error in (Refused(Reason.PROTOCOL, "x"), ZeroDivisionError()):
        assert diagnosis.misunderstood(error).fault is Fault.BAD_SERVER
    version = diagnosis.misunderstood(Refused(Reason.VERSION, "x"))
    assert (version.fault, version.may_retry) == (Fault.VERSION, False)


def test_every_usual_fault_has_a_sentence_with_a_next_step():
    for fault in diagnosis._SENTENCES:
        sentence = diagnosis.problem(fault).sentence
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert len(sentence) > 40


def test_one_fault_at_all_addresses_is_told_once():
    failures = [(a, diagnosis.problem(Fault.TIMEOUT)) for a in ("10.0.0.1", "10.0.0.2")]
    assert diagnosis.summary(failures) is failures[0][1]


def test_different_faults_are_all_told():
    failures = [
        ("10.0.0.1", diagnosis.problem(Fault.REFUSED)),
        ("10.0.0.2", diagnosis.problem(Fault.TIMEOUT)),
    ]
    sentence = diagnosis.summary(failures).sentence
    assert "10.0.0.1: refused" in sentence
    assert "10.0.0.2: timeout" in sentence


def test_what_the_right_server_says_counts_more_than_what_strangers_do():
    failures = [
        ("10.0.0.1", diagnosis.problem(Fault.STARTING)),
        ("10.0.0.2", diagnosis.problem(Fault.REFUSED)),
    ]
    assert diagnosis.summary(failures).fault is Fault.STARTING


def test_that_a_name_may_lead_elsewhere_counts_more_than_who_did_not_answer_at_home():
    failures = [
        ("192.168.1.20", diagnosis.problem(Fault.NO_ROUTE)),
        ("play.example.org", diagnosis.problem(Fault.STALE_NAME)),
    ]
    assert diagnosis.summary(failures) is failures[1][1]


def test_no_address_at_all():
    assert diagnosis.summary([]).fault is Fault.NO_ADDRESS


def test_the_messages_that_the_players_page_explains_are_those_that_are_said():
    said = " ".join([*diagnosis._SENTENCES.values(), *(reason.sentence for reason in Reason)])
    page = (ROOT / "docs" / "start" / "play.md").read_text("utf-8")
    explained = re.findall(
        r"^- \*(.+?)\*:", page.partition("## If it does not work")[2], re.MULTILINE
    )
    assert len(explained) > 4
    assert [words for words in explained if words not in said] == []
