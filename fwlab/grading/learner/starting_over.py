"""``reset("e05")``: the starters come back, and the old answer is kept beside the notebook."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fwlab.grading.answer import cells_defining, same_code
from fwlab.grading.build import PRACTICE
from fwlab.grading.errors import NotebookError
from fwlab.grading.exercise import Exercise, ExerciseTask, exercise_notebooks, find_exercise
from fwlab.grading.learner.card import Card
from fwlab.grading.learner.progress_file import near, progress_path, update_progress
from fwlab.grading.notebook import read_notebook
from fwlab.lab.translation import gettext
from fwlab.lab.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fwlab.grading.learner.records import Progress

KEPT = "kept-answers"
"""The folder, beside the notebook, in which old answers are kept."""

_SESSION = "JPY_SESSION_NAME"  # where Jupyter tells a kernel the path of its notebook


def reset(name: str, *, notebook: str | Path | None = None) -> Card:
    """Put the starters back into an exercise's notebook, and keep the answer that was there.

    All other cells of the notebook stay as they are. A starter whose cell is gone comes back at the end.

    Args:
        name: an exercise, ``"e05"``, or one of its tasks, ``"e05.2"``.
        notebook: the learner's notebook. Default: the one that this kernel belongs to, or else the one of the exercise
            in the current folder or in the learner's copy of the course.

    Returns:
        What was done, and where the old answer is; a notebook displays it.

    Raises:
        UnknownExerciseError: the course has no such exercise, or the exercise no such task.
        NotebookError: the learner's notebook is not found, or there are several.
        LabError: a file cannot be written; then nothing has changed.
        ProgressError: the notebook is reset, and the progress file cannot be written.
    """
    exercise = find_exercise(name.partition(".")[0])
    tasks = [exercise.task(name)] if "." in name else list(exercise.tasks)
    path = _notebook_of(exercise, notebook)
    old = {cell.task: cell.source for cell in read_notebook(path).cells if cell.role == "starter"}
    document = json.loads(path.read_text(encoding="utf-8"))
    blocks = list(_answers(tasks, old))
    kept = _keep(path, exercise, blocks) if blocks else None
    for task in tasks:
        _restore(document["cells"], exercise, task)
    write_whole(path, json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n")

    def note(progress: Progress) -> None:
        for task in tasks:
            progress.task(task.id).resets += 1

    update_progress(progress_path(path.parent), note)
    if kept:
        where = gettext("Your answer is kept in `{file}`.", file=near(kept))
    else:
        where = gettext("There was no answer in it to keep.")
    lines = (
        gettext("`{file}` has the code again that you began with.", file=near(path)) + f" {where}",
        gettext(
            "If the notebook is open in JupyterLab: *File → Reload Notebook from Disk*, and should JupyterLab ask, "
            "choose *Revert*. Then run the cell once more: until then the kernel has your old answer."
        ),
    )
    title = tasks[0].title if "." in name else exercise.title
    return Card(gettext("{which}: begun anew", which=f"{name} {title}"), lines)


def _notebook_of(exercise: Exercise, given: str | Path | None) -> Path:
    """Find the learner's notebook; the author's own is never taken for it."""
    authors = {path.resolve() for path in exercise_notebooks().values()}
    if given is not None:
        path = Path(given)
        belongs = read_notebook(path).exercise
        if belongs != exercise.id:
            raise NotebookError(f"{path} is a notebook of {belongs}, not of {exercise.id}.")
        if path.resolve() in authors:
            raise NotebookError(f"{path} is the author's own notebook; a learner's can be reset.")
        return path
    session = os.environ.get(_SESSION)
    if session and _is_of(exercise, Path(session)) and Path(session).resolve() not in authors:
        return Path(session)
    progress = progress_path()
    folders = [Path.cwd()]
    if progress is not None and progress.parent / PRACTICE not in folders:
        folders.append(progress.parent / PRACTICE)
    for folder in folders:
        found = [path for path in sorted(folder.glob("*.ipynb")) if _is_of(exercise, path)]
        found = [path for path in found if path.resolve() not in authors]
        if len(found) > 1:
            several = ", ".join(str(path) for path in found)
            raise NotebookError(f"There are several notebooks of {exercise.id}: {several}. Say which: notebook=...")
        if found:
            return found[0]
    looked = " or ".join(str(folder) for folder in folders)
    raise NotebookError(f"There is no notebook of {exercise.id} in {looked}. Say where it is: notebook=...")


def _is_of(exercise: Exercise, path: Path) -> bool:
    try:
        return read_notebook(path).exercise == exercise.id
    except NotebookError:
        return False


def _answers(tasks: Sequence[ExerciseTask], old: dict[str, str]) -> Iterator[str]:
    """Yield what is to be kept: the file's cells, and those of the kernel that the file does not have yet."""
    for task in tasks:
        in_file = old.get(task.id, "")
        if in_file.strip() and not same_code(in_file, task.starter):
            yield f"# %% {task.id}\n{in_file.rstrip()}\n"
        for cell in cells_defining(task.names, vars(sys.modules["__main__"])).values():
            if not same_code(cell, in_file) and not same_code(cell, task.starter):
                yield f"# as the kernel had it, {task.id}\n{cell.rstrip()}\n"


def _keep(path: Path, exercise: Exercise, blocks: Sequence[str]) -> Path:
    folder = path.parent / KEPT
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise NotebookError(f"{folder} cannot be made: {error.strerror}. Nothing has been reset.") from None
    number = 1
    while (file := folder / f"{exercise.id}-{number}.py").exists():
        number += 1
    return write_whole(file, "\n".join(blocks))


def _restore(cells: list[dict[str, Any]], exercise: Exercise, task: ExerciseTask) -> None:
    mine = [cell for cell in cells if _ours(cell).get("role") == "starter" and _ours(cell).get("task") == task.id]
    if not mine:
        ours = {"exercise": exercise.id, "role": "starter", "task": task.id, "points": task.points}
        cell_id = f"starter-{task.id.replace('.', '-')}"
        mine = [{"cell_type": "code", "id": cell_id, "metadata": {"fwlab": ours}}]
        cells += mine
    for cell in mine:
        cell.update(source=task.starter.splitlines(keepends=True), outputs=[], execution_count=None)


def _ours(cell: dict[str, Any]) -> dict[str, Any]:
    metadata = cell.get("metadata")
    ours: dict[str, Any] | None = metadata.get("fwlab") if isinstance(metadata, dict) else None
    return ours if isinstance(ours, dict) else {}
