"""The learner's notebook, made of the author's: without solutions, hints and hidden checks, and the same every time.

It goes to ``practice/``, beside ``exercises/``, so that a learner can write in it without writing into the course.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fwlab.grading.errors import ExerciseError
from fwlab.grading.exercise import exercise_notebooks, load_exercise
from fwlab.lab.translation import ENGLISH, speaking
from fwlab.lab.whole_file import write_whole

if TYPE_CHECKING:
    from pathlib import Path

SECRET_ROLES = frozenset({"solution", "hint", "hidden check"})
"""What no learner's notebook has in it."""

PRACTICE = "practice"
"""The folder with the learners' notebooks, beside ``exercises/``."""

_KEPT = ("exercise", "role", "task", "points")
_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def learners_notebook(path: Path) -> str:
    """Return the learner's notebook, as the text of its file; the same text for the same exercise, always.

    Args:
        path: the author's notebook.

    Raises:
        ExerciseError: the exercise is broken, or what is secret would still be in the learner's notebook.
    """
    with speaking(ENGLISH):
        exercise = load_exercise(path)
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    kept = [_cell(cell) for cell in cells if _role(cell) not in SECRET_ROLES]
    notebook = {
        "cells": kept,
        "metadata": {
            "fwlab": {"exercise": exercise.id, "title": exercise.title},
            "kernelspec": _KERNEL,
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    for cell in cells:
        _hold_back(path, cell, kept)
    return text


def build(folder: Path) -> list[Path]:
    """Write the learner's notebook of every exercise of the course, whole or not at all.

    Args:
        folder: where to; it is made where it is missing.

    Returns:
        The files.

    Raises:
        ExerciseError: an exercise is broken.
        LabError: a file cannot be written.
    """
    texts = {folder / path.name: learners_notebook(path) for path in exercise_notebooks().values()}
    folder.mkdir(parents=True, exist_ok=True)
    return [write_whole(path, text) for path, text in texts.items()]


def _cell(cell: dict[str, Any]) -> dict[str, Any]:
    ours = cell["metadata"]["fwlab"]
    made = {
        "cell_type": cell["cell_type"],
        "id": cell["id"],
        "metadata": {"fwlab": {key: ours[key] for key in _KEPT if key in ours}},
        "source": _source(cell).splitlines(keepends=True),
    }
    return made | ({"execution_count": None, "outputs": []} if cell["cell_type"] == "code" else {})


def _hold_back(path: Path, cell: dict[str, Any], kept: list[dict[str, Any]]) -> None:
    """Refuse what is secret and said in the open, too."""
    secret = _source(cell).strip()
    if _role(cell) in SECRET_ROLES and any(secret in _source(other) for other in kept):
        raise ExerciseError(
            f"{path}: cell {cell['id']!r} is secret, and another cell, which learners get, says the same."
        )


def _role(cell: dict[str, Any]) -> str:
    role: str = cell["metadata"].get("fwlab", {}).get("role", "")
    if not role:
        raise ExerciseError(
            f"cell {cell['id']!r} says no role; roles are text, starter, solution, check, hint and others."
        )
    return role


def _source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])
