"""An exercise of the course: its notebook's starters, and the checks in the folder of the same name beside it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING, Any

from fwlab.course import course_folder
from fwlab.grading.answer import names_defined
from fwlab.grading.errors import ExerciseError, UnknownExerciseError
from fwlab.grading.notebook import Notebook, read_notebook
from fwlab.grading.task import Task

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class ExerciseTask:
    """One task: where it starts, what it is worth, and how it is judged."""

    id: str
    title: str
    points: int
    starter: str
    checks: Task[Any]

    @cached_property
    def names(self) -> set[str]:
        """The names that its starter defines."""
        return names_defined(self.starter)


@dataclass(frozen=True)
class Exercise:
    """An exercise with its tasks, in the order of its notebook."""

    id: str
    title: str
    tasks: tuple[ExerciseTask, ...]


def find_exercise(identifier: str) -> Exercise:
    """Load an exercise of the course.

    Args:
        identifier: such as ``"e01"``: what its notebook's name begins with.

    Raises:
        UnknownExerciseError: the course has none of that name.
        ExerciseError: its files do not fit together.

    Example:
        >>> find_exercise("e01").title
        'In a hurry'
    """
    notebooks = {path.name.partition("_")[0]: path for path in sorted(_exercises().glob("e*_*.ipynb"))}
    if identifier not in notebooks:
        known = ", ".join(notebooks) or "none"
        raise UnknownExerciseError(f"There is no exercise {identifier!r}. The course has: {known}.")
    return _load(identifier, read_notebook(notebooks[identifier]))


def _exercises() -> Path:
    return course_folder() / "exercises"


def _load(identifier: str, notebook: Notebook) -> Exercise:
    checks = _load_checks(notebook.path.with_suffix("") / "checks.py")
    starters = [cell for cell in notebook.code_cells if cell.role == "starter"]
    if {cell.task for cell in starters} != set(checks) or len(starters) != len(checks) or not starters:
        raise ExerciseError(
            f"{notebook.path}: the tasks of its starter cells ({', '.join(cell.task for cell in starters) or 'none'}) "
            f"are not those of its checks.py ({', '.join(checks) or 'none'})."
        )
    tasks = [ExerciseTask(cell.task, cell.title, cell.points, cell.source, checks[cell.task]) for cell in starters]
    return Exercise(identifier, _title(notebook), tuple(tasks))


def _title(notebook: Notebook) -> str:
    lines = [line for cell in notebook.cells if cell.kind == "markdown" for line in cell.source.splitlines()]
    heading = next((line.removeprefix("# ") for line in lines if line.startswith("# ")), notebook.path.stem)
    return heading.partition(": ")[2] or heading


def _load_checks(path: Path) -> dict[str, Task[Any]]:
    try:
        source = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ExerciseError(f"{path} cannot be read: {error.strerror}.") from None
    # Brackets, because these lines are not the learner's own; optimize=0, because asserts must stay, also under -O.
    code = compile(source, f"<{path}>", "exec", dont_inherit=True, optimize=0)
    module = ModuleType(f"fwlab_checks_{path.parent.name}")
    sys.modules[module.__name__] = module  # where a dataclass looks for its annotations
    exec(code, module.__dict__)
    return {value.id: value for value in vars(module).values() if isinstance(value, Task)}
