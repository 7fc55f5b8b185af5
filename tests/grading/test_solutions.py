"""A solution is shown when the learner's own answer is right; or on insistence, which is remembered."""

from __future__ import annotations

from fwlab.grading import check, solution
from fwlab.grading.learner.progress_file import NAME

from .conftest import run_cell
from .small_course import RIGHT


def test_before_the_answer_is_right_it_is_held_back_and_says_what_helps(home):
    said = str(solution("e50"))
    assert "return 2 * n" not in said
    assert "e50.1 Double is not right yet" in said
    assert '`hint("e50.1")` has 2 more' in said
    assert '`solution("e50.1", insist=True)`' in said
    assert not (home / NAME).exists()


def test_it_is_shown_for_what_is_right(home, remembered):
    check("e50", namespace=run_cell(RIGHT["e50.1"]))
    said = str(solution("e50"))
    assert RIGHT["e50.1"] in said
    assert RIGHT["e50.2"] not in said
    assert "e50.2 Halve is not right yet" in said
    assert remembered()["exercises"]["e50"]["e50.1"]["solution"]["insisted"] is False


def test_insistence_shows_it_and_is_remembered(home, remembered):
    said = str(solution("e50.2", insist=True))
    assert RIGHT["e50.2"] in said
    assert RIGHT["e50.1"] not in said
    assert remembered()["exercises"]["e50"]["e50.2"]["solution"]["insisted"] is True
    check("e50", namespace=run_cell(RIGHT["e50.2"]))
    solution("e50.2")
    assert remembered()["exercises"]["e50"]["e50.2"]["solution"]["insisted"] is True, "also when it is right later"


def test_whose_answer_was_right_once_sees_it_also_when_a_later_one_is_not(home):
    check("e50", namespace=run_cell(RIGHT["e50.1"]))
    check("e50", namespace=run_cell("def double(n):\n    return 0"))
    assert RIGHT["e50.1"] in str(solution("e50.1"))


def test_a_notebook_shows_it_as_code_that_does_nothing_by_itself(home):
    html = solution("e50.2", insist=True)._repr_html_()
    assert "<pre" in html
    assert "return n / 2" in html
