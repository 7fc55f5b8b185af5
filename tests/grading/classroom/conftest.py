"""A course of the tests' own, and a jail to run its submissions in."""

from __future__ import annotations

from pathlib import Path

import pytest

from fwlab.course import COURSE_VARIABLE
from fwlab.grading.classroom.jailed import judge_in_jail
from fwlab.grading.exercise import find_exercise
from fwlab.grading.jail.jail import Jail
from fwlab.grading.jail.limits import Limits
from fwlab.grading.notebook import parsed_notebook

from .course import notebook, write_course


@pytest.fixture(scope="session")
def course_of_burgers(tmp_path_factory):
    return write_course(tmp_path_factory.mktemp("course"))


@pytest.fixture
def course(course_of_burgers, monkeypatch):
    monkeypatch.setenv(COURSE_VARIABLE, str(course_of_burgers))
    return course_of_burgers


@pytest.fixture(scope="session")
def jail():
    with Jail() as one:
        yield one


@pytest.fixture
def verdict_on(course, jail):
    """The verdict on a notebook that runs in a jail."""

    def judge(answers=None, *, before=(), seconds=5.0, exercise="e91", limits=None):
        data = notebook(exercise, answers, before=before)
        handed_in = parsed_notebook(Path("handed-in.ipynb"), data)
        return judge_in_jail(handed_in, find_exercise(exercise), jail, limits or Limits(seconds=seconds))

    return judge
