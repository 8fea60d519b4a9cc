import pytest

from deploy.address.kinds import Family
from deploy.ddns.calls import Caller
from deploy.ddns.custom_url import CustomUrl
from deploy.ddns.secret import Secret
from deploy.ddns.target import Target
from deploy.ddns.words import Sort
from support.providers import House, opened

A, SIX = "192.0.1.2", "3ffe:1:1::10"
TARGET = Target("custom-url", "play.example.org")


class Page(House):
    def answer(self, _):
        return 200, "Thank you"


@pytest.fixture
async def page():
    async with opened(Page()) as house:
        yield house


def provider(pattern):
    return CustomUrl(TARGET, Secret(pattern), Caller(limit_s=1))


async def test_the_page_is_opened_with_what_it_asks_for(page):
    pattern = page.url + "/u/s3cret?h={hostname}&a={ipv4}&b={ipv6}&c={ip}"
    meaning = await provider(pattern).update(Family.V6, SIX, {Family.V4: A})
    assert meaning.is_fine
    asked = page.asked[0]
    assert asked.path == "/u/s3cret"
    assert asked.query == {"h": "play.example.org", "a": A, "b": SIX, "c": SIX}


@pytest.mark.parametrize(
    ("text", "status", "sort"),
    [
        ("whatever", 200, Sort.GOOD),
        ("", 200, Sort.GOOD),
        ("good", 200, Sort.GOOD),
        ("nochg", 200, Sort.UNCHANGED),
        ("badauth", 200, Sort.PARKED),
        ("KO", 200, Sort.PARKED),
        ("911", 200, Sort.LATER),
        ("good", 403, Sort.PARKED),
        ("good", 500, Sort.LATER),
        ("good", 302, Sort.LATER),
    ],
)
async def test_its_words(page, text, status, sort):
    page.order(text, status)
    assert (await provider(page.url + "/{ip}").update(Family.V4, A, {})).sort is sort


@pytest.mark.parametrize(
    "pattern",
    ["http://example.org/{ip}", "ftp://example.org/{ip}", "example.org/{ip}", "https://x/no-place"],
)
async def test_a_page_that_will_not_do_is_parked_unopened(pattern):
    meaning = await provider(pattern).update(Family.V4, A, {})
    assert (meaning.sort, meaning.word) == (Sort.PARKED, "badurl")


async def test_it_follows_no_redirect(page):
    page.order("", 302, Location=page.url + "/elsewhere")
    await provider(page.url + "/{ip}").update(Family.V4, A, {})
    assert len(page.asked) == 1
