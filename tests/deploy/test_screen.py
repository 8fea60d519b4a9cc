"""How sentences stand in a terminal, and in a file."""

import io

import pytest

from deploy import screen
from deploy.screen import Paper

WIDTH = 40
LINK = "lanternhold://join/" + 80 * "x"


def written(text, *, by="say", is_terminal=True, **options):
    file = io.StringIO()
    paper = Paper(
        file=file, width=WIDTH, force_terminal=is_terminal, color_system=None, highlight=False
    )
    getattr(paper, by)(text, **options)
    return file.getvalue()


LEADS = ["", "✔ ", "? ", "  Next: ", "3. ", "Router   ", "      ", "  + "]


@pytest.mark.parametrize("lead", LEADS)
def test_a_terminal_breaks_between_words_and_under_the_text(lead):
    words = " ".join(f"word{number}" for number in range(30))
    lines = written(lead + words).splitlines()
    assert all(len(line) <= WIDTH for line in lines)
    assert [line[: len(lead)] for line in lines] == [lead] + [" " * len(lead)] * (len(lines) - 1)
    assert " ".join(line[len(lead) :] for line in lines) == words


def test_a_margin_may_be_chosen():
    assert written("ab " + 12 * "word ", hang=3).splitlines()[1].startswith("   word")


def test_a_command_is_one_line_that_can_be_copied():
    command = f"./lanternhold play '{LINK}'"
    assert written(command, by="show") == f"{command}\n"


def test_a_file_gets_whole_lines_as_they_are():
    text = "✔ " + 30 * "word " + "\n\n[bold]second[/bold]"
    assert written(text, is_terminal=False) == text + "\n"


def test_empty_lines_stay():
    assert written("a\n\nb") == "a\n\nb\n"


def test_figures_without_anything_in_them_are_no_row(capsys):
    screen.show_figures(
        {"joined": 0, "rtt_ms": {"p50": 1.0, "p95": 2.25}, "refused": {"[No] room.": 4}}
    )
    shown = capsys.readouterr().out
    assert [line.rstrip().split(maxsplit=1) for line in shown.splitlines()] == [
        ["joined", "0"],
        ["rtt", "ms   p50 1.0, p95 2.2"],
        ["refused", "4 times: [No] room."],
    ]
    screen.show_figures({"refused": {}, "network": ""})
    assert capsys.readouterr().out.strip() == ""
