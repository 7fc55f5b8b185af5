"""An exercise of the course: the folder that holds its checks and its starters.

Learners write into the exercise's notebook, so nothing here is read from it: ``checks.py`` has the title and the tasks,
``starter.py`` what each task's cell is before anybody has changed it.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING, Any

from fwlab.course import course_folder
from fwlab.grading.answer import names_defined
from fwlab.grading.errors import ExerciseError, UnknownExerciseError
from fwlab.grading.task import Task

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class ExerciseTask:
    """One task: how it is judged, and where it starts."""

    checks: Task[Any]
    starter: str

    @cached_property
    def names(self) -> set[str]:
        """The names that its starter defines."""
        return names_defined(self.starter)


@dataclass(frozen=True)
class Exercise:
    """An exercise with its tasks, in the order of its checks."""

    id: str
    title: str
    tasks: tuple[ExerciseTask, ...]


def find_exercise(identifier: str) -> Exercise:
    """Load an exercise of the course.

    Args:
        identifier: such as ``"e01"``: what the name of its folder begins with.

    Raises:
        UnknownExerciseError: the course has none of that name.
        ExerciseError: its files do not fit together.

    Example:
        >>> find_exercise("e01").title
        'In a hurry'
    """
    folders = {path.parent.name.partition("_")[0]: path.parent for path in _exercises().glob("e*_*/checks.py")}
    if identifier not in folders:
        known = ", ".join(sorted(folders)) or "none"
        raise UnknownExerciseError(f"There is no exercise {identifier!r}. The course has: {known}.")
    return _load(identifier, folders[identifier])


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


def _load(identifier: str, folder: Path) -> Exercise:
    checks = _load_checks(folder / "checks.py")
    tasks = {value.id: value for value in vars(checks).values() if isinstance(value, Task)}
    starters = cells_in(_read(folder / "starter.py"), list(tasks))
    if set(starters) != set(tasks) or not tasks:
        raise ExerciseError(
            f"{folder}: starter.py has a cell for {', '.join(starters) or 'no task'}, "
            f"and checks.py has checks for {', '.join(tasks) or 'no task'}."
        )
    return Exercise(identifier, checks.TITLE, tuple(ExerciseTask(tasks[name], starters[name]) for name in tasks))


def _load_checks(path: Path) -> ModuleType:
    # Brackets, because these lines are not the learner's own; optimize=0, because asserts must stay, also under -O.
    code = compile(_read(path), f"<{path}>", "exec", dont_inherit=True, optimize=0)
    module = ModuleType(f"fwlab_checks_{path.parent.name}")
    sys.modules[module.__name__] = module  # where a dataclass looks for its annotations
    exec(code, module.__dict__)
    if not isinstance(getattr(module, "TITLE", None), str):
        raise ExerciseError(f"{path} has no TITLE: the exercise's name, a text.")
    return module


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ExerciseError(f"{path} cannot be read: {error.strerror}.") from None
