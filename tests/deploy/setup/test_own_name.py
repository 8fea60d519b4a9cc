"""Where a name of the host's own leads, judged."""

import pytest

from deploy.ddns.zone import Sight, Zone
from deploy.problem import Problem
from deploy.setup.own_name import fault_of, refuse_unknown

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


SILENT = Sight(is_known=False, why="no answer in time")
ABSENT, EMPTY, FOUND = Sight(exists=False), Sight(), Sight(addresses=(THEIRS,))


@pytest.fixture
def shown(monkeypatch):
    """Have the name's servers say these of IPv4 and IPv6."""

    def show(*sights):
        told = iter(sights)

        async def look(*_):
            return next(told)

        monkeypatch.setattr(Zone, "look", look)

    return show


@pytest.mark.parametrize(
    ("sights", "said"),
    [
        ((SILENT, SILENT), "cannot be looked up: no answer in time"),
        ((ABSENT, ABSENT), "does not exist"),
        ((EMPTY, EMPTY), "has no address"),
    ],
)
async def test_a_name_that_nobody_can_look_up_may_be_misspelt(shown, sights, said):
    shown(*sights)
    with pytest.raises(Problem, match=said) as told:
        await refuse_unknown(NAME)
    assert "spelt right" in told.value.remedy


@pytest.mark.parametrize(
    "sights", [(FOUND, EMPTY), (EMPTY, FOUND), (SILENT, EMPTY), (Sight(alias="a.b"), EMPTY)]
)
async def test_what_leads_anywhere_or_may_do_so_is_known(shown, sights):
    shown(*sights)
    await refuse_unknown(NAME)
