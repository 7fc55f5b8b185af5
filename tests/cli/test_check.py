"""``fwlab check``: the verdict of a notebook on the terminal, and what its exit status says."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fwlab.course import course_folder
from fwlab.grading.exercise import find_exercise

Here = Callable[..., subprocess.CompletedProcess[str]]
EXERCISE = course_folder() / "practice" / "e01_in_a_hurry.ipynb"
ANSWERS = course_folder() / "exercises" / EXERCISE.stem


def fwlab_check(notebook: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fwlab", "check", str(notebook)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )


def answered(answer: Path, folder: Path) -> Path:
    """A learner's notebook with this answer to its first task, and the solutions of the others."""
    notebook = json.loads(EXERCISE.read_text(encoding="utf-8"))
    starters = [cell for cell in notebook["cells"] if cell["metadata"]["fwlab"]["role"] == "starter"]
    for cell, task in zip(starters, find_exercise("e01").tasks, strict=True):
        cell["source"] = task.solution
    starters[0]["source"] = answer.read_text(encoding="utf-8")
    mine = folder / EXERCISE.name
    mine.write_text(json.dumps(notebook), encoding="utf-8")
    return mine


def test_a_right_answer_gives_status_0(tmp_path: Path) -> None:
    said = fwlab_check(answered(ANSWERS / "right" / "anyio_thread.py", tmp_path))
    assert (said.returncode, said.stderr) == (0, "")
    assert "right, 2 of 2 points" in said.stdout


def test_the_starter_gives_status_1_and_is_called_unattempted(tmp_path: Path) -> None:
    said = fwlab_check(EXERCISE)
    assert (said.returncode, said.stderr) == (1, "")
    assert "unattempted, 0 of 2 points" in said.stdout


def test_a_wrong_answer_gives_status_1_and_is_told_what_to_try(tmp_path: Path) -> None:
    said = fwlab_check(answered(ANSWERS / "wrong" / "still_blocking.py", tmp_path))
    assert (said.returncode, said.stderr) == (1, "")
    assert "wrong, 0 of 2 points" in said.stdout
    assert "Try:" in said.stdout


@pytest.mark.parametrize("content", ["", "{}", "not JSON", "[1, 2]", '{"cells": 1, "nbformat": 4}', "\x00"])
def test_a_file_that_is_no_notebook_gives_status_2_and_one_line(content: str, tmp_path: Path, fwlab_here: Here) -> None:
    file = tmp_path / "mine.ipynb"
    file.write_text(content)
    said = fwlab_here("check", str(file))
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr.startswith(f"fwlab: {file}")
    assert len(said.stderr.splitlines()) == 1


def test_a_lesson_is_no_exercise(fwlab_here: Here) -> None:
    said = fwlab_here("check", str(course_folder() / "notebooks" / "00_start.ipynb"))
    assert said.returncode == 2
    assert "not a notebook of an exercise" in said.stderr
