"""Exercises as files: several tasks, what does not fit together, and the one format for all of them."""

from __future__ import annotations

import json

import pytest

from fwlab.course import COURSE_VARIABLE
from fwlab.grading import ExerciseError, State, UnknownExerciseError, check, check_notebook
from fwlab.grading.exercise import find_exercise

from .conftest import NOTEBOOK, run_cell
from .small_course import CHECKS, RIGHT, STARTERS, cell, cells_of_e50, write_notebook


def judge(*cells):
    names = {}
    for source in cells:
        run_cell(source, names)
    return check("e50", namespace=names)


def test_an_exercise_has_the_title_and_the_tasks_of_its_checks(course):
    exercise = find_exercise("e50")
    assert (exercise.id, exercise.title) == ("e50", "Numbers")
    assert [(task.id, task.title, task.points, task.names) for task in exercise.tasks] == [
        ("e50.1", "Double", 2, {"double"}),
        ("e50.2", "Halve", 2, {"half"}),
    ]
    assert exercise.folder == course / "e50_numbers"


def test_a_task_has_its_starter_its_solution_and_its_hints(course):
    task = find_exercise("e50").task("e50.2")
    assert (task.starter, task.solution) == (STARTERS["e50.2"], RIGHT["e50.2"])
    assert task.hints == ("Think of e50.2.", "Think again of e50.2.")


def test_one_task_of_it_alone(course):
    assert [task.id for task in find_exercise("e50").only("e50.2").tasks] == ["e50.2"]
    with pytest.raises(UnknownExerciseError, match=r"no task 'e50\.7'.*has: e50\.1, e50\.2"):
        find_exercise("e50").only("e50.7")


def test_checks_may_stand_in_the_notebook_itself(course):
    (course / "e50_numbers" / "checks.py").unlink()
    write_notebook(course / "e50_numbers.ipynb", [*cells_of_e50(), cell("hidden check", CHECKS)])
    assert [task.title for task in find_exercise("e50").tasks] == ["Double", "Halve"]


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
    (course / "e50_numbers.ipynb").unlink()
    with pytest.raises(UnknownExerciseError, match="has: none"):
        find_exercise("e50")


def test_an_exercise_without_checks_is_an_error_that_names_the_file(course):
    (course / "e50_numbers" / "checks.py").unlink()
    with pytest.raises(ExerciseError, match=r"no checks: neither .*checks\.py nor a cell"):
        find_exercise("e50")


def test_tasks_that_do_not_fit_are_an_error_that_names_them(course):
    (course / "e50_numbers" / "checks.py").write_text(CHECKS.replace("e50.2", "e50.3"))
    with pytest.raises(ExerciseError, match=r"a starter for e50\.1, e50\.2, and .*checks are for e50\.1, e50\.3"):
        find_exercise("e50")


def test_an_exercise_without_a_title_is_an_error(course):
    write_notebook(course / "e50_numbers.ipynb", cells_of_e50(), title="")
    with pytest.raises(ExerciseError, match="no title"):
        find_exercise("e50")


def test_a_damaged_notebook_is_an_error(course):
    (course / "e50_numbers.ipynb").write_text("{")
    with pytest.raises(ExerciseError, match="not JSON"):
        find_exercise("e50")


def test_the_course_may_be_named_from_where_one_stands(course, tmp_path, monkeypatch):
    monkeypatch.chdir(course.parent.parent)
    monkeypatch.setenv(COURSE_VARIABLE, "course")
    (tmp_path / "mine.ipynb").write_text(
        json.dumps(NOTEBOOK | {"cells": [cell("starter", source, task=name) for name, source in RIGHT.items()]})
    )
    assert check_notebook("mine.ipynb").right
