"""The grader's memory does not grow with the class: results go to the disk, and come from there one after the other."""

from __future__ import annotations

import pytest

from fwlab.grading.classroom import grade as module
from fwlab.grading.classroom.graded import grade_submission
from fwlab.grading.classroom.submissions import File
from fwlab.grading.classroom.worker import as_dict
from fwlab.grading.jail.limits import Limits

from .course import WRONG, notebook

LONG = 60_000  # characters


@pytest.fixture
def answer(course, jail):
    """What a worker answers about a submission of three tasks, with a long story about it."""
    files = [File("e91_burgers.ipynb", notebook("e91", WRONG))]
    answer = as_dict(grade_submission("ada", files, jail, Limits(seconds=5))) | {"missing": []}
    answer["graded"]["notes"].append("x" * LONG)
    return answer


@pytest.fixture
def peak_of_a_class(tmp_path, monkeypatch, answer, traced_peak):
    """The most bytes that this process allocates while a class of so many is graded, the jails aside."""

    def grade_here(requests, *, jobs):
        for request in requests:
            yield request, answer | {"graded": answer["graded"] | {"learner": request.learner}}

    monkeypatch.setattr(module, "grade_here", grade_here)

    def grade(learners):
        submissions = tmp_path / f"{learners} submissions"
        submissions.mkdir()
        for number in range(learners):
            (submissions / f"learner-{number:05}.ipynb").touch()
        return traced_peak(lambda: module.grade(submissions, tmp_path / f"{learners} results"))

    return grade


def test_results_are_not_kept_in_memory(peak_of_a_class):
    few, many = 30, 300
    peak_of_a_class(10)  # what is loaded and remembered once
    _, small = peak_of_a_class(few)
    done, large = peak_of_a_class(many)
    assert done.graded == many
    assert large - small < (many - few) * LONG / 4
