"""Caddy's own lines, as version 2.11 writes them, against what is made of them."""

import json

import pytest

from deploy.doctor.gathering import caddy_log

NAME = "play.example.test"
HTTP_DETAIL = (
    f'Get "http://{NAME}:80/.well-known/acme-challenge/x": context deadline exceeded '
    "(Client.Timeout exceeded while awaiting headers)"
)


def line(at, msg, **fields):
    return json.dumps({"level": "info", "ts": at, "logger": "tls.obtain", "msg": msg, **fields})


def trying(at, challenge="http-01"):
    return line(at, "trying to solve challenge", identifier=NAME, challenge_type=challenge)


def failed(at, challenge="http-01", kind="connection", detail=HTTP_DETAIL):
    problem = {"type": f"urn:ietf:params:acme:error:{kind}", "detail": detail}
    return line(at, "challenge failed", identifier=NAME, challenge_type=challenge, problem=problem)


def retry(at, error, attempt=1, seconds=60):
    return line(
        at, "will retry", error=f"[{NAME}] Obtain: {error}", attempt=attempt, retrying_in=seconds
    )


STARTED = line(
    1, "enabling automatic TLS certificate management", domains=["lanternhold.internal", NAME]
)
OBTAINING = line(2, "obtaining certificate", identifier=NAME)
OBTAINED = line(9, "certificate obtained successfully", identifier=NAME)


def read(*lines, now=100.0):
    return caddy_log.read(lines, NAME, now)


def test_a_silent_log_tells_nothing():
    assert read().state == ""
    assert read("no json", "{broken", '["list"]', "").state == ""


def test_the_step_it_is_at():
    story = read(STARTED, OBTAINING, trying(3, "tls-alpn-01"))
    assert (story.state, story.challenge, story.age_s) == ("obtaining", "tls-alpn-01", 98.0)


def test_a_certificate_that_came_forgets_the_failures_before():
    story = read(STARTED, OBTAINING, failed(3), trying(4, "tls-alpn-01"), OBTAINED)
    assert (story.state, story.challenge, story.challenges) == ("obtained", "tls-alpn-01", {})
    assert story.age_s == 91.0


def test_a_failed_challenge_is_told_in_the_authoritys_words_with_the_next_try():
    told = f"HTTP 400 urn:ietf:params:acme:error:connection - {HTTP_DETAIL}"
    story = read(OBTAINING, trying(3), failed(18), retry(18, told, attempt=2), now=30.0)
    assert (story.state, story.challenge, story.kind) == ("failing", "http-01", "connection")
    assert story.detail == HTTP_DETAIL
    assert (story.retry_in_s, story.attempt) == (48.0, 2)
    assert story.challenges == {"http-01": ("connection", HTTP_DETAIL)}


def test_during_the_next_try_it_is_still_failing():
    story = read(
        OBTAINING, failed(3), retry(4, "x"), line(64, "obtaining certificate", identifier=NAME)
    )
    assert (story.state, story.retry_in_s) == ("failing", None)


def test_a_limit_that_is_used_up():
    error = "HTTP 429 urn:ietf:params:acme:error:rateLimited - too many certificates already issued"
    story = read(OBTAINING, retry(3, error))
    assert (story.kind, story.detail) == (
        "rateLimited", "too many certificates already issued",
    )  # fmt: skip


def test_an_authority_that_is_away():
    story = read(OBTAINING, retry(3, "provisioning client: dial tcp: connection refused"))
    assert (story.state, story.kind) == ("failing", caddy_log.UNREACHABLE)


def test_what_failed_before_a_restart_is_no_news():
    assert read(OBTAINING, failed(3), retry(4, "x"), STARTED).state == ""


def test_another_names_story_is_not_ours():
    other = line(3, "certificate obtained successfully", identifier="other.example.test")
    assert read(OBTAINING, other).state == "obtaining"


def test_compose_may_lead_a_line_with_the_service():
    assert read(f"caddy-1  | {OBTAINED}").state == "obtained"


@pytest.mark.parametrize("ugly", ["\x1b[2J\x07", "x" * 5000])
def test_what_a_stranger_said_fits_on_one_line(ugly):
    detail = read(failed(3, detail=ugly)).detail
    assert detail.isprintable()
    assert len(detail) <= caddy_log.MOST_DETAIL
