"""A chapter in another language is the chapter: the same cells, code and headings, and what every lesson has."""

from __future__ import annotations

import re

import pytest
from prose import pieces
from translated_notebook import does_the_same

from . import test_lessons
from .lesson import LESSONS, ROOT, Lesson, source

TRANSLATED = {
    f"{path.parent.name}/{path.stem}": Lesson(path)
    for path in sorted(ROOT.glob("notebooks/*/*.ipynb"))
    if path.parent.name != "quick"
}


@pytest.fixture(params=TRANSLATED)
def lesson(request: pytest.FixtureRequest) -> Lesson:
    return TRANSLATED[request.param]


@pytest.fixture
def original(lesson: Lesson) -> Lesson:
    return LESSONS[lesson.path.stem]


def test_the_first_two_are_there_in_spanish():
    assert {"es/00_start", "es/01_in_a_hurry"} <= set(TRANSLATED)


# What holds of a lesson in every language, held of these.
test_every_code_cell_is_short_and_introduced = test_lessons.test_every_code_cell_is_short_and_introduced
test_headings_nest = test_lessons.test_headings_nest
test_a_link_to_a_heading_can_mean_only_one = test_lessons.test_a_link_to_a_heading_can_mean_only_one
test_every_figure_can_be_read_aloud = test_lessons.test_every_figure_can_be_read_aloud
test_every_picture_in_a_page = test_lessons.test_every_picture_in_a_page_says_what_is_on_it
test_a_guess_shows_the_choices = test_lessons.test_a_guess_shows_the_choices_that_its_cell_names


def test_it_says_of_itself_what_the_original_does(lesson: Lesson, original: Lesson):
    said = dict(lesson.metadata)
    assert said.pop("language") == lesson.path.parent.name
    title = said.pop("title")
    assert source(lesson.cells[0]).startswith(f"# {int(lesson.chapter)} · {title}\n")
    assert said == {key: value for key, value in original.metadata.items() if key != "title"}


def test_cell_by_cell_it_has_the_same_form_and_the_same_code(lesson: Lesson, original: Lesson):
    assert [cell["id"] for cell in lesson.cells] == [cell["id"] for cell in original.cells]
    for cell, other in zip(lesson.cells, original.cells, strict=True):
        assert cell["cell_type"] == other["cell_type"]
        assert cell["metadata"].get("tags") == other["metadata"].get("tags")
        if cell["cell_type"] == "code":
            assert does_the_same(source(cell), source(other)), cell["id"]
            continue
        form, others = ([(one.kind, one.lead) for one in pieces(source(one_of))] for one_of in (cell, other))
        assert form == others, cell["id"]


def test_its_prose_is_in_the_language(lesson: Lesson, original: Lesson):
    """No paragraph is the English one; where a catalogue is not whole yet, its name is not in the list of the whole."""

    def paragraphs(of: Lesson) -> set[str]:
        prose = (source(cell) for cell in of.cells if cell["cell_type"] == "markdown")
        return {one.text for text in prose for one in pieces(text) if one.kind == "paragraph"}

    whole = (ROOT / "locale" / "whole.toml").read_text(encoding="utf-8")
    if f'"{lesson.path.stem}"' in whole:
        assert paragraphs(lesson) & paragraphs(original) == set()


def test_its_links_lead_somewhere(lesson: Lesson):
    assert lesson.links
    for target in lesson.links:
        if target.startswith("https://"):
            continue
        file, _, anchor = target.partition("#")
        path = (lesson.path.parent / file).resolve() if file else lesson.path
        assert path.exists(), f"there is no file {target}"
        if anchor:
            assert anchor.lower() in Lesson(path).anchors, f"there is no heading for {target}"


def test_it_links_to_what_is_there_in_its_language(lesson: Lesson):
    for target in lesson.links:
        file = target.partition("#")[0]
        twin = lesson.path.parent / file.removeprefix("../") if file.endswith(".ipynb") else None
        if file.startswith("../") and file.count("/") == 1 and twin is not None:
            assert not twin.exists(), f"{target} leads to the English file, and there is {twin}"
    (exercise,) = [link for link in lesson.links if re.search(r"\be\d\d_\w+\.ipynb", link)]
    assert exercise.startswith(f"../../practice/{lesson.path.parent.name}/")


def test_what_it_puts_out_is_in_its_language(lesson: Lesson, original: Lesson):
    """Every text that fwlab itself has written: the questions, and the figures' alternatives."""
    for cell, other in zip(lesson.code_cells, original.code_cells, strict=True):
        for output, before in zip(cell["outputs"], other["outputs"], strict=True):
            text, english = ("".join(one.get("data", {}).get("text/plain", ())) for one in (output, before))
            if len(english.split()) > 12 and "{" not in english:
                assert text != english, cell["id"]
