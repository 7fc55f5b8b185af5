"""Judging a notebook in a process of its own: whatever its code does, the process that asked lives on.

The verdict comes back through a pipe that is used for nothing else, so what the notebook prints cannot be taken for it.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from fwlab.course import COURSE_VARIABLE, course_folder
from fwlab.grading.learner.progress_file import PROGRESS_VARIABLE
from fwlab.grading.verdict import State, TaskVerdict, Verdict
from fwlab.lab.translation import LANGUAGE_VARIABLE, gettext, language

if TYPE_CHECKING:
    from fwlab.grading.exercise import Exercise
    from fwlab.grading.notebook import Notebook

_START_UP = 60.0  # seconds that a process may take to begin and to end, on a slow machine
_LONGEST_VERDICT = 10_000_000  # bytes


def judge_apart(notebook: Notebook, exercise: Exercise, *, seconds: float) -> Verdict:
    """Run and judge a notebook in a new process, and end that process with all that it started.

    Args:
        notebook: the learner's.
        exercise: the one that it is of.
        seconds: the limit on time for its cells together, and for each task.
    """
    path = notebook.path.resolve()
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        try:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "fwlab.grading.child", str(path), str(writing), str(seconds)],
                cwd=path.parent,
                env=os.environ
                | {
                    COURSE_VARIABLE: str(course_folder().resolve()),
                    PROGRESS_VARIABLE: "off",
                    LANGUAGE_VARIABLE: language(),
                },
                pass_fds=[writing],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        finally:
            os.close(writing)
        try:
            limit = _START_UP + seconds * (1 + len(exercise.tasks))
            line = _read_line(pipe.fileno(), time.monotonic() + limit)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if line is None:
        return _same_for_all(
            exercise, State.TIMED_OUT, gettext("After {seconds:g} s the notebook had not ended.", seconds=limit)
        )
    if not line.endswith(b"\n"):
        return _same_for_all(exercise, State.ERROR, gettext("The notebook's process ended before its end."))
    return Verdict.from_dict(json.loads(line))


def _read_line(pipe: int, deadline: float) -> bytes | None:
    """Return what comes until the first line's end, or until the pipe's end; ``None`` when time is over."""
    line = b""
    while not line.endswith(b"\n") and len(line) < _LONGEST_VERDICT:
        ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return None
        piece = os.read(pipe, 65536)
        if not piece:
            break
        line += piece
    return line


def _same_for_all(exercise: Exercise, state: State, seen: str) -> Verdict:
    to_try = gettext("Run the notebook from its top in JupyterLab, and see at which cell it stops.")
    tasks = [
        TaskVerdict(task.checks.id, task.checks.title, state, 0, task.checks.points, seen=seen, to_try=to_try)
        for task in exercise.tasks
    ]
    return Verdict(exercise.id, exercise.title, tuple(tasks))
