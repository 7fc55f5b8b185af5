"""``hint("e05")``: a ladder. Each call takes one step more, and the progress file knows how many were taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fwlab.grading.exercise import Exercise, ExerciseTask, find_exercise
from fwlab.grading.learner.card import Card
from fwlab.grading.learner.progress_file import progress_path, update_progress
from fwlab.lab.translation import gettext

if TYPE_CHECKING:
    from fwlab.grading.learner.records import Progress


def hint(name: str) -> Card:
    """Give the next hint.

    Args:
        name: a task, ``"e05.2"``; or an exercise, ``"e05"``, for the first of its tasks that is not right yet.

    Returns:
        The hints so far, the new one last; a notebook displays them.

    Raises:
        UnknownExerciseError: the course has no such exercise, or the exercise no such task.
        ProgressError: the progress file cannot be read or written.

    Example::

        hint("e05")      # the first
        hint("e05")      # and the next
        hint("e05.3")    # about another task
    """
    exercise = find_exercise(name.partition(".")[0])
    chosen: list[ExerciseTask] = [exercise.task(name)] if "." in name else []

    def one_more(progress: Progress) -> None:
        task = chosen[0] if chosen else _first_not_right(exercise, progress)
        record = progress.task(task.id)
        record.hints = min(record.hints + 1, len(task.hints))
        chosen[:] = [task]

    progress = update_progress(progress_path(), one_more)
    (task,) = chosen
    if not task.hints:
        return Card(f"{task.id} {task.title}", (gettext("There is no hint for this task."),))
    taken = progress.task(task.id).hints
    steps = tuple(f"{number}. {text.strip()}" for number, text in enumerate(task.hints[:taken], 1))
    number = gettext("hint {taken} of {all}", taken=taken, all=len(task.hints))
    return Card(f"{task.id} {task.title}: {number}", (*steps, _what_next(task, taken)))


def _first_not_right(exercise: Exercise, progress: Progress) -> ExerciseTask:
    return next((task for task in exercise.tasks if not progress.task(task.id).right), exercise.tasks[0])


def _what_next(task: ExerciseTask, taken: int) -> str:
    if taken < len(task.hints):
        return gettext('The next hint, when you want it: `hint("{task}")`', task=task.id)
    return gettext(
        'This was the last hint. `solution("{task}")` shows an answer once yours is right; with `insist=True` also '
        "before, and your progress says so.",
        task=task.id,
    )
