"""Every exercise of the course: starters are unattempted, right answers right, each mistake is told by its own name."""

from __future__ import annotations

import ast
import functools
import re

import pytest

from fwlab.grading.exercise import exercise_notebooks, find_exercise
from fwlab.grading.judge import Submission, judge
from fwlab.grading.verdict import State
from fwlab.grading.verify import Trial, busy_machine, shortcomings, trials

IN_REAL_TIME = {"e01"}  # its rendezvous shows in truth what virtual time models; the others cost nothing

load = functools.cache(find_exercise)
NAMES = list(exercise_notebooks())
TRIALS = [trial for name in NAMES for trial in trials(load(name))]


@functools.cache
def verdict_on(trial):
    return trial.verdict(load(trial.exercise))


every_exercise = pytest.mark.parametrize("name", NAMES)
every_trial = pytest.mark.parametrize("trial", TRIALS, ids=str)
every_wrong_answer = pytest.mark.parametrize(
    "trial", [trial for trial in TRIALS if trial.name.startswith("wrong/")], ids=str
)


@every_exercise
def test_nothing_is_missing(name):
    assert shortcomings(load(name)) == []


@every_trial
def test_every_answer_gets_its_verdict(trial):
    assert trial.problem(load(trial.exercise)) == ""


@pytest.mark.parametrize("trial", [trial for trial in TRIALS if trial.exercise not in IN_REAL_TIME], ids=str)
def test_a_second_verdict_is_the_same(trial):
    assert trial.verdict(load(trial.exercise)) == verdict_on(trial)


def test_on_a_busy_machine_the_verdicts_are_the_same():
    with busy_machine():
        for trial in TRIALS:
            if trial.exercise not in IN_REAL_TIME:  # for e01, see test_e01.py
                assert trial.problem(load(trial.exercise)) == ""


@every_wrong_answer
def test_a_message_is_no_traceback_of_ours_and_not_the_answer(trial):
    exercise = load(trial.exercise)
    verdict = verdict_on(trial)
    assert "fwlab/" not in verdict.seen
    assert "checks.py" not in verdict.seen
    answered = set(trial.source.splitlines())
    solution = {line.strip() for line in exercise.task(trial.task).solution.splitlines()}
    starter = {line.strip() for line in exercise.task(trial.task).starter.splitlines()}
    for line in solution - starter - {line.strip() for line in answered}:
        if len(line) > 8 and not re.fullmatch(r"import \w+|[^a-z]*", line):
            assert line not in verdict.seen
            assert line not in verdict.to_try


FUNCTIONS = [
    (name, task.id, function.name)
    for name in NAMES
    if name not in IN_REAL_TIME
    for task in load(name).tasks
    if "App()" not in task.solution
    for function in ast.parse(task.solution).body
    if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
]


@pytest.mark.parametrize("body", ["return 42", "return [1, 2, 3, 4]", "return object()", "import sys; sys.exit()"])
@pytest.mark.parametrize(("name", "task", "function"), FUNCTIONS)
def test_whatever_a_function_gives_back_it_is_not_right_and_no_check_fails_on_it(name, task, function, body):
    tree = ast.parse(load(name).task(task).solution)
    [changed] = [node for node in tree.body if getattr(node, "name", "") == function]
    changed.body = ast.parse(body).body
    verdict = Trial(name, task, "odd", ast.unparse(tree), None).verdict(load(name))
    assert verdict.state is not State.RIGHT
    assert "None of your lines" not in verdict.seen
    assert verdict.to_try


@every_exercise
def test_no_hint_is_the_answer(name):
    for task in load(name).tasks:
        starter = {line.strip() for line in task.starter.splitlines()}
        for line in {line.strip() for line in task.solution.splitlines()} - starter:
            if len(line) > 20:
                assert not any(line in hint for hint in task.hints)


@every_exercise
def test_an_empty_notebook_is_unattempted(name):
    verdict = judge(load(name), Submission({}), seconds=10)
    assert verdict.state is State.UNATTEMPTED
    assert verdict.points == 0
