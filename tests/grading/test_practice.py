"""The learners' notebooks as learners use them: unattempted at first, right with the solutions, in a kernel too."""

from __future__ import annotations

import json

import nbformat
import pytest
from nbclient import NotebookClient

from fwlab.course import course_folder
from fwlab.grading import State, check_notebook
from fwlab.grading.build import PRACTICE
from fwlab.grading.exercise import exercise_notebooks, find_exercise

from .conftest import thinned

every_exercise = pytest.mark.parametrize("name", exercise_notebooks())


def practice(name):
    return course_folder() / PRACTICE / exercise_notebooks()[name].name


def with_answers(name, folder, answers):
    """The learner's notebook, with answers in the places of starters, by task."""
    notebook = json.loads(practice(name).read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        ours = cell["metadata"]["fwlab"]
        if ours["role"] == "starter" and ours["task"] in answers:
            cell["source"] = answers[ours["task"]]
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def solutions(name):
    return {task.id: task.solution for task in find_exercise(name).tasks}


@pytest.mark.parametrize("name", thinned(exercise_notebooks(), ["e00"]))
def test_as_it_is_it_is_unattempted(name):
    verdict = check_notebook(practice(name)).verdict
    assert {task.state for task in verdict.tasks} == {State.UNATTEMPTED}


@every_exercise
def test_with_the_solutions_it_is_right(name, tmp_path):
    verdict = check_notebook(with_answers(name, tmp_path, solutions(name))).verdict
    assert verdict.right, str(verdict)
    assert verdict.points == verdict.out_of


def test_in_a_kernel_each_task_is_checked_by_its_own_cell(tmp_path):
    answers = solutions("e00")
    guesses = answers.pop("e00.3").replace('"burn(1)": "blocks"', '"burn(1)": "pauses"')
    notebook = nbformat.read(with_answers("e00", tmp_path, answers | {"e00.3": guesses}), as_version=4)
    del answers["e00.2"]
    [second] = [cell for cell in notebook.cells if cell.metadata["fwlab"].get("task") == "e00.2"][:1]
    second.source = find_exercise("e00").task("e00.2").starter
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    texts = [
        output["data"]["text/plain"]
        for cell in notebook.cells
        if cell.metadata["fwlab"]["role"] == "check"
        for output in cell.get("outputs", ())
        if output.output_type == "execute_result"
    ]
    assert [text.splitlines()[0] for text in texts] == [
        "e00 Start here: right, 2 of 2 points",
        "e00 Start here: unattempted, 0 of 2 points",
        "e00 Start here: partly done, 1 of 2 points",
    ]


def test_in_a_kernel_guesses_that_nobody_has_made_are_unattempted(tmp_path):
    notebook = nbformat.read(practice("e00"), as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    [output] = notebook.cells[-1].outputs
    assert "unattempted" in output["data"]["text/plain"]
