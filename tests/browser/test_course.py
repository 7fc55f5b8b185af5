"""The course in a real browser: each lesson runs from top to bottom, and the exercise can be solved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.notebook_page import NotebookPage, text_of

ROOT = Path(__file__).resolve().parents[2]


def failed(cell: dict[str, Any]) -> bool:
    return any(output["output_type"] == "error" for output in cell["outputs"])


@pytest.mark.parametrize("name", ["00_start", "01_in_a_hurry"])
def test_a_lesson_runs_from_top_to_bottom(name: str, open_notebook: Callable[[str], NotebookPage]) -> None:
    notebook = open_notebook(f"notebooks/{name}.ipynb")
    notebook.run_all()
    code = [cell for cell in notebook.cells if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]
    unexpected = [cell for cell in code if failed(cell) != ("raises-exception" in cell["metadata"].get("tags", ()))]
    assert [text_of(cell) or cell for cell in unexpected] == []
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    asked = notebook.page.locator(".jp-Dialog, .Toastify__toast").all_inner_texts()
    assert asked == [], "JupyterLab asks nothing of its own, about news for one"
