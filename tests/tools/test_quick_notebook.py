"""tools/quick_notebook.py: what is left of a chapter for whoever has read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from .test_notebooks import run, write

if TYPE_CHECKING:
    from pathlib import Path

PROSE = """Words about it, at length.

## Eight at once

### Predict

```sh
# not a heading
```
"""


@pytest.fixture(scope="module")
def chapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An executed chapter in a folder of its own."""
    path = write(
        tmp_path_factory.mktemp("notebooks") / "05_burgers.ipynb",
        new_markdown_cell("# 5 · Burgers\n\nWhat you will be able to do."),
        new_markdown_cell("## The story\n\nA long one."),
        new_markdown_cell(PROSE),
        new_code_cell("def quiz(name):\n    pass\n\n\n6 * 7"),
        new_markdown_cell("### Explain\n\nBecause."),
        new_markdown_cell("## Check yourself"),
        new_code_cell('quiz("q05")'),
        new_markdown_cell("## Break it"),
        new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]}),
        new_markdown_cell("## Further reading"),
    )
    notebook = nbformat.read(path, 4)
    notebook.metadata["fwlab"] = {"chapter": "05", "covers": []}
    nbformat.write(notebook, path)
    result = run(path)
    assert result.returncode == 0, result.stderr
    return path


@pytest.fixture(scope="module")
def cells(chapter: Path) -> list[nbformat.NotebookNode]:
    quick = nbformat.read(chapter.parent / "quick" / chapter.name, 4)
    nbformat.validate(quick)
    return list(quick.cells)


def test_headings_stay_where_code_follows_and_prose_goes(cells: list[nbformat.NotebookNode]) -> None:
    prose = [cell.source for cell in cells if cell.cell_type == "markdown"]
    assert prose[0] == "# 5 · Burgers"
    assert "[chapter 5](../05_burgers.ipynb)" in prose[1]
    assert prose[2:] == ["## Eight at once", "### Predict", "## Break it"]


def test_code_stays_as_it_was_executed_but_for_what_asks_the_reader(cells: list[nbformat.NotebookNode]) -> None:
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert [cell.source.splitlines()[-1] for cell in code] == ["6 * 7", "1 / 0"]
    assert code[0].outputs[0].data["text/plain"] == "42"
    assert code[1].outputs[0].ename == "ZeroDivisionError"
    assert code[1].metadata.tags == ["raises-exception"]


def test_an_older_form_is_noticed_and_renewed_without_being_executed(chapter: Path) -> None:
    assert run("--check", chapter).returncode == 0
    quick = chapter.parent / "quick" / chapter.name
    kept = quick.read_bytes()
    quick.write_text("older", encoding="utf-8")
    noticed = run("--check", chapter)
    assert noticed.returncode == 1
    assert "quick/05_burgers.ipynb is an older form of it; `make notebooks` renews that" in noticed.stderr
    assert run(chapter).returncode == 0
    assert quick.read_bytes() == kept


def test_an_exercise_has_no_quick_form(tmp_path: Path) -> None:
    path = write(tmp_path / "exercises" / "e05.ipynb", new_markdown_cell("# Exercise"), new_code_cell("1"))
    assert run(path).returncode == 0
    assert not (path.parent / "quick").exists()
