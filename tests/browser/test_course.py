"""The course in a real browser: each lesson runs from top to bottom, and the exercise can be solved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fwlab.course import course_folder

from .notebook_page import NotebookPage, text_of


def errors(cells: list[dict[str, Any]]) -> list[str]:
    """What no cell should have put out: an error without the tag for one, or the tag without an error."""
    found = []
    for cell in cells:
        raised = [output for output in cell.get("outputs", ()) if output["output_type"] == "error"]
        tagged = "raises-exception" in cell["metadata"].get("tags", ())
        if raised and not tagged:
            found.append(f"{cell['id']}: {raised[0]['ename']}: {raised[0]['evalue']}")
        if tagged and not raised:
            found.append(f"{cell['id']} did not raise")
    return found


# The first one, and one with processes. That the cells of the others run is held by `make test` without a browser, and
# in one by `make verify`.
AT_EACH_CHANGE = ("00_start", "07_cpu_bound")
CHAPTERS = sorted(path.stem for path in (course_folder() / "notebooks").glob("[0-9][0-9]_*.ipynb"))


@pytest.mark.parametrize(
    "name",
    [name if name in AT_EACH_CHANGE else pytest.param(name, marks=pytest.mark.exhaustive) for name in CHAPTERS],
)
def test_a_lesson_runs_from_top_to_bottom(name: str, open_notebook: Callable[[str], NotebookPage]) -> None:
    notebook = open_notebook(f"notebooks/{name}.ipynb")
    notebook.run_all()
    assert errors(notebook.cells) == []
    code = [cell for cell in notebook.cells if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    asked = notebook.page.locator(".jp-Dialog, .Toastify__toast").all_inner_texts()
    assert asked == [], "JupyterLab asks nothing of its own, about news for one"


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [("right/anyio_thread.py", "right, 2 of 2 points"), ("wrong/still_blocking.py", "wrong, 0 of 2 points")],
    ids=["right", "wrong"],
)
def test_the_exercise_is_done_as_a_learner_does_it(
    answer: str, verdict: str, open_notebook: Callable[[str], NotebookPage]
) -> None:
    notebook = open_notebook("practice/e01_in_a_hurry.ipynb")
    code = (course_folder() / "exercises" / "e01_in_a_hurry" / answer).read_text(encoding="utf-8")
    notebook.set_source("starter", code)
    notebook.run_all()
    assert errors(notebook.cells) == []
    (check,) = (cell for cell in notebook.cells if cell["id"] == "check")
    assert verdict in text_of(check)
