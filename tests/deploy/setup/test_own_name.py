"""Where a name of the host's own leads, judged."""

import pytest

from deploy.setup.own_name import fault_of

NAME, OURS, THEIRS, SIX = "play.example.org", "192.0.1.2", "192.0.1.99", "3ffe:1:1::10"


@pytest.mark.parametrize(
    ("ours", "led4", "led6"),
    [
        (OURS, [OURS], []),
        (OURS, [THEIRS, OURS], []),
        (OURS, [], [SIX]),  # by IPv6 alone
        (None, [THEIRS], []),  # who does not know its own address cannot judge
        (OURS, None, None),
        (OURS, None, []),
    ],
)
def test_what_leads_here_or_is_not_known_is_no_fault(ours, led4, led6):
    assert fault_of(NAME, ours, led4, led6) == ""


@pytest.mark.parametrize("led6", [[], [SIX], None])
def test_a_name_of_somebody_else(led6):
    fault = fault_of(NAME, OURS, [THEIRS], led6)
    assert f"leads to {THEIRS}, and this house is {OURS}" in fault


def test_a_name_that_nobody_has():
    assert "has no address in DNS" in fault_of(NAME, OURS, [], [])
