"""The committed notebook is its source, executed, and shows what it promises; browser/ runs it anew."""

import json

import nbformat
import pytest

from book import prose
from book.prose import broken_rhythm, chapters, definitions, lost, typed_results
from notebooks.checks import shortcomings
from notebooks.clean import KERNEL, complaints, tags
from notebooks.execute import NOTEBOOK

SYSTEMS = {
    "ACT": "arxiv.org/abs/2304.13705",
    "Diffusion Policy": "arxiv.org/abs/2303.04137",
    "Behavior Transformers": "arxiv.org/abs/2206.11251",
    "VQ-BeT": "arxiv.org/abs/2403.03181",
    "DDPM": "arxiv.org/abs/2006.11239",
    "DDIM": "arxiv.org/abs/2010.02502",
    "Flow Matching": "arxiv.org/abs/2210.02747",
    "the course on flows and diffusion": "diffusion.csail.mit.edu",
    "DOT-Policy": "github.com/IliaLarchenko/dot_policy",
}


def test_the_committed_notebook_has_the_cells_of_the_source(text, committed):
    wanted, found = ([(c.id, c.cell_type, c.source, tags(c)) for c in book.cells] for book in (text, committed))
    assert found == wanted, "run make notebook"


def test_the_committed_notebook_shows_what_its_tags_promise(committed):
    assert shortcomings(committed) == []


def test_the_committed_notebook_is_small_and_names_no_place_on_a_machine(committed):
    assert complaints(committed) == []


def test_the_committed_notebook_opens_without_asking_for_a_kernel_and_on_a_page_without_one():
    raw = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    nbformat.validate(raw)
    assert raw["metadata"]["kernelspec"] == KERNEL
    assert "widgets" not in raw["metadata"]  # without a state GitHub does not show the notebook at all
    assert all(set(cell["metadata"]) <= {"tags"} for cell in raw["cells"])


def test_prose_types_no_result(text):
    assert typed_results(text, *definitions()) == []


@pytest.mark.parametrize("number", sorted(prose.RHYTHM, key=int))
def test_a_chapter_on_a_method_has_its_rhythm(text, number):
    assert broken_rhythm(chapters(text)[number]) == []


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_system_that_is_cited_is_linked(text, system):
    assert any(SYSTEMS[system] in target for target in prose.links(text))


def test_every_relative_link_of_the_notebook_leads_to_a_file(text):
    assert lost(prose.links(text), NOTEBOOK.parent) == []
