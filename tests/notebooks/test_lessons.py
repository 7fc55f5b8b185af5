"""What every lesson has, whatever it teaches: a card, prose before code, figures with words, links that lead on."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted(ROOT.glob("notebooks/*.ipynb"))
LONGEST_CELL = 20  # lines


def read(path: Path) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def code_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


@pytest.fixture(params=LESSONS, ids=lambda path: path.stem)
def lesson(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_there_are_the_first_two():
    assert [path.stem for path in LESSONS][:2] == ["00_start", "01_in_a_hurry"]


def test_it_begins_with_a_card_and_says_the_same_to_tools(lesson: Path):
    notebook = read(lesson)
    said = notebook["metadata"]["fwlab"]
    card = source(notebook["cells"][0])
    assert card.startswith(f"# {int(said['chapter'])} · {said['title']}\n")
    assert [row for row in ("You will be able to", "You need", "Time", "Covers") if f"| **{row}** |" not in card] == []
    assert f"| **Time** | {said['minutes']} minutes |" in card


def test_every_code_cell_is_short_and_introduced(lesson: Path):
    cells = read(lesson)["cells"]
    for before, cell in itertools.pairwise(cells):
        if cell["cell_type"] == "code":
            assert before["cell_type"] == "markdown", f"nothing introduces the cell {cell['id']}"
            assert len(cell["source"]) < LONGEST_CELL, f"the cell {cell['id']} is too long to be read at once"


def test_headings_nest(lesson: Path):
    depth = 0
    for cell in read(lesson)["cells"]:
        if cell["cell_type"] != "markdown":
            continue
        for marks in re.findall(r"^(#+) ", source(cell), flags=re.MULTILINE):
            assert len(marks) <= depth + 1, (
                f"a heading of level {len(marks)} follows one of level {depth} in {cell['id']}"
            )
            depth = len(marks)


def test_every_figure_can_be_read_aloud(lesson: Path):
    for cell in code_cells(read(lesson)):
        for output in cell["outputs"]:
            if "image/png" in output.get("data", {}):
                alternative = output["metadata"]["image/png"]["alt"]
                assert len(alternative.split()) > 10
                assert "".join(output["data"]["text/plain"]) == alternative


def test_links_to_other_files_and_headings_lead_somewhere(lesson: Path):
    text = "\n".join(source(cell) for cell in read(lesson)["cells"] if cell["cell_type"] == "markdown")
    anchors = {
        re.sub(r"[^\w\- ]", "", title).strip().replace(" ", "-").lower()
        for title in re.findall(r"^#+ (.*)$", text, re.M)
    }
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith("#"):
            assert target[1:].lower() in anchors, f"there is no heading for {target}"
        elif not target.startswith("https://"):
            assert (lesson.parent / target).exists(), f"there is no file {target}"


def test_it_is_broken_on_purpose_once_at_least(lesson: Path):
    assert any("raises-exception" in cell["metadata"].get("tags", ()) for cell in code_cells(read(lesson)))


def test_no_cell_hides_its_output_from_the_tests(lesson: Path):
    for cell in read(lesson)["cells"]:
        assert not {"nbval-skip", "nbval-ignore-output"} & set(cell["metadata"].get("tags", ()))
        assert "NBVAL" not in source(cell)
