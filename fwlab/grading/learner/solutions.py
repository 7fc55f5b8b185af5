"""``solution("e05")``: an answer to compare one's own with; before that is right, only for those who insist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fwlab.grading.exercise import ExerciseTask, find_exercise
from fwlab.grading.learner.card import Card
from fwlab.grading.learner.progress_file import now, progress_path, read_progress, update_progress
from fwlab.grading.learner.records import SolutionSeen
from fwlab.lab.translation import gettext, ngettext

if TYPE_CHECKING:
    from fwlab.grading.learner.records import Progress


def solution(name: str, *, insist: bool = False) -> Card:
    """Show an answer to every task that is right by now.

    Args:
        name: an exercise, ``"e05"``, or one of its tasks, ``"e05.2"``.
        insist: show it also where the learner's own is not right yet; that is noted in their progress.

    Raises:
        UnknownExerciseError: the course has no such exercise, or the exercise no such task.
        ProgressError: the progress file cannot be read or written.

    Example::

        solution("e05")
        solution("e05.2", insist=True)
    """
    path = progress_path()
    exercise = find_exercise(name.partition(".")[0])
    tasks = [exercise.task(name)] if "." in name else list(exercise.tasks)
    progress = read_progress(path)
    shown = [task for task in tasks if insist or progress.task(task.id).right]

    def note(progress: Progress) -> None:
        for task in shown:
            record = progress.task(task.id)
            seen = SolutionSeen(at=now(), insisted=not record.right)
            record.solution = seen if record.solution is None else record.solution.merged(seen)

    if shown:
        update_progress(path, note)
    held_back = [task for task in tasks if task not in shown]
    lines = tuple(_not_yet(task, progress.task(task.id).hints) for task in held_back)
    if shown:
        lines = (gettext("One way of several. Yours may be as good: the check is the judge."), *lines)
    return Card(
        gettext("Solution of {what}", what=name if "." in name else f"{exercise.id} {exercise.title}"),
        lines,
        tuple((f"{task.id} {task.title}", task.solution) for task in shown),
    )


def _not_yet(task: ExerciseTask, taken: int) -> str:
    left = len(task.hints) - taken
    which = f"{task.id} {task.title}"
    if left > 0:
        first = ngettext(
            '{which} is not right yet; `hint("{task}")` has {n} more for you.',
            '{which} is not right yet; `hint("{task}")` has {n} more for you.',
            left,
            which=which,
            task=task.id,
        )
    else:
        first = gettext("{which} is not right yet; you have had all its hints.", which=which)
    nevertheless = gettext(
        'To see it nevertheless: `solution("{task}", insist=True)`; your progress will say so.', task=task.id
    )
    return f"{first} {nevertheless}"
