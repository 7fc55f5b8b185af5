"""What every lesson has, whatever it teaches: a card, prose before code, figures with words, links that lead on."""

from __future__ import annotations

import itertools
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from .lesson import LESSONS, ROOT, Lesson, source

LONGEST_CELL = 20  # lines
SECTIONS: dict[str, dict[str, list[str]]] = tomllib.loads(
    (Path(__file__).parent / "fastapi_sections.toml").read_text(encoding="utf-8")
)


def sections_of(chapter: str) -> set[str]:
    return {f"{page}:{section}" for page, chapters in SECTIONS.items() for section in chapters.get(chapter, ())}


KNOWN_SECTIONS = {f"{page}:{one}" for page, chapters in SECTIONS.items() for part in chapters.values() for one in part}


@pytest.fixture(params=LESSONS)
def lesson(request: pytest.FixtureRequest) -> Lesson:
    return LESSONS[request.param]


# --- the card ------------------------------------------------------------------------------------------------------


def test_there_are_the_first_three():
    assert list(LESSONS)[:3] == ["00_start", "01_in_a_hurry", "02_waiting"]


def test_it_begins_with_a_card_and_says_the_same_to_tools(lesson: Lesson):
    said, card = lesson.metadata, source(lesson.cells[0])
    assert set(said) == {"chapter", "covers", "minutes", "misconception", "title"}
    assert said["chapter"] == lesson.chapter
    assert card.startswith(f"# {int(said['chapter'])} · {said['title']}\n")
    assert [row for row in ("You will be able to", "You need", "Time", "Covers") if f"| **{row}** |" not in card] == []
    assert f"| **Time** | {said['minutes']} minutes |" in card


def test_it_covers_the_sections_of_fastapis_pages_that_are_its_own(lesson: Lesson):
    assert set(lesson.metadata["covers"]) <= KNOWN_SECTIONS
    assert sections_of(lesson.chapter) <= set(lesson.metadata["covers"])


def test_every_section_of_fastapis_pages_is_covered_by_a_chapter_that_is_there():
    chapters = {chapter for page in SECTIONS.values() for chapter in page}
    assert chapters <= {lesson.chapter for lesson in LESSONS.values()}
    assert {section for lesson in LESSONS.values() for section in lesson.metadata["covers"]} == KNOWN_SECTIONS


def test_the_list_of_sections_is_that_of_fastapis_pages():
    """How many headings each page has, counted there; so that none is lost here by a slip."""
    counts = {page: len({one for part in chapters.values() for one in part}) for page, chapters in SECTIONS.items()}
    assert counts == {
        "async": 20,
        "benchmarks": 2,
        "deployment": 2,
        "deployment-pages": 7,
        "deployment-concepts": 7,
        "contributing": 19,
    }


def test_it_meets_a_known_misconception(lesson: Lesson):
    assert re.fullmatch(r"M([1-9]|1[0-5])", lesson.metadata["misconception"])


# --- prose and code ------------------------------------------------------------------------------------------------


def test_every_code_cell_is_short_and_introduced(lesson: Lesson):
    for before, cell in itertools.pairwise(lesson.cells):
        if cell["cell_type"] == "code":
            assert before["cell_type"] == "markdown", f"nothing introduces the cell {cell['id']}"
            assert len(cell["source"]) < LONGEST_CELL, f"the cell {cell['id']} is too long to be read at once"


def test_headings_nest(lesson: Lesson):
    for (depth, text), (next_depth, next_text) in itertools.pairwise([(0, "the top"), *lesson.headings]):
        assert next_depth <= depth + 1, f"{next_text!r}, of level {next_depth}, follows {text!r}, of level {depth}"


def test_a_link_to_a_heading_can_mean_only_one(lesson: Lesson):
    linked = [target[1:].lower() for target in lesson.links if target.startswith("#")]
    assert [anchor for anchor in linked if lesson.anchors.count(anchor) > 1] == []
    chapters = [text for depth, text in lesson.headings if depth <= 2]
    assert len(set(chapters)) == len(chapters)


def test_links_to_other_files_and_headings_lead_somewhere(lesson: Lesson):
    for target in lesson.links:
        if target.startswith("https://"):
            continue
        file, _, anchor = target.partition("#")
        assert (lesson.path.parent / file).exists(), f"there is no file {target}"
        if anchor:
            anchors = (LESSONS[Path(file).stem] if file else lesson).anchors
            assert anchor.lower() in anchors, f"there is no heading for {target}"


# --- figures and outputs -------------------------------------------------------------------------------------------


