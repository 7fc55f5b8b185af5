"""A verdict is remembered: after a check, the progress file knows how each task stands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fwlab.grading.learner.progress_file import ProgressError, now, update_progress
from fwlab.grading.learner.records import Progress, Result
from fwlab.grading.verdict import State

if TYPE_CHECKING:
    from pathlib import Path

    from fwlab.grading.verdict import Verdict


def remembered(verdict: Verdict, path: Path | None) -> Verdict:
    """Note a verdict in a progress file, and return it.

    Tasks that are unattempted leave no trace. A file that cannot be written takes nothing from the verdict; it has a
    note then that says why.

    Args:
        verdict: what the learner is told.
        path: the file; ``None``: remember nothing.
    """
    attempted = [task for task in verdict.tasks if task.state is not State.UNATTEMPTED]
    if not attempted or path is None:
        return verdict

    def change(progress: Progress) -> None:
        for task in attempted:
            result = Result(
                state=task.state.value,
                points=task.points,
                out_of=task.out_of,
                at=now(),
                diagnosis=task.diagnosis,
            )
            progress.task(task.task).checked(result)

    try:
        update_progress(path, change)
    except ProgressError as error:
        return replace(verdict, notes=(*verdict.notes, f"Your progress: {error}"))
    return verdict
