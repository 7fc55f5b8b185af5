"""The ladder of hints: one step a call, remembered, and about the task that needs it."""

from __future__ import annotations

import pytest

from fwlab.grading import ProgressError, UnknownExerciseError, check, hint
from fwlab.grading.learner.progress_file import NAME

from .conftest import run_cell
from .small_course import RIGHT, cells_of_e50, write_notebook


def test_each_call_gives_one_more(home, remembered):
    first, second = str(hint("e50")), str(hint("e50"))
    assert "e50.1 Double: hint 1 of 2" in first
    assert "1. Think of e50.1." in first
    assert "again" not in first
    assert 'The next hint, when you want it: `hint("e50.1")`' in first
    assert "hint 2 of 2" in second
    assert "1. Think of e50.1." in second
    assert "2. Think again of e50.1." in second
    assert "the last hint" in second
    assert remembered()["exercises"]["e50"]["e50.1"]["hints"] == 2


def test_after_the_last_they_are_all_there_still(home, remembered):
    shown = [str(hint("e50.2")) for _ in range(4)]
    assert shown[1] == shown[2] == shown[3]
    assert remembered()["exercises"]["e50"]["e50.2"]["hints"] == 2


def test_an_exercise_means_its_first_task_that_is_not_right_yet(home):
    check("e50", namespace=run_cell(RIGHT["e50.1"]))
    assert "e50.2 Halve" in str(hint("e50"))


def test_a_hint_is_no_solution(home):
    assert RIGHT["e50.1"] not in str(hint("e50.1")) + str(hint("e50.1"))


def test_a_notebook_shows_it_with_its_code_as_code(home):
    assert "<code>hint(&quot;e50.1&quot;)</code>" in hint("e50")._repr_html_()


@pytest.mark.parametrize("name", ["e77", "e50.9", "", "e50.", "50"])
def test_what_does_not_exist_is_named(home, name):
    with pytest.raises(UnknownExerciseError, match=r"There is no"):
        hint(name)


def test_a_damaged_progress_file_is_put_aside_once_and_the_next_call_helps(home):
    (home / NAME).write_text("oh no")
    with pytest.raises(ProgressError, match="damaged"):
        hint("e50")
    assert "hint" in str(hint("e50"))


def test_a_task_may_have_no_hint(home, course):
    cells = [made for made in cells_of_e50() if made["metadata"]["fwlab"]["role"] != "hint"]
    write_notebook(course / "e50_numbers.ipynb", cells)
    assert "There is no hint for this task." in str(hint("e50.1"))
