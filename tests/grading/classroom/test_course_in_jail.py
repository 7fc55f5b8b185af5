"""The course's own exercises in a jail: the verdict is the one that `check` gives, and nothing secret gets in."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from fwlab.grading.build import learners_notebook
from fwlab.grading.classroom.jailed import checks_of, judge_in_jail
from fwlab.grading.exercise import exercise_notebooks, find_exercise
from fwlab.grading.jail.limits import Limits
from fwlab.grading.notebook import parsed_notebook, read_notebook
from fwlab.grading.verify import trials

EXERCISES = sorted(exercise_notebooks())
TRIALS = [trial for name in EXERCISES for trial in trials(find_exercise(name))]


FIRST_MISTAKES = {trial.task: trial for trial in reversed(TRIALS) if trial.name.startswith("wrong/")}
SOLUTIONS = {trial.task: trial for trial in TRIALS if trial.name == "solution"}


@pytest.mark.parametrize(
    ("name", "answers"),
    [pytest.param(name, (SOLUTIONS, FIRST_MISTAKES)[number % 2], id=name) for number, name in enumerate(EXERCISES)],
)
def test_answers_get_the_verdict_in_a_jail_that_they_get_here(name, answers, jail):
    compare([answers[task.id] for task in find_exercise(name).tasks], jail)


@pytest.mark.exhaustive
@pytest.mark.parametrize("trial", TRIALS, ids=str)
def test_each_answer_gets_the_verdict_in_a_jail_that_it_gets_here(trial, jail):
    compare([trial], jail)


def compare(answers, jail):
    """Hand in a notebook with these answers to an exercise, and hold each verdict to the one from here."""
    exercise = find_exercise(answers[0].exercise)
    sources = {trial.task: trial.source for trial in answers}
    handed_in = json.loads(learners_notebook(exercise.path))
    for cell in handed_in["cells"]:
        ours = cell["metadata"].get("fwlab", {})
        if ours.get("role") == "starter" and ours["task"] in sources:
            cell["source"] = sources[ours["task"]]
    notebook = parsed_notebook(Path("mine.ipynb"), json.dumps(handed_in).encode())
    verdict = judge_in_jail(notebook, exercise, jail, Limits(seconds=20))
    told = {task.task: task for task in verdict.tasks}
    for trial in answers:
        here, there = trial.verdict(exercise), told[trial.task]
        assert (there.state, there.points, there.diagnosis) == (here.state, here.points, here.diagnosis), there.seen
        assert there.seen == here.seen
    assert verdict.notes == ()


@pytest.mark.parametrize("name", EXERCISES)
def test_only_experiments_go_to_the_learners_process(name):
    sent = checks_of(find_exercise(name)).experiments
    functions = [node for node in ast.walk(ast.parse(sent)) if isinstance(node, ast.FunctionDef)]
    decorators = [ast.unparse(decorator) for function in functions for decorator in function.decorator_list]
    assert not [text for text in decorators if ".expect" in text or ".diagnose" in text]
    assert "Guesses(" not in sent
    assert ".expect(" not in sent


def test_hidden_checks_judge_and_stay_with_the_judge():
    hidden = {name: hidden_checks(find_exercise(name).path) for name in EXERCISES}
    assert sum(map(bool, hidden.values())) >= 2
    for name, functions in hidden.items():
        exercise = find_exercise(name)
        outside = checks_of(exercise).experiments + learners_notebook(exercise.path)
        assert not [function for function in functions if function in outside]


def hidden_checks(path):
    """The names of the functions in a notebook's hidden checks."""
    sources = [cell.source for cell in read_notebook(path).cells if cell.role == "hidden check"]
    statements = [statement for source in sources for statement in ast.parse(source).body]
    return [statement.name for statement in statements if isinstance(statement, ast.FunctionDef)]
