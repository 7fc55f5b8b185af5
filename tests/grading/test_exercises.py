"""Every exercise of the course: starters are unattempted, right answers right, each mistake is told by its own name."""

from __future__ import annotations

import ast
import functools
import gc
import re
import warnings

import pytest

from fwlab.grading.exercise import exercise_notebooks, find_exercise
from fwlab.grading.judge import Submission, judge
from fwlab.grading.verdict import State
from fwlab.grading.verify import Trial, shortcomings, trials

# What an answer leaves open, such as a loop of its own when its time is up, is its own fault, and is found by chance.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")

IN_REAL_TIME = {"e01"}  # its rendezvous shows in truth what virtual time models; the others cost nothing

load = functools.cache(find_exercise)
NAMES = list(exercise_notebooks())
TRIALS = [trial for name in NAMES for trial in trials(load(name))]
MISTAKES = [trial for trial in TRIALS if trial.name.startswith("wrong/")]
FIRST_MISTAKES = list({trial.task: trial for trial in reversed(MISTAKES)}.values())

every_exercise = pytest.mark.parametrize("name", NAMES)


@every_exercise
def test_nothing_is_missing(name):
    assert shortcomings(load(name)) == []


@pytest.mark.parametrize("trial", TRIALS, ids=str)
def test_every_answer_gets_its_verdict(trial):
    """And its message is no traceback of ours, nor the answer."""
    exercise = load(trial.exercise)
    verdict = trial.verdict(exercise)
    assert trial.objection(verdict) == ""
    if trial in MISTAKES:
        assert "fwlab/" not in verdict.seen
        assert "checks.py" not in verdict.seen
        task = exercise.task(trial.task)
        for line in lines(task.solution) - lines(task.starter) - lines(trial.source):
            if len(line) > 8 and not re.fullmatch(r"import \w+|[^a-z]*", line):
                assert line not in verdict.seen
                assert line not in verdict.to_try


def lines(source):
    return {line.strip() for line in source.splitlines()}


@pytest.mark.parametrize("trial", [trial for trial in FIRST_MISTAKES if trial.exercise not in IN_REAL_TIME], ids=str)
def test_a_second_verdict_is_the_same_to_the_letter(trial):
    assert trial.verdict(load(trial.exercise)) == trial.verdict(load(trial.exercise))


FUNCTIONS = [
    (name, task.id, function.name)
    for name in NAMES
    if name not in IN_REAL_TIME
    for task in load(name).tasks
    if "App()" not in task.solution
    for function in ast.parse(task.solution).body
    if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    and not function.decorator_list  # of a handler, what it gives back is the framework's matter
]


ODD_BODIES = ["return 42", "return [1, 2, 3, 4]", "return object()", "import sys; sys.exit()"]
# Each function gets one at each change, the next function the next, and all of them in `make verify`.
AT_EACH_CHANGE = {(*function, ODD_BODIES[number % 4]) for number, function in enumerate(FUNCTIONS)}
ODD = [
    pytest.param(*function, body, marks=() if (*function, body) in AT_EACH_CHANGE else pytest.mark.exhaustive)
    for function in FUNCTIONS
    for body in ODD_BODIES
]


@pytest.mark.parametrize(("name", "task", "function", "body"), ODD)
def test_whatever_a_function_gives_back_it_is_not_right_and_no_check_fails_on_it(name, task, function, body):
    tree = ast.parse(load(name).task(task).solution)
    [changed] = [node for node in tree.body if getattr(node, "name", "") == function]
    changed.body = ast.parse(body).body
    with warnings.catch_warnings():
        # Of a program that ends, anyio has tasks that never began, and does not await what they were to run.
        warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
        verdict = Trial(name, task, "odd", ast.unparse(tree), None).verdict(load(name))
        gc.collect()
    assert verdict.state is not State.RIGHT
    assert "None of your lines" not in verdict.seen
    assert verdict.to_try


@every_exercise
def test_no_hint_is_the_answer(name):
    for task in load(name).tasks:
        for line in lines(task.solution) - lines(task.starter):
            if len(line) > 20:
                assert not any(line in hint for hint in task.hints)


@every_exercise
def test_an_empty_notebook_is_unattempted(name):
    verdict = judge(load(name), Submission({}), seconds=10)
    assert verdict.state is State.UNATTEMPTED
    assert verdict.points == 0
