"""An exercise of the course: the author's notebook, and the folder beside it with its checks.

Learners never write here: they have their own notebook, made of this one (``build.py``). So it can be believed about
what each task is worth, where it starts, what a right answer looks like, and which hints lead there.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from fwlab.course import course_folder
from fwlab.grading.answer import answer_of, names_defined
from fwlab.grading.errors import ExerciseError, NotebookError, UnknownExerciseError
from fwlab.grading.notebook import Notebook, read_notebook
from fwlab.grading.recording import Recording
from fwlab.grading.task import Task, recording_in
from fwlab.grading.timelimit import within
from fwlab.lab.translation import translated


@dataclass(frozen=True)
class ExerciseTask:
    """One task: how it is judged, where it starts, where it may end, and what helps on the way.

    Attributes:
        checks: how it is judged.
        starter: the text of its cell before anybody has changed it.
        solution: a right answer.
        hints: from the gentlest to the plainest.
    """

    checks: Task[Any]
    starter: str
    solution: str = ""
    hints: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Such as ``"e01.1"``."""
        return self.checks.id

    @property
    def title(self) -> str:
        """What the learner is to reach, in a few words."""
        return self.checks.title

    @property
    def points(self) -> int:
        """What a right answer is worth."""
        return self.checks.points

    @cached_property
    def names(self) -> set[str]:
        """The names that its starter defines."""
        return names_defined(self.starter)

    @cached_property
    def expected_recording(self) -> Recording | None:
        """What the experiment sees of the solution, where it records in virtual time.

        It is made in a thread of its own: an experiment may run an event loop, and a notebook's thread has one already.
        """
        return within(SOLUTION_LIMIT, lambda: recording_in(self.checks.experiment(answer_of(self.solution, self.id))))


SOLUTION_LIMIT = 60.0
"""Seconds that an experiment with the solution may take: it takes one at most, on a machine that is not busy."""


@dataclass(frozen=True)
class Exercise:
    """An exercise with its tasks, in the order of its notebook.

    Attributes:
        id: such as ``"e01"``.
        title: its name.
        tasks: what there is to do.
        path: the author's notebook.
    """

    id: str
    title: str
    tasks: tuple[ExerciseTask, ...]
    path: Path

    @property
    def folder(self) -> Path:
        """The folder beside the notebook, with the checks and with answers to try them on."""
        return self.path.with_suffix("")

    def task(self, identifier: str) -> ExerciseTask:
        """Return one of its tasks.

        Raises:
            UnknownExerciseError: it has none of that name.
        """
        found = {task.id: task for task in self.tasks}
        if identifier not in found:
            known = ", ".join(found)
            raise UnknownExerciseError(f"There is no task {identifier!r}. Exercise {self.id} has: {known}.")
        return found[identifier]

    def only(self, identifier: str) -> Exercise:
        """Return the exercise with one of its tasks alone.

        Raises:
            UnknownExerciseError: it has none of that name.
        """
        return replace(self, tasks=(self.task(identifier),))


def exercise_notebooks() -> dict[str, Path]:
    """Return the authors' notebooks of the course's exercises, by the exercise's name.

    Example:
        >>> exercise_notebooks()["e01"].name
        'e01_in_a_hurry.ipynb'
    """
    return {path.name.partition("_")[0]: path for path in sorted(_exercises().glob("e*_*.ipynb"))}


def find_exercise(identifier: str) -> Exercise:
    """Load an exercise of the course.

    Args:
        identifier: such as ``"e01"``: what the name of its notebook begins with.

    Raises:
        UnknownExerciseError: the course has none of that name.
        ExerciseError: its files do not fit together.

    Example:
        >>> exercise = find_exercise("e01")
        >>> exercise.title, exercise.tasks[0].id
        ('In a hurry', 'e01.1')
    """
    notebooks = exercise_notebooks()
    if identifier not in notebooks:
        known = ", ".join(notebooks) or "none"
        raise UnknownExerciseError(f"There is no exercise {identifier!r}. The course has: {known}.")
    return load_exercise(notebooks[identifier])


def load_exercise(path: Path) -> Exercise:
    """Load an exercise from its author's notebook; what it says to learners is in the language that is spoken.

    Args:
        path: such as ``exercises/e01_in_a_hurry.ipynb``; ``exercises/e01_in_a_hurry/checks.py`` lies beside it.

    Raises:
        ExerciseError: the files do not fit together.
    """
    try:
        notebook = read_notebook(path)
        identifier = notebook.exercise
    except NotebookError as error:
        raise ExerciseError(str(error)) from None
    if not notebook.title:
        raise ExerciseError(f"{path} has no title: put one beside its cells, as metadata fwlab.title.")
    checks = _checks_of(notebook)
    tasks = {value.id: value for value in vars(checks).values() if isinstance(value, Task)}
    starters = {cell.task: cell for cell in notebook.cells if cell.role == "starter"}
    if set(starters) != set(tasks) or not tasks:
        raise ExerciseError(
            f"{path} has a starter for {', '.join(starters) or 'no task'}, "
            f"and its checks are for {', '.join(tasks) or 'no task'}."
        )
    return Exercise(
        identifier,
        translated(notebook.title, path.stem),
        tuple(_task(notebook, tasks[name]) for name in starters),
        path,
    )


def cells_in(source: str, tasks: list[str]) -> dict[str, str]:
    r"""Split a file of answers into the cells of an exercise's tasks.

    A line ``# %% e01.1`` begins the cell of that task. With one task, the whole file is its cell, with or without it.

    Example:
        >>> cells_in("# %% e01.1\nx = 1\n# %% e01.2\ny = 2", ["e01.1", "e01.2"])
        {'e01.1': 'x = 1\n', 'e01.2': 'y = 2'}
    """
    parts = re.split(r"^# %% (\S+)\n", source, flags=re.MULTILINE)
    marked = dict(zip(parts[1::2], parts[2::2], strict=True))
    return marked or dict.fromkeys(tasks[:1], source)


def _exercises() -> Path:
    return course_folder() / "exercises"


def _task(notebook: Notebook, checks: Task[Any]) -> ExerciseTask:
    """Collect what the notebook has for a task."""
    cells = {role: [] for role in ("starter", "solution", "hint")}  # type: dict[str, list[str]]
    for cell in notebook.cells:
        if cell.task == checks.id and cell.role in cells:
            cells[cell.role].append(cell.source)
    hints = tuple(translated(hint.strip(), notebook.path.stem) for hint in cells["hint"])
    return ExerciseTask(checks, cells["starter"][0], next(iter(cells["solution"]), ""), hints)


def _checks_of(notebook: Notebook) -> ModuleType:
    """Run ``checks.py`` and the notebook's hidden checks, as one module; either may be missing, but not both."""
    module = ModuleType(f"fwlab_checks_{notebook.path.stem}")
    sys.modules[module.__name__] = module  # where a dataclass looks for its annotations
    beside = notebook.path.with_suffix("") / "checks.py"
    hidden = {f"{notebook.path}:{cell.number}": cell.source for cell in notebook.cells if cell.role == "hidden check"}
    sources = ({str(beside): _read(beside)} if beside.exists() else {}) | hidden
    if not sources:
        raise ExerciseError(f"{notebook.path} has no checks: neither {beside} nor a cell of the role 'hidden check'.")
    for name, source in sources.items():
        # Brackets, because these lines are not the learner's own; optimize=0, because asserts must stay, also under -O.
        exec(compile(source, f"<{name}>", "exec", dont_inherit=True, optimize=0), module.__dict__)
    return module


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ExerciseError(f"{path} cannot be read: {error.strerror}.") from None
