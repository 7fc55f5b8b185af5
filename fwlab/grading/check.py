"""The two ways to ask for a verdict: from a cell about the names around it, and about a notebook as a file."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fwlab.grading.apart import judge_apart
from fwlab.grading.exercise import find_exercise
from fwlab.grading.judge import Submission, judge
from fwlab.grading.learner.progress_file import progress_path
from fwlab.grading.learner.remembered import remembered
from fwlab.grading.notebook import read_notebook
from fwlab.grading.report import Report
from fwlab.grading.timelimit import is_limited
from fwlab.grading.verdict import Verdict
from fwlab.lab.runs.prediction import guesses_wait
from fwlab.lab.translation import gettext, speaking

TIME_LIMIT = 10.0
"""Seconds that each task's checks may take."""


def check(exercise: str, *, namespace: Mapping[str, Any] | None = None, time_limit: float = TIME_LIMIT) -> Verdict:
    """Judge an exercise by what the learner's cells have defined. A plain call: in a cell, it needs no ``await``.

    The learner's progress file remembers what came of it; see :func:`~fwlab.grading.progress`.

    Args:
        exercise: such as ``"e01"``, or one of its tasks alone, such as ``"e01.1"``.
        namespace: the names to judge. Default: the global names where it is called.
        time_limit: seconds for each task.

    Returns:
        The verdict, which a notebook displays.

    Raises:
        UnknownExerciseError: the course has no such exercise.

    Example:
        >>> check("e01", namespace={}).state.value
        'unattempted'
    """
    names = sys._getframe(1).f_globals if namespace is None else namespace
    name, _, number = exercise.partition(".")
    found = find_exercise(name).only(exercise) if number else find_exercise(name)
    if is_limited():  # the call stands in a cell that a check is running once more
        return Verdict(found.id, found.title, (), (gettext("not judged: this is a part of a check"),))
    with guesses_wait():
        verdict = judge(found, Submission(names), seconds=time_limit)
    return remembered(verdict, progress_path())


def check_notebook(path: str | Path, *, time_limit: float = TIME_LIMIT) -> Report:
    """Run a learner's notebook in a process of its own, and judge it there.

    Cells that check, and those to play with, are not run. Of a notebook in another language the report is in that one.

    Args:
        path: the notebook.
        time_limit: seconds for its cells together, and for each task.

    Raises:
        NotebookError: it is not a notebook of an exercise.
        UnknownExerciseError: the course has no exercise of the name in it.
    """
    notebook = read_notebook(Path(path))
    with speaking(notebook.language):
        exercise = find_exercise(notebook.exercise)
        return Report(notebook.path, judge_apart(notebook, exercise, seconds=time_limit), notebook.language)
