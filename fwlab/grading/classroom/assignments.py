"""Our exercises for those who grade with nbgrader or otter-grader: their assignments, whose test cells call fwlab.

Both run a learner's notebook in a kernel that has fwlab and the course; what a task is worth,
:func:`fwlab.grading.points` says there. So a behavior is judged by its experiment, and their own limits hold: no walls,
and whoever replaces ``asyncio.gather`` is believed. Solutions and checks are not in the assignment; they come with the
course on the instructor's machine.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fwlab.grading.build import learners_notebook
from fwlab.grading.errors import GradingError
from fwlab.lab.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fwlab.grading.exercise import Exercise, ExerciseTask

_NBGRADER_CONFIG = """\
# Made by `fwlab exercises export nbgrader`. The answers' cells are as learners get them: nothing in them is a solution
# that would have to be taken out.
c = get_config()
c.CourseDirectory.course_id = "fwlab"
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
]
c.ExecutePreprocessor.timeout = 120
"""


def nbgrader(exercise: Exercise, folder: Path) -> Path:
    """Write an exercise as an nbgrader assignment, ``folder/source/e01/e01.ipynb``, and nbgrader's configuration.

    Args:
        exercise: any of the course's.
        folder: of nbgrader's course.

    Returns:
        The notebook's path. ``nbgrader generate_assignment e01`` in `folder` goes on from there.

    Raises:
        GradingError: it cannot be written.
    """

    def answer(cell: dict[str, Any], task: ExerciseTask) -> list[dict[str, Any]]:
        ours = {"grade_id": f"{_slug(task)}-answer", "grade": False, "solution": True, "locked": False}
        cell["metadata"]["nbgrader"] = {"schema_version": 3, "task": False, **ours}
        call = f'from fwlab.grading import points\n\npoints("{task.checks.id}", show=True)'
        test = _code(f"{_slug(task)}-points", call)
        graded = {"grade_id": _slug(task), "grade": True, "solution": False, "locked": True}
        test["metadata"]["nbgrader"] = {"schema_version": 3, "task": False, "points": task.checks.points, **graded}
        return [cell, test]

    path = folder / "source" / exercise.id / f"{exercise.id}.ipynb"
    _write(path, _notebook(exercise, answer))
    config = folder / "nbgrader_config.py"
    if not config.exists():
        _write(config, _NBGRADER_CONFIG)
    return path


def otter(exercise: Exercise, folder: Path) -> Path:
    """Write an exercise as the source of an otter assignment, ``folder/e01.ipynb``.

    Args:
        exercise: any of the course's.
        folder: where to.

    Returns:
        The notebook's path. ``otter assign e01.ipynb dist`` goes on from there.

    Raises:
        GradingError: it cannot be written.
    """

    def answer(cell: dict[str, Any], task: ExerciseTask) -> list[dict[str, Any]]:
        name, worth = _slug(task).replace("-", "_"), task.checks.points
        tests = [_test(task, least) for least in range(1, worth + 1)]
        return [
            _raw(f"{name}-begin", f"# BEGIN QUESTION\nname: {name}\npoints: {worth}\nmanual: false"),
            _raw(f"{name}-solution", "# BEGIN SOLUTION"),  # otter's word for the cell that learners change
            cell,
            _raw(f"{name}-solution-end", "# END SOLUTION"),
            _raw(f"{name}-tests", "# BEGIN TESTS"),
            *tests,
            _raw(f"{name}-tests-end", "# END TESTS"),
            _raw(f"{name}-end", "# END QUESTION"),
        ]

    config = f"# ASSIGNMENT CONFIG\nname: {exercise.id}\ninit_cell: true\nexport_cell: false\ntests:\n  files: false\n"
    config += "generate: true\nrun_tests: false\n"
    path = folder / f"{exercise.id}.ipynb"
    content = _notebook(exercise, answer)
    content["cells"].insert(0, _raw("assignment", config))
    _write(path, content)
    return path


def _test(task: ExerciseTask, least: int) -> dict[str, Any]:
    """Return a test case that gives one point: otter has no other way to give a part of them."""
    why = f'check("{task.checks.id}") from fwlab.grading says what was seen, and what to try.'
    config = f'""" # BEGIN TEST CONFIG\nfailure_message: {json.dumps(why)}\n""" # END TEST CONFIG\n'
    cell = _code(
        f"{_slug(task)}-at-least-{least}",
        f"{config}from fwlab.grading import points\npoints({task.checks.id!r}) >= {least}",
    )
    result = {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": "True"}}
    return cell | {"outputs": [result]}


def _notebook(
    exercise: Exercise, answer: Callable[[dict[str, Any], ExerciseTask], list[dict[str, Any]]]
) -> dict[str, Any]:
    """Return the learner's notebook, with `answer` in place of each starter's cell, and without our own check cells."""
    content: dict[str, Any] = json.loads(learners_notebook(exercise.path))
    tasks = {task.checks.id: task for task in exercise.tasks}
    cells: list[dict[str, Any]] = []
    for cell in content["cells"]:
        ours = cell["metadata"].get("fwlab", {})
        if ours.get("role") == "starter":
            cells += answer(cell, tasks[ours["task"]])
        elif ours.get("role") not in ("check", "try"):
            cells.append(cell)
    return content | {"cells": cells}


def _slug(task: ExerciseTask) -> str:
    return task.checks.id.replace(".", "-")


def _code(identifier: str, source: str) -> dict[str, Any]:
    kind: dict[str, Any] = {"cell_type": "code", "outputs": [], "execution_count": None}
    return {"id": identifier, "metadata": {}, "source": source, **kind}


def _raw(identifier: str, source: str) -> dict[str, Any]:
    return {"cell_type": "raw", "id": identifier, "metadata": {}, "source": source}


def _write(path: Path, content: dict[str, Any] | str) -> None:
    text = content if isinstance(content, str) else json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GradingError(f"{path} cannot be written: {error.strerror}.") from None
    write_whole(path, text)
