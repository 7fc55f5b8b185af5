"""What `fwlab exercises verify` holds exercises to: each way in which one can fall short is told."""

from __future__ import annotations

import subprocess
import sys

import pytest

from fwlab.grading import ExerciseError
from fwlab.grading.build import build
from fwlab.grading.exercise import find_exercise
from fwlab.grading.verify import shortcomings, trials, verify

from .small_course import RIGHT, STARTERS, cell, cells_of_e50, write_notebook


@pytest.fixture
def complete(course):
    """The small course with all that an exercise has to have."""
    cells = cells_of_e50()
    cells += [cell("hint", f"The last hint of {name}.", kind="markdown", task=name) for name in STARTERS]
    write_notebook(course / "e50_numbers.ipynb", cells)
    (course / "e50_numbers" / "wrong").mkdir()
    for n in range(4):
        add(course, f"double_{n}", "e50.1", "it-doubles", f"def double(n):\n    return {n}")
        add(course, f"half_{n}", "e50.2", "it-halves", f"def half(n):\n    return {n + 7}")
    build(course.parent / "practice")
    return course


def add(course, name, task, diagnosis, source, folder="wrong"):
    (course / "e50_numbers" / folder).mkdir(exist_ok=True)
    head = f"# task: {task}\n" + (f"# diagnosis: {diagnosis}\n" if diagnosis else "")
    (course / "e50_numbers" / folder / f"{name}.py").write_text(f"{head}{source}\n")


def test_a_complete_exercise_is_as_it_should_be(complete):
    assert verify(["e50"]) == []
    assert verify(["e50"], times=1, busy=True, seed=7) == []
    assert len(trials(find_exercise("e50"))) == 12


def test_an_incomplete_exercise_is_told_what_it_lacks(course):
    said = " ".join(shortcomings(find_exercise("e50")))
    assert "e50.1 has 2 hints" in said
    assert "e50.2 has 0 wrong answers" in said
    assert "run `fwlab exercises build`" in said


def test_no_solution_and_a_solution_that_is_the_starter_are_told(course):
    without = [made for made in cells_of_e50() if made["metadata"]["fwlab"]["role"] != "solution"]
    write_notebook(course / "e50_numbers.ipynb", [*without, cell("solution", STARTERS["e50.2"], task="e50.2")])
    said = " ".join(shortcomings(find_exercise("e50")))
    assert "e50.1 has no solution" in said
    assert "e50.2: the solution is the starter" in said


def test_two_tasks_that_ask_for_the_same_name_are_told(course):
    cells = cells_of_e50()
    [half] = [made for made in cells if made["source"] == STARTERS["e50.2"]]
    half["source"] = f"{STARTERS['e50.2']}\n\n{STARTERS['e50.1']}"
    write_notebook(course / "e50_numbers.ipynb", cells)
    assert "e50.1 and e50.2 both ask for `double`" in " ".join(shortcomings(find_exercise("e50")))


@pytest.mark.parametrize(
    ("task", "diagnosis", "source", "folder", "said"),
    [
        ("e50.1", "it-doubles", RIGHT["e50.1"], "wrong", "right, and it is a wrong answer"),
        ("e50.1", "another-one", "def double(n):\n    return 9", "wrong", "it-doubles, and it must be another-one"),
        ("e50.1", "", "def double(n):\n    return 9", "right", "wrong, and it must be right"),
        ("e50.1", "it-doubles", "1 / 0", "wrong", "the answer itself raised ZeroDivisionError"),
        ("e50.1", "it-doubles", "def double(n):\n    return {}[n]", "wrong", "no diagnosis, and it must be it-doubles"),
    ],
)
def test_a_verdict_that_is_not_the_one_is_told(complete, task, diagnosis, source, folder, said):
    add(complete, "one_more", task, diagnosis, source, folder)
    [problem] = verify(["e50"])
    assert said in problem
    assert f"e50.1 {folder}/one_more" in problem


def test_an_answer_that_does_not_say_what_it_is_is_refused(complete):
    (complete / "e50_numbers" / "wrong" / "odd.py").write_text("double = 1\n")
    with pytest.raises(ExerciseError, match=r"odd\.py does not say which task"):
        verify(["e50"])
    add(complete, "odd", "e50.1", "", "double = 1")
    with pytest.raises(ExerciseError, match=r"odd\.py does not say what it must be told"):
        verify(["e50"])


def fwlab(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "fwlab", "exercises", *arguments], capture_output=True, text=True, timeout=120
    )


def test_the_command_says_what_is_wrong_in_its_exit_status(complete, tmp_path):
    said = fwlab("verify", "e50", "--times", "1")
    assert (said.returncode, said.stdout) == (0, "e50: as it should be\n")
    add(complete, "odd", "e50.1", "another-one", "def double(n):\n    return 9")
    said = fwlab("verify")
    assert said.returncode == 1
    assert "it must be another-one" in said.stdout
    said = fwlab("verify", "e77")
    assert (said.returncode, said.stdout) == (2, "")
    assert "no exercise 'e77'" in said.stderr
    assert fwlab("build", "--out", str(tmp_path / "made")).stdout == f"{tmp_path / 'made' / 'e50_numbers.ipynb'}\n"
