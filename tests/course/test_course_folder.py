"""Where the course is: in a checkout, elsewhere by choice, or nowhere, and then the message says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from fwlab import course
from fwlab.course import COURSE_VARIABLE, CourseError, course_folder
from fwlab.exceptions import FwlabError


def make_course(folder):
    (folder / "notebooks").mkdir(parents=True)
    (folder / "exercises").mkdir()
    return folder


def test_in_a_checkout_it_is_the_top_folder(monkeypatch):
    monkeypatch.delenv(COURSE_VARIABLE, raising=False)
    assert course_folder() == Path(__file__).parents[2]


def test_in_an_installed_package_it_is_inside(monkeypatch, tmp_path):
    monkeypatch.delenv(COURSE_VARIABLE, raising=False)
    package = tmp_path / "site-packages" / "fwlab" / "course"
    monkeypatch.setattr(course, "_HERE", package)
    assert make_course(package / "content") == course_folder()


def test_another_course_may_be_named(monkeypatch, tmp_path):
    monkeypatch.setenv(COURSE_VARIABLE, str(make_course(tmp_path)))
    assert course_folder() == tmp_path


def test_a_wrong_name_is_an_error_that_tells_the_mend(monkeypatch, tmp_path):
    monkeypatch.setenv(COURSE_VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(CourseError, match="correct FWLAB_COURSE") as error:
        course_folder()
    assert "nowhere" in str(error.value)
    assert isinstance(error.value, FwlabError)


def test_a_course_that_is_nowhere_is_an_error_that_tells_the_mend(monkeypatch, tmp_path):
    monkeypatch.delenv(COURSE_VARIABLE, raising=False)
    monkeypatch.setattr(course, "_HERE", tmp_path / "fwlab" / "course")
    with pytest.raises(CourseError, match="set FWLAB_COURSE"):
        course_folder()
