"""The grader's memory does not grow with the class: results go to the disk, and come from there one after the other."""

from __future__ import annotations

from unittest import mock

import pytest

from fwlab.grading.classroom import grade as module
from fwlab.grading.classroom.graded import grade_submission
from fwlab.grading.classroom.submissions import File
from fwlab.grading.classroom.worker import as_dict
from fwlab.grading.jail.limits import Limits

from .course import WRONG, notebook
from .memory import traced_peak

LONG = 60_000  # characters


@pytest.fixture
def answer(course, jail):
    """What a worker answers about a submission of three tasks, with a long story about it."""
    files = [File("e91_burgers.ipynb", notebook("e91", WRONG))]
    answer = as_dict(grade_submission("ada", files, jail, Limits(seconds=5))) | {"missing": []}
    answer["graded"]["notes"].append("x" * LONG)
    return answer


def grade_class(folder, learners, answer):
    """Grade a class of so many, as if a worker had given this answer about each: the jails take memory of their own."""

    def grade_here(requests, *, jobs):
        for request in requests:
            yield request, answer | {"graded": answer["graded"] | {"learner": request.learner}}

    submissions = folder / "submissions"
    submissions.mkdir(parents=True)
    for number in range(learners):
        (submissions / f"learner-{number:05}.ipynb").touch()
    with mock.patch.object(module, "grade_here", grade_here):
        return module.grade(submissions, folder / "results").graded


def test_results_are_not_kept_in_memory(tmp_path, answer):
    few, many = 30, 300
    _, small = traced_peak(grade_class, tmp_path, answer, size=few)
    graded, large = traced_peak(grade_class, tmp_path, answer, size=many)
    assert graded == many
    assert large - small < (many - few) * LONG / 4
