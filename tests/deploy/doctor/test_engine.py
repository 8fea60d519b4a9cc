"""Checks in order, children of a fault skipped, one root each."""

import pytest

from deploy.doctor import finding
from deploy.doctor.checks import CHECKS
from deploy.doctor.engine import Check, examine
from deploy.doctor.facts import Facts
from deploy.doctor.finding import Status


def check(id_, answer, *parents):
    return Check(id_, "host", parents, lambda _: answer)


OK, BAD = finding.ok("fine"), finding.fail("bad", "mend it")
WARN = finding.warn("hm", "look")


def told(*checks):
    found = examine(checks, Facts())
    return found, {one.check.id: (str(one.finding.status), one.because) for one in found.judged}


def test_what_depends_on_a_fault_is_skipped_with_the_roots_name():
    found, all_ = told(check("a", BAD), check("b", BAD, "a"), check("c", BAD, "b"), check("d", OK))
    assert found.verdict == "a"
    assert all_ == {
        "a": ("fail", ""),
        "b": ("skipped", "a"),
        "c": ("skipped", "a"),
        "d": ("ok", ""),
    }


def test_two_faults_that_have_nothing_to_do_with_each_other_are_both_told():
    found, _ = told(check("a", BAD), check("b", BAD))
    assert [one.check.id for one in found.faults] == ["a", "b"]


@pytest.mark.parametrize("parent", [WARN, finding.unknown("?"), finding.info("so")])
def test_only_a_fault_skips_its_children(parent):
    found, all_ = told(check("a", parent), check("b", BAD, "a"))
    assert all_["b"] == ("fail", "")
    assert found.verdict == "b"


def test_a_fault_weighs_more_than_an_earlier_warning_and_a_warning_more_than_nothing():
    assert told(check("a", WARN), check("b", BAD))[0].verdict == "b"
    assert told(check("a", OK), check("b", WARN))[0].verdict == "b"
    assert told(check("a", OK))[0].verdict == "ok"


def test_a_check_before_its_parent_is_a_programmers_error():
    with pytest.raises(ValueError, match="b stands before a"):
        told(check("b", OK, "a"), check("a", OK))


def test_the_contract():
    assert told(check("a", BAD))[0].as_json() == {
        "verdict": "a",
        "checks": [
            {
                "id": "a",
                "family": "host",
                "status": "fail",
                "evidence": "bad",
                "remedy": "mend it",
                "because": "",
            }
        ],
    }


def test_the_real_checks_are_in_order_and_named_once():
    examine(CHECKS, Facts())
    ids = [check.id for check in CHECKS]
    assert len(set(ids)) == len(ids)
    assert {str(status) for status in Status} == {
        "ok", "info", "warn", "fail", "unknown", "skipped",
    }  # fmt: skip
