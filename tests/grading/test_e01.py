"""The first exercise: what is right passes, always; each mistake is told by its own name, everywhere."""

from __future__ import annotations

import functools
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

from fwlab.grading import State, check
from fwlab.grading.verify import busy_machine

from .conftest import E01, SOLUTION, STARTER, WRONG, diagnosis_of, handler, judge_cell, run_cell, thinned

ALTERNATIVES = {path.stem: path.read_text() for path in (E01 / "right").glob("*.py") if "e01.1" in path.read_text()} | {
    "plain def": handler('return {"item": item, "pieces": ask_supplier(item)}', kind="def"),
    "another name": SOLUTION.replace("def stock", "def how_many_are_left"),
}

MISTAKES = {diagnosis_of(wrong): wrong for wrong in WRONG}
"""A wrong answer for each diagnosis that there is."""
TYPICAL = [path for path in WRONG if path.stem in ("still_blocking", "lock", "forgotten_await")]

wrong_answers = pytest.mark.parametrize("wrong", WRONG, ids=lambda path: path.stem)
mistakes = pytest.mark.parametrize("wrong", MISTAKES.values(), ids=MISTAKES)
typical_answers = pytest.mark.parametrize("wrong", thinned(WRONG, TYPICAL), ids=lambda path: path.stem)


@functools.cache
def verdict_on(path):
    return judge_cell(path.read_text())


def test_the_solution_is_right():
    task = judge_cell(SOLUTION)
    assert (task.state, task.points, task.out_of) == (State.RIGHT, 2, 2)
    assert task.seen == task.to_try == task.diagnosis == ""


def test_the_solution_is_right_as_a_notebook(judge_notebook):
    assert judge_notebook(SOLUTION).state is State.RIGHT


@pytest.mark.parametrize("answer", ALTERNATIVES.values(), ids=ALTERNATIVES)
def test_every_right_answer_is_right(answer):
    assert judge_cell(answer).state is State.RIGHT


def test_the_starter_is_unattempted():
    task = judge_cell(STARTER)
    assert (task.state, task.points) == (State.UNATTEMPTED, 0)


def test_the_starter_is_unattempted_as_a_notebook(judge_notebook):
    assert judge_notebook().state is State.UNATTEMPTED


@wrong_answers
def test_every_wrong_answer_gets_its_own_diagnosis(wrong):
    task = verdict_on(wrong)
    assert task.diagnosis == diagnosis_of(wrong)
    assert task.state is (State.PARTLY_DONE if task.diagnosis == "they-queue" else State.WRONG)
    assert task.points < task.out_of
    assert task.seen
    assert task.to_try


@typical_answers
def test_a_wrong_answer_gets_its_own_diagnosis_as_a_notebook(wrong, judge_notebook):
    assert judge_notebook(wrong.read_text()) == verdict_on(wrong)


def test_there_are_six_different_mistakes_at_least():
    assert len(MISTAKES) >= 6


@mistakes
def test_no_message_gives_the_answer_away(wrong):
    task = verdict_on(wrong)
    for spoiler in ("to_thread", "plain `def`", "`def`", "run_sync("):
        assert spoiler not in task.to_try
    if task.diagnosis != "a-loop-inside-the-loop":  # that one quotes the learner's own line
        assert "to_thread" not in task.seen


def test_the_line_that_held_the_loop_is_quoted():
    task = judge_cell(handler('pieces = ask_supplier(item)  # slow\nreturn {"item": item, "pieces": pieces}'))
    assert task.diagnosis == "the-loop-is-held"
    assert "of stock: pieces = ask_supplier(item)  # slow" in task.seen


def test_a_learner_who_raises_sees_their_own_lines_only():
    task = judge_cell(handler("pieces = await asyncio.to_thread(ask_supplier, item)\nreturn pieces / 0"))
    assert task.state is State.ERROR
    assert "return pieces / 0\nZeroDivisionError: division by zero" in task.seen
    assert "fwlab" not in task.seen


def test_of_a_forgotten_await_that_is_ignored_too_the_name_is_told():
    task = judge_cell(
        handler('asyncio.sleep(0)\npieces = await asyncio.to_thread(ask_supplier, item)\nreturn {"pieces": pieces}')
    )
    assert task.diagnosis == "never-awaited"
    assert "5 times `sleep` was called" in task.seen


def test_wrong_pieces_are_told_with_what_was_expected():
    task = judge_cell(handler('return {"item": item, "pieces": ask_supplier(item) + 1}', kind="def"))
    assert task.diagnosis == "every-answer-is-right"
    assert "where the shop expects" in task.seen


def test_what_is_no_application_is_wrong():
    task = judge_cell(SOLUTION + "\napp = 42\n")
    assert task.state is State.WRONG
    assert "`app` is of type int" in task.seen


@typical_answers
def test_a_second_check_says_the_same(wrong):
    namespace = run_cell(wrong.read_text())
    assert check("e01.1", namespace=namespace) == check("e01.1", namespace=namespace)


def test_on_a_busy_machine_the_verdicts_are_the_same():
    """Of every answer, and in every order, `make verify` holds it, by `fwlab exercises verify --busy`."""
    with busy_machine():
        assert judge_cell(SOLUTION).state is State.RIGHT
        for wrong in TYPICAL:
            assert judge_cell(wrong.read_text()).diagnosis == diagnosis_of(wrong)


def test_the_notebook_runs_from_top_to_bottom_and_its_check_cell_gives_the_verdict(hand_in):
    notebook = nbformat.read(hand_in(SOLUTION), as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    checks = [cell for cell in notebook.cells if cell.metadata["fwlab"]["role"] == "check"]
    assert len(checks) == 3
    for cell in checks:
        assert "right, 2 of 2 points" in cell.outputs[-1]["data"]["text/plain"]


def test_the_checks_hold_also_without_asserts():
    script = (
        "from fwlab.grading import check\n"
        "import linecache, pathlib\n"
        f"source = pathlib.Path({str(E01 / 'wrong' / 'asked_twice.py')!r}).read_text()\n"
        "names = {}\n"
        "exec(source, names)\n"
        "print(check('e01.1', namespace=names).tasks[0].diagnosis)\n"
    )
    done = subprocess.run([sys.executable, "-O", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "the-supplier-is-asked-once-a-request"


def test_the_verdict_draws_what_virtual_time_sees_of_it():
    [blocking] = [path for path in WRONG if path.stem == "still_blocking"]
    task = verdict_on(blocking)
    assert "▓ the loop is held" in task.timelines
    assert "ask supplier for bun" in task.timelines
    assert task.picture.startswith("<svg")


def test_what_virtual_time_cannot_model_is_not_drawn():
    [own_threads] = [path for path in WRONG if path.stem == "waits_for_thread"]
    assert verdict_on(own_threads).timelines == ""