def figures(lesson: Lesson) -> list[dict[str, Any]]:
    outputs = (output for cell in lesson.code_cells for output in cell["outputs"])
    return [output for output in outputs if any(mime.startswith("image/") for mime in output.get("data", {}))]


def test_every_figure_can_be_read_aloud(lesson: Lesson):
    for figure in figures(lesson):
        (mime,) = [mime for mime in figure["data"] if mime.startswith("image/")]
        alternative = figure["metadata"][mime]["alt"]
        assert len(alternative.split()) > 10
        assert "".join(figure["data"]["text/plain"]) == alternative


def test_every_picture_in_a_page_says_what_is_on_it(lesson: Lesson):
    """What is shown as HTML, and what stands in the prose."""
    pages = [lesson.prose]
    for cell in lesson.code_cells:
        pages += ["".join(output["data"].get("text/html", ())) for output in cell["outputs"] if "data" in output]
    for page in pages:
        page = re.sub(r"srcdoc='[^']*'", "", page)  # a page of its own; whoever makes it has its tests
        for tag in re.findall(r"<(?:img|svg|iframe|canvas|video)\b[^>]*>", page):
            assert re.search(r"\b(alt|title|aria-label)=\"[^\"]{10,}", tag), f"nobody can hear what this is: {tag[:80]}"
        assert "![](" not in page


def test_it_is_broken_on_purpose_once_at_least(lesson: Lesson):
    assert "raises-exception" in lesson.tags()


def test_one_cell_at_most_hides_its_output_from_the_tests(lesson: Lesson):
    assert lesson.tags().count("nbval-ignore-output") <= 1
    assert "nbval-skip" not in lesson.tags()
    assert "NBVAL" not in lesson.code + lesson.prose


# --- how it teaches ------------------------------------------------------------------------------------------------


def test_it_asks_for_a_guess_twice_at_least(lesson: Lesson):
    assert len(re.findall(r"\bpredict\(", lesson.code)) >= 2


def test_a_guess_shows_the_choices_that_its_cell_names(lesson: Lesson):
    """Renewing the outputs would not: a choice that says so many ms is no news to it, nor to the comparison."""
    for cell in lesson.code_cells:
        if choices := re.search(r"\bpredict\(.*?\[(.*?)\]", source(cell), re.S):
            shown = "".join(cell["outputs"][0]["data"]["text/plain"])
            offered = re.findall(r"^  [a-z]\) (.*)$", shown, re.M)
            assert offered == re.findall(r'"(.*?)"', choices[1]), cell["id"]


def test_it_measures_and_models(lesson: Lesson):
    assert re.search(r"\bserve\(", lesson.code)
    assert re.search(r"\b(virtual|model_vs_measured)\(", lesson.code)


def test_it_opens_on_its_own_and_ends_with_the_shop_as_it_is_now(lesson: Lesson):
    """What it needs of earlier chapters it imports; of later ones it needs nothing."""
    if lesson.chapter == "00":  # there is no shop yet
        return
    steps = re.findall(r"\bstep(\d\d)\b", lesson.code)
    assert max(steps) == lesson.chapter, f"the shop of chapter {lesson.chapter} is its own step"
    assert not re.search(r"^%(run|store)\b|^from \.|\.ipynb", lesson.code, re.M)
    assert "The shop so far" in [text for depth, text in lesson.headings if depth == 2]


def test_it_says_in_five_lines_what_it_taught(lesson: Lesson):
    assert re.findall(r"^(\d)\. ", lesson.section("In five lines"), re.M) == list("12345")


def test_it_has_a_quiz_of_five_with_a_reason_for_each_option(lesson: Lesson):
    assert f'quiz("q{lesson.chapter}")' in lesson.code
    (file,) = ROOT.glob(f"exercises/q{lesson.chapter}_*.toml")
    questions = tomllib.loads(file.read_text(encoding="utf-8"))["question"]
    assert len(questions) == 5
    assert all(option["reason"] for question in questions for option in question["option"])


def test_it_has_its_exercise(lesson: Lesson):
    assert any(re.fullmatch(rf"\.\./practice/e{lesson.chapter}_\w+\.ipynb", link) for link in lesson.links)


def test_it_leads_to_the_chapters_around_it(lesson: Lesson):
    for way, number in {"Before": int(lesson.chapter) - 1, "Next": int(lesson.chapter) + 1}.items():
        for name in LESSONS:
            if int(name[:2]) == number:
                assert re.search(rf"\*\*{way}:\*\* \[.*?\]\({name}\.ipynb\)", lesson.prose), f"{way}: {name}"


def test_it_says_where_to_read_on(lesson: Lesson):
    assert "**Further reading:**" in lesson.prose
