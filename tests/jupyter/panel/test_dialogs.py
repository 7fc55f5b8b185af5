"""What the dialogs of an exercise say, and that they say so of what cannot be done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fwlab.course import course_folder
from fwlab.grading.exercise import find_exercise
from fwlab.jupyter.panel.dialogs import said


@pytest.fixture
def practice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an exercise in it, where the learner works and their progress is kept."""
    notebook = tmp_path / "e00_start.ipynb"
    notebook.write_bytes((course_folder() / "practice" / "e00_start.ipynb").read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FWLAB_PROGRESS", str(tmp_path / "fwlab-progress.json"))
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    return notebook


def test_each_hint_is_one_more(practice: Path) -> None:
    assert "hint 1 of" in said("hint", "e00.1")
    assert "hint 2 of" in said("hint", "e00.1")


def test_a_solution_waits_until_one_insists(practice: Path) -> None:
    program = find_exercise("e00").tasks[0].solution.strip().splitlines()[-1]
    assert program not in said("solution", "e00.1")
    assert program in said("insist", "e00.1").replace("&quot;", '"').replace("&#x27;", "'")


def test_a_reset_says_nothing_of_loading_the_notebook(practice: Path) -> None:
    document = json.loads(practice.read_text())
    starter = next(cell for cell in document["cells"] if cell["metadata"]["fwlab"]["role"] == "starter")
    starter["source"] = "mine = 1"
    practice.write_text(json.dumps(document))
    words = said("reset", "e00.1")
    assert "begun anew" in words
    assert "kept-answers" in words
    assert "Reload" not in words
    assert "mine = 1" not in practice.read_text()


@pytest.mark.parametrize("asked", ["hint", "solution", "insist", "reset"])
def test_what_cannot_be_done_is_said(asked: str, practice: Path) -> None:
    assert said(asked, "e99").startswith("<p>There is no exercise")
    assert "<script" not in said(asked, "<script>")
