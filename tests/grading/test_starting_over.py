"""The starters come back, the old answer is kept, and nothing else in the notebook changes."""

from __future__ import annotations

import json
import os
import sys

import pytest

from fwlab.grading import NotebookError, UnknownExerciseError, check_notebook, reset
from fwlab.grading.build import learners_notebook
from fwlab.grading.learner.starting_over import KEPT

from .conftest import run_cell
from .small_course import RIGHT, STARTERS


@pytest.fixture
def mine(home):
    """The learner's notebook with answers in it, and a cell of their own."""
    path = home / "practice" / "e50_numbers.ipynb"
    notebook = json.loads(path.read_text())
    for cell in starters(notebook):
        cell["source"] = RIGHT[cell["metadata"]["fwlab"]["task"]]
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "ü"}]
        cell["execution_count"] = 3
    notebook["cells"].insert(1, {"cell_type": "markdown", "id": "notes", "source": "my notes ü", "metadata": {}})
    path.write_text(json.dumps(notebook))
    return path


def starters(notebook):
    return [cell for cell in notebook["cells"] if cell["metadata"].get("fwlab", {}).get("role") == "starter"]


def test_the_notebook_begins_anew_and_the_answer_is_kept(mine, remembered):
    said = str(reset("e50"))
    notebook = json.loads(mine.read_text(encoding="utf-8"))
    assert ["".join(cell["source"]) for cell in starters(notebook)] == list(STARTERS.values())
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in starters(notebook))
    kept = (mine.parent / KEPT / "e50-1.py").read_text()
    assert kept == f"# %% e50.1\n{RIGHT['e50.1']}\n\n# %% e50.2\n{RIGHT['e50.2']}\n"
    assert os.path.join("practice", KEPT, "e50-1.py") in said
    assert "Reload Notebook from Disk" in said
    assert remembered()["exercises"]["e50"]["e50.1"]["resets"] == 1
    assert check_notebook(mine).verdict.state.value == "unattempted"


def test_everything_else_stays(home, mine, course):
    reset("e50")
    notebook = json.loads(mine.read_text(encoding="utf-8"))
    assert notebook["cells"].pop(1)["source"] == "my notes ü"
    assert notebook == json.loads(learners_notebook(course / "e50_numbers.ipynb"))


def test_one_task_alone(mine):
    reset("e50.2")
    sources = ["".join(cell["source"]) for cell in starters(json.loads(mine.read_text()))]
    assert sources == [RIGHT["e50.1"], STARTERS["e50.2"]]
    assert (mine.parent / KEPT / "e50-1.py").read_text() == f"# %% e50.2\n{RIGHT['e50.2']}\n"


def test_each_old_answer_is_kept_under_a_name_of_its_own(mine):
    before = mine.read_text()
    reset("e50")
    mine.write_text(before)
    reset("e50")
    assert sorted(path.name for path in (mine.parent / KEPT).iterdir()) == ["e50-1.py", "e50-2.py"]


def test_where_there_is_no_answer_nothing_is_kept(home):
    assert "no answer in it to keep" in str(reset("e50"))
    assert not (home / "practice" / KEPT).exists()


def test_what_only_the_kernel_knows_is_kept_too(home, monkeypatch):
    names = run_cell("def double(n):\n    return n + n  # not saved yet\n")
    monkeypatch.setitem(vars(sys.modules["__main__"]), "double", names["double"])
    reset("e50.1")
    assert "return n + n  # not saved yet" in (home / "practice" / KEPT / "e50-1.py").read_text()


def test_a_cell_that_was_deleted_comes_back(mine):
    notebook = json.loads(mine.read_text())
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["metadata"].get("fwlab", {}).get("task") != "e50.2"]
    mine.write_text(json.dumps(notebook))
    reset("e50")
    assert [cell["metadata"]["fwlab"]["task"] for cell in starters(json.loads(mine.read_text()))] == ["e50.1", "e50.2"]
    assert [task.state.value for task in check_notebook(mine).verdict.tasks] == ["unattempted", "unattempted"]


def test_it_is_the_notebook_that_the_kernel_belongs_to(home, mine, monkeypatch):
    copy = mine.with_name("e50 again.ipynb")
    copy.write_bytes(mine.read_bytes())
    monkeypatch.setenv("JPY_SESSION_NAME", str(copy))
    reset("e50")
    assert RIGHT["e50.1"] in json.loads(mine.read_text())["cells"][2]["source"]
    assert "".join(json.loads(copy.read_text())["cells"][2]["source"]) == STARTERS["e50.1"]


def test_of_several_it_asks_which(home, mine):
    copy = mine.with_name("e50 again.ipynb")
    copy.write_bytes(mine.read_bytes())
    with pytest.raises(NotebookError, match="several notebooks of e50"):
        reset("e50")
    reset("e50", notebook=copy)
    assert RIGHT["e50.1"] in mine.read_text().replace("\\n", "\n")


def test_none_is_named(home, mine):
    mine.unlink()
    with pytest.raises(NotebookError, match="no notebook of e50 in"):
        reset("e50")


def test_a_notebook_of_another_exercise_is_refused(home, mine):
    mine.write_text(mine.read_text().replace('"e50"', '"e51"'))
    with pytest.raises(NotebookError, match="is a notebook of e51, not of e50"):
        reset("e50", notebook=mine)


def test_the_authors_notebook_is_not_a_learners(home, course, monkeypatch):
    author = course / "e50_numbers.ipynb"
    before = author.read_bytes()
    with pytest.raises(NotebookError, match="author's own"):
        reset("e50", notebook=author)
    monkeypatch.chdir(course)
    monkeypatch.setenv("JPY_SESSION_NAME", str(author))
    with pytest.raises(NotebookError, match="no notebook of e50"):
        reset("e50")
    assert author.read_bytes() == before


def test_where_the_old_answer_cannot_be_kept_nothing_is_reset(mine):
    (mine.parent / KEPT).write_text("a file is in the way")
    before = mine.read_bytes()
    with pytest.raises(NotebookError, match="Nothing has been reset"):
        reset("e50")
    assert mine.read_bytes() == before


def test_an_unknown_task_is_named(mine):
    with pytest.raises(UnknownExerciseError, match=r"no task 'e50\.3'"):
        reset("e50.3")
