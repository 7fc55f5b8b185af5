"""From a learner's namespace to a verdict: which task is unattempted, which is right, and what to say of the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from fwlab.grading.answer import Answer, cells_among, cells_defining, same_code
from fwlab.grading.cells import Trouble
from fwlab.grading.failure import failure_of
from fwlab.grading.finding import Finding
from fwlab.grading.gantt import side_by_side
from fwlab.grading.timelimit import OutOfTimeError, within
from fwlab.grading.timeline_picture import picture
from fwlab.grading.verdict import State, TaskVerdict, Verdict
from fwlab.lab.lines import quoted_place
from fwlab.lab.translation import gettext

if TYPE_CHECKING:
    from fwlab.grading.exercise import Exercise, ExerciseTask
    from fwlab.grading.recording import Recording
    from fwlab.grading.task import Task


@dataclass(frozen=True)
class Submission:
    """What there is to be judged.

    Attributes:
        namespace: every name that the learner's cells have defined.
        troubles: what went wrong in the starter cells, by the id of their task.
        elsewhere: what went wrong first in another cell.
        notes: to be told with the verdict.
        apart: what came of the experiments, by the id of their task, where they were made in another process; the
            values in `namespace` are then worth nothing.
        cells: the text of every cell, where those who run in this process cannot be asked for it.
    """

    namespace: Mapping[str, Any]
    troubles: Mapping[str, Trouble] = field(default_factory=dict)
    elsewhere: Trouble | None = None
    notes: tuple[str, ...] = ()
    apart: Mapping[str, Evidence | Finding | Trouble] | None = None
    cells: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Evidence:
    """What a task's experiment returned."""

    value: Any


def judge(exercise: Exercise, submission: Submission, *, seconds: float) -> Verdict:
    """Judge every task of an exercise.

    Args:
        exercise: with its checks.
        submission: the learner's work.
        seconds: the limit on time for each task.
    """
    tasks = tuple(_judge_task(task, submission, seconds) for task in exercise.tasks)
    return Verdict(exercise.id, exercise.title, tasks, submission.notes)


def _judge_task(task: ExerciseTask, submission: Submission, seconds: float) -> TaskVerdict:
    trouble = submission.troubles.get(task.checks.id)
    namespace = submission.namespace
    if trouble is None and task.names.isdisjoint(namespace):
        trouble = submission.elsewhere
        if trouble is None:
            return _unattempted(task, gettext("The cell of this task has not been run, or is empty."))
    if trouble is not None:
        return _verdict(task, trouble)
    answer = Answer(namespace, cells_among(task.names, submission.cells) or cells_defining(task.names, namespace))
    if answer.cells and all(same_code(cell, task.starter) for cell in answer.cells.values()):
        return _unattempted(task, gettext("The cell of this task is as you found it."))
    made: Evidence | Finding | Trouble | None = (
        submission.apart[task.checks.id] if submission.apart is not None else experiment(task.checks, answer, seconds)
    )
    if isinstance(made, Evidence):
        # What was seen in another process is only data. What was seen here may be the learner's own code.
        made = _conclusion(task, made, answer, None if submission.apart is not None else seconds)
    return _verdict(task, made)


def experiment(checks: Task[Any], answer: Answer, seconds: float) -> Evidence | Finding | Trouble:
    """Make the experiment of a task, on an answer that is as good as new."""
    try:
        return Evidence(within(seconds, lambda: checks.experiment(answer.renewed())))
    except Finding as finding:
        return finding
    except OutOfTimeError as error:
        return error
    except (Exception, SystemExit) as error:
        return failure_of(error)


def _conclusion(task: ExerciseTask, made: Evidence, answer: Answer, seconds: float | None) -> Finding | Trouble | None:
    def conclude() -> Finding | Trouble | None:
        return task.checks.conclude(made.value, answer)

    try:
        return conclude() if seconds is None else within(seconds, conclude)
    except OutOfTimeError as error:
        return error
    except Exception as error:
        return failure_of(error)


def _unattempted(task: ExerciseTask, seen: str) -> TaskVerdict:
    to_try = gettext("Change the cell, run it, and check again.")
    return _told(task, State.UNATTEMPTED, Finding(seen, to_try))


def _verdict(task: ExerciseTask, outcome: Finding | Trouble | None) -> TaskVerdict:
    if outcome is None:
        return _told(task, State.RIGHT, Finding("", "", points=task.checks.points))
    if isinstance(outcome, Finding):
        state = State.PARTLY_DONE if outcome.points or outcome.unfinished else State.WRONG
        return _with_timelines(_told(task, state, outcome), task, outcome.recording)
    if isinstance(outcome, OutOfTimeError):
        to_try = gettext("Look for what that line waits for, or for the loop that it is in: how would it ever end?")
        return _told(task, State.TIMED_OUT, Finding(_what_hung(outcome), to_try))
    if not outcome.text.startswith("line "):
        to_try = gettext("Compare what your functions take, and what they give back, with what the task says.")
        seen = gettext("It could not be tried to the end. None of your lines raised this, but it came of them:")
        return _told(task, State.ERROR, Finding(f"{seen}\n{outcome.text}", to_try))
    to_try = gettext("Read the last line first: it says what happened. The line above it says where.")
    return _told(task, State.ERROR, Finding(f"{gettext('Your code raised an exception.')}\n{outcome.text}", to_try))


def _told(task: ExerciseTask, state: State, finding: Finding) -> TaskVerdict:
    checks = task.checks
    return TaskVerdict(
        checks.id, checks.title, state, finding.points, checks.points, finding.diagnosis, finding.seen, finding.to_try
    )


def _with_timelines(told: TaskVerdict, task: ExerciseTask, yours: Recording | None) -> TaskVerdict:
    """Draw what happened beside what happens with a right answer, where there is something to compare."""
    if yours is None or yours.stuck or not yours.on_one_clock or not task.solution:
        return told
    expected = task.expected_recording
    if expected is None or expected.gantt() == yours.gantt():
        return told
    return replace(told, timelines=side_by_side(yours, expected), picture=picture(yours, expected))


def _what_hung(error: OutOfTimeError) -> str:
    if error.place is not None:
        place = quoted_place(error.place)
        seen = gettext("After {seconds:g} s it had not ended; it was in {place}", seconds=error.seconds, place=place)
    else:
        seen = gettext(
            "After {seconds:g} s it had not ended, and waited for something that does not come.", seconds=error.seconds
        )
    if error.stopped:
        return seen
    return f"{seen}\n{gettext('It could not be stopped and is still running: restart the kernel.')}"
