"""The checks of the notebook's words see what they are for: each is shown text that is wrong on purpose."""

import nbformat
import pytest

from book.prose import broken_rhythm, chapters, definitions, links, lost, typed_results

CHAPTER = """## 5. A method

$$x = 1$$

**What you should see.** A line.

**Question.** Why?

<details><summary>Answer</summary>So.</details>
"""


def pages(text, *tags):
    """A notebook of one cell of text and one cell of code for each tag."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
    book.cells += [nbformat.v4.new_code_cell("1", metadata={"tags": [tag]}) for tag in tags]
    return book


@pytest.mark.parametrize(
    "typed",
    [
        "Squared error has a success rate 24.4 %.",
        "It reaches 86%.",
        "It reaches 86 per cent.",
        "The distance is 0.11.",
        "It takes 69 seconds.",
        "It takes 1.8 ms.",
        "Seen in 97 of 100 draws.",
        "In 2,440 out of 10,000 cases.",
    ],
)
def test_a_result_typed_into_prose_is_seen(typed):
    assert len(typed_results(pages(typed), *definitions())) == 1


@pytest.mark.parametrize(
    "text",
    [
        "a 95 % interval",
        "an overshoot of 0.2 on average, starts within 1.2",
        "$x = 0.244$ and $$y = 24.4\\,\\%$$",
        "`success == 0.244`",
        "[a paper](https://arxiv.org/abs/2210.02747), arXiv 2210.02747",
        "## 5.1 A chapter",
        "<img width='24.4%'>",
        "```\n0.244\n```",
    ],
)
def test_definitions_formulas_code_and_links_may_hold_numbers(text):
    assert typed_results(pages(text), *definitions()) == []


def lacking(text, *tags):
    """What the one chapter lacks."""
    return broken_rhythm(chapters(pages(text, *tags))["5"])


def test_a_whole_chapter_lacks_nothing():
    assert lacking(CHAPTER, "figure", "number") == []


@pytest.mark.parametrize(
    "part, name",
    [
        ("$$x = 1$$", "a formula"),
        ("**What you should see.**", "a paragraph that starts with **What you should see"),
        ("**Question.**", "a question"),
        ("<details>", "a folded answer"),
    ],
)
def test_a_chapter_that_lost_a_part_is_seen(part, name):
    assert lacking(CHAPTER.replace(part, ""), "figure", "number") == [f"lacks {name}"]


def test_a_chapter_that_lost_its_figure_or_its_number_is_seen():
    assert lacking(CHAPTER, "number") == ["lacks a cell tagged figure"]
    assert lacking(CHAPTER, "figure") == ["lacks a cell tagged number"]


def test_a_link_to_no_file_is_seen(tmp_path):
    (tmp_path / "there.md").touch()
    found = links(pages("[a](there.md#part) [b](gone.md) [c](https://arxiv.org) <https://github.com>"))
    assert found == ["there.md#part", "gone.md", "https://arxiv.org", "https://github.com"]
    assert lost(found, tmp_path) == ["gone.md"]
