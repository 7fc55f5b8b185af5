"""Exercises as files: several tasks, what does not fit together, and the one format for all of them."""

from __future__ import annotations

import json
import shutil

import pytest

from fwlab.course import COURSE_VARIABLE, course_folder
from fwlab.grading import ExerciseError, State, UnknownExerciseError, check, check_notebook
from fwlab.grading.answer import same_code
from fwlab.grading.exercise import find_exercise

from .conftest import NOTEBOOK, run_cell

CHECKS = """
from fwlab.grading import task

TITLE = "Numbers"

@task("e50.1", title="Double", points=2)
def double(answer):
    return answer.require("double")

@double.expect(to_try="Count.")
def it_doubles(double, answer):
    assert double(4) == 8, "double(4) is not 8."

@task("e50.2", title="Halve", points=2)
def half(answer):
    return answer.require("half")

@half.expect(to_try="Count.")
def it_halves(half, answer):
    assert half(4) == 2, "half(4) is not 2."
"""
STARTERS = {"e50.1": "def double(n):\n    return n", "e50.2": "def half(n):\n    return n"}


def cell(role, source, **metadata):
    return {
        "cell_type": "code",
        "source": source,
        "metadata": {"fwlab": {"exercise": "e50", "role": role, **metadata}},
    }


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course with one exercise of two tasks; its files may be changed."""
    exercises = tmp_path / "course" / "exercises"
    (exercises / "e50_numbers").mkdir(parents=True)
    (tmp_path / "course" / "notebooks").mkdir()
    (exercises / "e50_numbers" / "checks.py").write_text(CHECKS)
    starters = "\n".join(f"# %% {name}\n{source}\n" for name, source in STARTERS.items())
    (exercises / "e50_numbers" / "starter.py").write_text(starters)
    monkeypatch.setenv(COURSE_VARIABLE, str(tmp_path / "course"))
    return exercises


def judge(*cells):
    names = {}
    for source in cells:
        run_cell(source, names)
    return check("e50", namespace=names)


RIGHT = {"e50.1": "def double(n):\n    return 2 * n", "e50.2": "def half(n):\n    return n / 2"}


def test_an_exercise_has_the_title_and_the_tasks_of_its_checks(course):
    exercise = find_exercise("e50")
    assert (exercise.id, exercise.title) == ("e50", "Numbers")
    assert [(task.checks.id, task.checks.title, task.checks.points, task.names) for task in exercise.tasks] == [
        ("e50.1", "Double", 2, {"double"}),
        ("e50.2", "Halve", 2, {"half"}),
    ]


def test_each_task_has_a_verdict_of_its_own(course):
    assert judge(*RIGHT.values()).state is State.RIGHT
    assert judge(*STARTERS.values()).state is State.UNATTEMPTED
    mixed = judge(RIGHT["e50.1"], STARTERS["e50.2"])
    assert [task.state for task in mixed.tasks] == [State.RIGHT, State.UNATTEMPTED]
    assert (mixed.state, mixed.points, mixed.out_of) == (State.PARTLY_DONE, 2, 4)
    wrong = judge(RIGHT["e50.1"], "def half(n):\n    return n // 3")
    assert wrong.tasks[1].diagnosis == "it-halves"


def test_one_task_that_fails_leaves_the_other_its_points(course, tmp_path):
    cells = [cell("starter", RIGHT["e50.1"], task="e50.1"), cell("starter", "def half(n:", task="e50.2")]
    (tmp_path / "mine.ipynb").write_text(json.dumps(NOTEBOOK | {"cells": cells}))
    verdict = check_notebook(tmp_path / "mine.ipynb").verdict
    assert [task.state for task in verdict.tasks] == [State.RIGHT, State.ERROR]


def test_points_are_the_courses_whatever_the_notebook_says(course, tmp_path):
    cells = [cell("starter", RIGHT[name], task=name, points=100) for name in RIGHT]
    (tmp_path / "mine.ipynb").write_text(json.dumps(NOTEBOOK | {"cells": cells}))
    assert check_notebook(tmp_path / "mine.ipynb").verdict.points == 4


def test_code_of_the_learners_that_a_check_calls_may_raise(course):
    [task, _] = judge("def double(n):\n    return {}[n]", STARTERS["e50.2"]).tasks
    assert task.state is State.ERROR
    assert "return {}[n]\nKeyError: 4" in task.seen
    assert "it_doubles" not in task.seen


def test_code_of_the_learners_that_a_check_calls_may_never_end(course):
    [task, _] = check("e50", namespace=run_cell("def double(n):\n    while n: pass"), time_limit=0.2).tasks
    assert task.state is State.TIMED_OUT
    assert "line 2 of double: while n: pass" in task.seen


def test_an_unknown_exercise_is_told_those_there_are(course):
    with pytest.raises(UnknownExerciseError, match=r"'e01'.*has: e50"):
        find_exercise("e01")
    (course / "e50_numbers" / "checks.py").unlink()
    with pytest.raises(UnknownExerciseError, match="has: none"):
        find_exercise("e50")


def test_an_exercise_without_a_starter_is_an_error_that_names_the_file(course):
    (course / "e50_numbers" / "starter.py").unlink()
    with pytest.raises(ExerciseError, match=r"starter\.py cannot be read"):
        find_exercise("e50")


def test_tasks_that_do_not_fit_are_an_error_that_names_them(course):
    (course / "e50_numbers" / "checks.py").write_text(CHECKS.replace("e50.2", "e50.3"))
    with pytest.raises(ExerciseError, match=r"a cell for e50\.1, e50\.2, and .*checks for e50\.1, e50\.3"):
        find_exercise("e50")


def test_checks_without_a_title_are_an_error(course):
    (course / "e50_numbers" / "checks.py").write_text(CHECKS.replace("TITLE", "NAME"))
    with pytest.raises(ExerciseError, match="no TITLE"):
        find_exercise("e50")


def test_the_course_may_be_named_from_where_one_stands(course, tmp_path, monkeypatch):
    monkeypatch.chdir(course.parent.parent)
    monkeypatch.setenv(COURSE_VARIABLE, "course")
    (tmp_path / "mine.ipynb").write_text(
        json.dumps(NOTEBOOK | {"cells": [cell("starter", source, task=name) for name, source in RIGHT.items()]})
    )
    assert check_notebook("mine.ipynb").right


def course_exercises():
    return sorted((course_folder() / "exercises").glob("*.ipynb"))


@pytest.mark.parametrize("path", course_exercises(), ids=lambda path: path.stem)
def test_the_courses_notebooks_begin_as_their_checks_expect(path):
    cells = [cell for cell in json.loads(path.read_text())["cells"] if cell["metadata"]["fwlab"]["role"] == "starter"]
    tasks = find_exercise(path.stem.partition("_")[0]).tasks
    assert [cell["metadata"]["fwlab"]["task"] for cell in cells] == [task.checks.id for task in tasks]
    assert [cell["metadata"]["fwlab"]["points"] for cell in cells] == [task.checks.points for task in tasks]
    assert all(same_code("".join(cell["source"]), task.starter) for cell, task in zip(cells, tasks, strict=True))


def test_a_learner_may_work_in_the_courses_own_notebook(tmp_path, monkeypatch):
    """In a checkout, that is where they work: what they save must not become the starter."""
    for part in ("exercises", "notebooks"):
        shutil.copytree(course_folder() / part, tmp_path / part)
    monkeypatch.setenv(COURSE_VARIABLE, str(tmp_path))
    path = tmp_path / "exercises" / "e01_in_a_hurry.ipynb"
    path.write_text(path.read_text().replace("async def stock", "def stock"))
    assert check_notebook(path).right
