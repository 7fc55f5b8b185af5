"""Hints, solutions, a fresh start, quizzes and progress at a terminal: the same as in a cell, and the same memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fwlab.course import course_folder
from fwlab.grading.exercise import find_exercise

Here = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A learner's copy of the course."""
    monkeypatch.delenv("FWLAB_PROGRESS")
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "practice").mkdir()
    name = "practice/e01_in_a_hurry.ipynb"
    (tmp_path / name).write_bytes((course_folder() / name).read_bytes())
    return tmp_path


def fwlab(home: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fwlab", *arguments], cwd=home, capture_output=True, text=True, input=stdin, timeout=120
    )


def answer(home: Path) -> Path:
    """Write the right answers into the learner's notebook."""
    path = home / "practice" / "e01_in_a_hurry.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    starters = [cell for cell in notebook["cells"] if cell["metadata"]["fwlab"]["role"] == "starter"]
    for starter, task in zip(starters, find_exercise("e01").tasks, strict=True):
        starter["source"] = task.solution
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


@pytest.fixture
def here(home: Path, monkeypatch: pytest.MonkeyPatch, fwlab_here: Here) -> Here:
    """The command in the learner's folder, and in this process."""
    monkeypatch.chdir(home)
    return fwlab_here


def test_a_learners_way_at_the_terminal(home: Path, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    said = fwlab(home, "hint", "e01")
    assert (said.returncode, said.stderr) == (0, "")
    assert "hint 1 of" in said.stdout
    assert "`fwlab hint e01.1`" in said.stdout
    assert "`fwlab solution e01.1 --insist`" in here("solution", "e01").stdout
    assert fwlab(home, "check", str(answer(home))).returncode == 0
    assert "def stock" in here("solution", "e01").stdout
    assert "begun anew" in here("reset", "e01").stdout
    assert "ask_supplier" in (home / "practice" / "kept-answers" / "e01-1.py").read_text(encoding="utf-8")
    monkeypatch.chdir(home / "practice")
    table = here("progress").stdout
    assert "6 of 6" in table
    assert f"Remembered in {Path('..', 'fwlab-progress.json')}." in table
    task = json.loads(here("progress", "--json").stdout)["exercises"]["e01"]["e01.1"]
    assert (task["best"]["state"], task["hints"], task["checks"], task["resets"]) == ("right", 1, 1, 1)


def test_progress_of_another_machine_is_merged(here: Here, tmp_path: Path) -> None:
    other = tmp_path / "binder.json"
    other.write_text('{"fwlab_progress": 1, "exercises": {"e01": {"e01.1": {"hints": 2}}}}')
    said = here("progress", "--merge", str(other), "--json")
    assert json.loads(said.stdout)["exercises"]["e01"]["e01.1"]["hints"] == 2


def test_a_quiz_is_answered_by_letter(here: Here) -> None:
    said = here("quiz", "q01", stdin="b\na\n\n")
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.index("✗ Not yet.") < said.stdout.index("✓ Right.") < said.stdout.index("3. A handler")
    assert json.loads(here("progress", "--json").stdout)["quizzes"]["q01"]["driver-without-await"]["tries"] == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("hint", "e99"), "There is no exercise 'e99'"),
        (("solution", "e01.9"), "There is no task 'e01.9'"),
        (("reset", "e01", "--notebook", "nowhere.ipynb"), "nowhere.ipynb does not exist"),
        (("quiz", "q99"), "There is no quiz 'q99'"),
        (("progress", "--merge", "nowhere.json"), "nowhere.json does not exist"),
    ],
)
def test_what_is_asked_wrongly_gives_status_2_and_one_line(here: Here, arguments: tuple[str], message: str) -> None:
    said = here(*arguments)
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr.startswith(f"fwlab: {message}")
    assert len(said.stderr.splitlines()) == 1
