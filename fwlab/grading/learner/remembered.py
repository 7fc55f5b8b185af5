"""A verdict is remembered: after a check, the progress file knows how each task stands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fwlab.grading.learner.progress_file import ProgressError, now, update_progress
from fwlab.grading.learner.records import Progress, Result
from fwlab.grading.verdict import State, TaskVerdict
from fwlab.lab.translation import gettext

if TYPE_CHECKING:
    from pathlib import Path

    from fwlab.grading.verdict import Verdict


def remembered(verdict: Verdict, path: Path | None) -> Verdict:
    """Note a verdict in a progress file, and return it with what the file knew of each task before.

    Tasks that are unattempted leave no trace. A file that cannot be written takes nothing from the verdict; it has a
    note then that says why.

    Args:
        verdict: what the learner is told.
        path: the file; ``None``: remember nothing.
    """
    attempted = [task for task in verdict.tasks if task.state is not State.UNATTEMPTED]
    if not attempted or path is None:
        return verdict

    before: dict[str, str] = {}

    def change(progress: Progress) -> None:
        before.clear()
        for task in attempted:
            result = Result(
                state=task.state.value,
                points=task.points,
                out_of=task.out_of,
                at=now(),
                diagnosis=task.diagnosis,
            )
            record = progress.task(task.task)
            if record.last is not None:
                before[task.task] = _words(record.last, task)
            record.checked(result)

    try:
        update_progress(path, change)
    except ProgressError as error:
        return replace(verdict, notes=(*verdict.notes, f"Your progress: {error}"))
    tasks = tuple(replace(task, before=before.get(task.task, "")) for task in verdict.tasks)
    return replace(verdict, tasks=tasks)


def _words(last: Result, task: TaskVerdict) -> str:
    """Say how a task stood, or that it stands as it stood."""
    if last.state not in list(State):  # a later version's
        return last.state
    old = replace(task, state=State(last.state), points=last.points, out_of=last.out_of)
    return gettext("the same") if old.stands == task.stands else f"{old.state.symbol} {old.stands}"
