"""A task's points and nothing else, for other graders' test cells: nbgrader and otter ask with one call."""

from __future__ import annotations

import contextlib
import io
import sys
import warnings
from collections.abc import Mapping
from typing import Any

from fwlab.grading.check import TIME_LIMIT
from fwlab.grading.exercise import find_exercise
from fwlab.grading.judge import Submission, judge


def points(
    task: str, *, namespace: Mapping[str, Any] | None = None, time_limit: float = TIME_LIMIT, show: bool = False
) -> int:
    """Judge one task by what the cells above have defined, and return its points.

    What the answer itself prints goes to nobody: nbgrader takes a test cell that writes to stderr for wrong, and a
    correct answer may warn.

    Args:
        task: such as ``"e01.1"``.
        namespace: the names to judge. Default: the global names where it is called.
        time_limit: seconds.
        show: print the verdict, for whoever reads the graded notebook. Otter wants a test that prints nothing.

    Raises:
        UnknownExerciseError: the course has no such task.

    Example:
        >>> points("e01.1", namespace={})
        0
    """
    names = sys._getframe(1).f_globals if namespace is None else namespace
    exercise = find_exercise(task.partition(".")[0]).only(task)
    silence = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stderr(silence), contextlib.redirect_stdout(silence):
        warnings.simplefilter("ignore")
        verdict = judge(exercise, Submission(names), seconds=time_limit)
    if show:
        print(*verdict.tasks, sep="\n")
    return verdict.points
