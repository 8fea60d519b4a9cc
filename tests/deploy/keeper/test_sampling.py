"""One source in turn; only another address is news."""

import pytest

from deploy.address.kinds import Family
from deploy.address.sources import SilentError
from deploy.keeper.sampling import Sampler

HERE, THERE = "8.8.4.4", "8.8.8.8"


class Source:
    """Says one thing, and counts how often."""

    def __init__(self, said):
        self.name, self.said, self.asked = said, said, 0

    async def ask(self, _):
        self.asked += 1
        if not self.said:
            raise SilentError("silent")
        return self.said


async def test_they_are_asked_in_turn():
    sources = [Source(HERE), Source(THERE), Source(HERE)]
    sampler = Sampler(sources)
    seen = [await sampler.sees_another(Family.V4, HERE) for _ in range(4)]
    assert seen == [False, True, False, False]
    assert [source.asked for source in sources] == [2, 1, 1]


@pytest.mark.parametrize("said", ["", "192.168.1.1", "nonsense"])
async def test_what_is_no_address_is_no_news(said):
    assert not await Sampler([Source(said)]).sees_another(Family.V4, HERE)


@pytest.mark.parametrize(
    ("said", "is_news"), [("2606:4700:1:1::9", False), ("2606:4700:1:2::1", True)]
)
async def test_of_ipv6_the_network_counts(said, is_news):
    known = "2606:4700:1:1::1"
    assert await Sampler([Source(said)]).sees_another(Family.V6, known) is is_news
