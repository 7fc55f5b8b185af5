"""Grading: exercises that are judged by what the learner's app does, not by how its source looks.

Learners call :func:`check` in a cell, and ``fwlab check`` calls :func:`check_notebook`. Authors write an exercise's
``checks.py`` with the rest: :func:`task` and :class:`Finding`, and for experiments :func:`observe` and
:class:`Rendezvous`; each has an example in its own description.
"""

from __future__ import annotations

from fwlab.grading.answer import Answer
from fwlab.grading.check import check, check_notebook
from fwlab.grading.errors import ExerciseError, GradingError, NotebookError, UnknownExerciseError
from fwlab.grading.experiment import Observation, Reply, observe
from fwlab.grading.failure import Failure
from fwlab.grading.finding import Finding
from fwlab.grading.rendezvous import Rendezvous
from fwlab.grading.report import Report
from fwlab.grading.task import Task, task
from fwlab.grading.verdict import State, TaskVerdict, Verdict

__all__ = [
    "Answer",
    "ExerciseError",
    "Failure",
    "Finding",
    "GradingError",
    "NotebookError",
    "Observation",
    "Rendezvous",
    "Reply",
    "Report",
    "State",
    "Task",
    "TaskVerdict",
    "UnknownExerciseError",
    "Verdict",
    "check",
    "check_notebook",
    "observe",
    "task",
]
