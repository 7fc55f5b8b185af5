"""Each learner's notebook with the author's solutions in it, run from top to bottom as a learner would run it."""

from __future__ import annotations

import nbformat
import pytest
from nbclient import NotebookClient

from fwlab.grading.exercise import exercise_notebooks, find_exercise

from .conftest import thinned
from .test_practice import solutions, with_answers

# The first, one with processes, the last. That the cells of the others run is held at each change by test_practice.
AT_EACH_CHANGE = ("e00", "e08", "e16")


@pytest.mark.parametrize("name", thinned(exercise_notebooks(), AT_EACH_CHANGE))
def test_every_cell_runs_and_every_check_says_right(name, tmp_path):
    notebook = nbformat.read(with_answers(name, tmp_path, solutions(name)), as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()  # raises where a cell does
    exercise = find_exercise(name)
    said = {}
    for cell in notebook.cells:
        ours = cell.metadata["fwlab"]
        for output in cell.get("outputs", ()):
            assert output.get("name") != "stderr", f"{cell.id} warns: {output.text}"
            if ours["role"] == "check" and output.output_type == "execute_result":
                said[ours.get("task", "")] = output["data"]["text/plain"].splitlines()[0]
    assert list(said.values()) == [
        f"{exercise.id} {exercise.title}: right, {task.points} of {task.points} points" for task in exercise.tasks
    ]
