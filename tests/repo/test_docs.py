import re

import pytest

from support.source import ROOT, committed, text

PAGES = [file for file in committed() if file.suffix == ".md"]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
ELSEWHERE = ("https://", "http://", "mailto:", "lanternhold://")


def prose(page):
    """A page without its code, where brackets mean something else."""
    without_blocks = re.sub(r"^```.*?^```", "", text(page), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", without_blocks)


def is_target(page, path, anchor):
    """Whether a link on `page` to `path#anchor` finds its file and its heading."""
    target = (ROOT / page.parent / path).resolve() if path else ROOT / page
    if not target.exists():
        return False
    return not anchor or target.suffix != ".md" or anchor in anchors(target)


def anchors(page):
    """The names of a page's headings, as links spell them."""
    headings = re.findall(r"^#+ (.+)$", text(page), re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", h).lower()) for h in headings]
    return {heading.strip().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_leads_somewhere(page):
    links = [link for link in LINK.findall(prose(page)) if not link.startswith(ELSEWHERE)]
    broken = [link for link in links if not is_target(page, *link.partition("#")[::2])]
    assert broken == []


def test_pages_are_found():
    assert any(page.name == "README.md" for page in PAGES)
    assert any(LINK.findall(prose(page)) for page in PAGES)
