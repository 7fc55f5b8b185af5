"""The whole course at a look."""

from __future__ import annotations

import json

import pytest

from fwlab.grading import ProgressError, check, hint, progress, quiz, solution
from fwlab.grading.learner.progress_file import NAME
from fwlab.grading.learner.progress_table import merge_progress

from .conftest import run_cell
from .small_course import RIGHT

QUIZ = """
title = "Sums"
[[question]]
id = "one"
text = "1 + 1?"
option = [{text = "2", right = true, reason = "One more than one."}, {text = "3", reason = "That is one more."}]
[[question]]
id = "two"
text = "2 + 2?"
option = [{text = "4", right = true, reason = "Two more than two."}, {text = "5", reason = "That is one more."}]
"""


@pytest.fixture(autouse=True)
def sums(course):
    (course / "q50_sums.toml").write_text(QUIZ)


def states(table):
    return {row.name: row.state for row in table.rows}


def test_who_has_not_begun_sees_what_there_is(home):
    table = progress()
    assert states(table) == {"q50": "○ not begun", "e50": "○ not begun"}
    assert (table.points, table.out_of) == (0, 4)
    assert "0 of 4 points, 0 of 2 done" in str(table)
    assert not (home / NAME).exists()


def test_it_shows_points_hints_checks_and_solutions(home):
    hint("e50.2")
    check("e50", namespace=run_cell(RIGHT["e50.1"]))
    solution("e50.2", insist=True)
    quiz("q50", plain=False).answer(1, "b")
    [sums, numbers] = progress().rows
    assert (sums.state, sums.tasks, sums.checks) == ("◐ under way", "✗○", 1)
    assert (numbers.state, numbers.tasks, numbers.points, numbers.out_of) == ("◐ under way", "✓○", 2, 4)
    assert (numbers.hints, numbers.checks, numbers.solution) == (1, 1, "seen before it was right")


def test_what_is_done_is_done(home):
    check("e50", namespace=run_cell("\n".join(RIGHT.values())))
    for number in (1, 2):
        quiz("q50", plain=False).answer(number, "a")
    table = progress()
    assert states(table) == {"q50": "✓ done", "e50": "✓ done"}
    assert "4 of 4 points, 2 of 2 done" in str(table)


def test_a_notebook_shows_a_table_with_headings_and_a_caption(home):
    html = progress()._repr_html_()
    assert html.count('scope="col"') == 8
    assert html.count('scope="row"') == 2
    assert "<caption" in html


def test_what_is_broken_is_said_and_the_rest_is_shown(home, course):
    (course / "q50_sums.toml").write_text("title = 1")
    (course / "e51_bad.ipynb").write_text("{}")
    assert states(progress()) == {"q50": "⚠ broken", "e50": "○ not begun", "e51": "⚠ broken"}


def test_a_state_that_this_version_does_not_know_does_no_harm(home):
    best = {"state": "brilliant", "points": 1, "out_of": 2, "at": ""}
    (home / NAME).write_text(
        json.dumps({"fwlab_progress": 1, "exercises": {"e50": {"e50.1": {"best": best}}, "e9": {"e9.1": {}}}})
    )
    assert progress().points == 1


def test_another_machines_progress_is_taken_over(home, tmp_path):
    hint("e50.1")
    other = tmp_path / "from-my-laptop.json"
    best = {"state": "right", "points": 2, "out_of": 2, "at": "2026-01-01T00:00:00Z"}
    document = {"fwlab_progress": 1, "exercises": {"e50": {"e50.2": {"best": best}}}, "mood": "good"}
    other.write_text(json.dumps(document))
    table = merge_progress(other)
    assert (table.points, table.rows[1].hints) == (2, 1)
    assert merge_progress(other).to_dict() == table.to_dict() == progress().to_dict()
    assert json.loads((home / NAME).read_text())["mood"] == "good"
    assert json.loads(other.read_text()) == document


def test_what_is_no_progress_is_not_taken_over(home, tmp_path):
    with pytest.raises(ProgressError, match="does not exist"):
        merge_progress(tmp_path / "nowhere.json")
    (tmp_path / "other.json").write_text("[]")
    with pytest.raises(ProgressError, match="not a learner's progress"):
        merge_progress(tmp_path / "other.json")
