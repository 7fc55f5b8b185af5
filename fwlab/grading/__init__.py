"""Grading: exercises that are judged by what the learner's app does, not by how its source looks.

Learners call :func:`check` in a cell, and around it :func:`hint`, :func:`solution`, :func:`reset`, :func:`progress`,
:func:`quiz` and :func:`predict`; ``fwlab check`` calls :func:`check_notebook`. Authors write an exercise's
``checks.py`` with the rest: :func:`task`, and an experiment in virtual time, :func:`record` or
:func:`record_requests`; of what it saw they claim things (:func:`overlaps`, :func:`takes`, …), and where a claim does
not hold, :func:`when` and ``fwlab.grading.misconceptions`` tell the mistake. :func:`observe` and :class:`Rendezvous`
are for what needs real time. Each has an example in its own description.
"""

from __future__ import annotations

from fwlab.grading.answer import Answer
from fwlab.grading.check import check, check_notebook
from fwlab.grading.claim import Claim, all_of, any_of, not_, when
from fwlab.grading.claims import (
    blocks_loop,
    cancelled_on_disconnect,
    lane_of,
    limiter_respected,
    max_in_flight,
    no_leaked_tasks,
    order,
    overlaps,
    responds,
    takes,
    threads_used,
)
from fwlab.grading.errors import ExerciseError, GradingError, NotebookError, UnknownExerciseError
from fwlab.grading.experiment import Observation, observe
from fwlab.grading.failure import Failure
from fwlab.grading.finding import Finding
from fwlab.grading.guesses import Guesses, Said, guesses_in
from fwlab.grading.learner.hints import hint
from fwlab.grading.learner.progress_file import ProgressError
from fwlab.grading.learner.progress_table import progress
from fwlab.grading.learner.solutions import solution
from fwlab.grading.learner.starting_over import reset
from fwlab.grading.points import points
from fwlab.grading.questions.predict import predict
from fwlab.grading.questions.quiz import quiz
from fwlab.grading.questions.sheet import AnswerError
from fwlab.grading.record import Ask, record, record_requests
from fwlab.grading.recording import Hold, Recording
from fwlab.grading.rendezvous import Rendezvous
from fwlab.grading.reply import Reply
from fwlab.grading.report import Report
from fwlab.grading.task import Task, task
from fwlab.grading.verdict import State, TaskVerdict, Verdict

__all__ = [
    "Answer",
    "AnswerError",
    "Ask",
    "Claim",
    "ExerciseError",
    "Failure",
    "Finding",
    "GradingError",
    "Guesses",
    "Hold",
    "NotebookError",
    "Observation",
    "ProgressError",
    "Recording",
    "Rendezvous",
    "Reply",
    "Report",
    "Said",
    "State",
    "Task",
    "TaskVerdict",
    "UnknownExerciseError",
    "Verdict",
    "all_of",
    "any_of",
    "blocks_loop",
    "cancelled_on_disconnect",
    "check",
    "check_notebook",
    "guesses_in",
    "hint",
    "lane_of",
    "limiter_respected",
    "max_in_flight",
    "no_leaked_tasks",
    "not_",
    "observe",
    "order",
    "overlaps",
    "points",
    "predict",
    "progress",
    "quiz",
    "record",
    "record_requests",
    "reset",
    "responds",
    "solution",
    "takes",
    "task",
    "threads_used",
    "when",
]
