"""Running the cells of a learner's notebook without a kernel, the way IPython would.

Top-level ``await`` works, on one event loop for all cells; a cell's text is kept where tracebacks and
:mod:`inspect` find it; a cell that raises does not keep the next from running.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import linecache
import sys
from dataclasses import dataclass, field
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any

from fwlab.grading.failure import Failure, failure_of
from fwlab.grading.timelimit import OutOfTimeError, Stopped, keep_awake, waits_at, within
from fwlab.lab.suspended import places_of_wait
from fwlab.lab.translation import gettext
from fwlab.places import users_place

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fwlab.grading.notebook import Cell

Trouble = Failure | OutOfTimeError
"""What a cell may end in, other than well."""

_MARKS = ("%", "!", "?")
_TIMERS = ("%%time", "%%timeit", "%%capture", "%%prun")


@dataclass
class Played:
    """What came of running the cells."""

    namespace: dict[str, Any]
    troubles: dict[int, Trouble] = field(default_factory=dict)
    """By the number of the cell."""
    notes: list[str] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    """The cells' Python, by the file names that it was run under."""


def play(cells: Sequence[Cell], seconds: float, *, entering: Callable[[Cell], None] | None = None) -> Played:
    """Run cells one after the other in a fresh ``__main__`` module.

    Args:
        cells: code cells.
        seconds: the limit on time for all of them together.
        entering: called before each of them.
    """
    main = ModuleType("__main__")
    sys.modules["__main__"] = main
    played = Played(main.__dict__)
    played.namespace["display"] = _display
    started: list[Cell] = []
    try:
        within(seconds, partial(_play_on_a_loop, cells, played, started, entering or _ignore))
    except OutOfTimeError as error:
        played.troubles[started[-1].number] = error
    return played


def _play_on_a_loop(
    cells: Sequence[Cell], played: Played, started: list[Cell], entering: Callable[[Cell], None]
) -> None:
    async def in_order() -> None:
        keep_awake(asyncio.get_running_loop())
        for cell in cells:
            started.append(cell)
            entering(cell)
            try:
                await _run(cell, played)
            except Stopped:
                raise
            except BaseException as error:  # SystemExit and KeyboardInterrupt too: they end a cell, not a kernel
                task = asyncio.current_task()
                if task is not None and task.cancelling():  # the time of all is over, so the next has none
                    raise
                played.troubles[cell.number] = failure_of(error)

    asyncio.run(in_order())


async def _run(cell: Cell, played: Played) -> None:
    source, skipped = python_of(cell.source)
    played.notes += [
        gettext("cell {number}: {line} was not run; it is IPython's, not Python's", number=cell.number, line=line)
        for line in skipped
    ]
    filename = f"<cell {cell.number}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    played.sources[filename] = source
    code = compile(source, filename, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    result = eval(code, played.namespace)
    if inspect.iscoroutine(result):
        waits_at(lambda: users_place(places_of_wait(result)))
        await result


def python_of(source: str) -> tuple[str, list[str]]:
    r"""Return a cell without the lines that only IPython understands, and those lines.

    The lines that stay keep their numbers.

    Example:
        >>> python_of("%matplotlib inline\nx = 1")
        ('pass\nx = 1', ['%matplotlib inline'])
    """
    if _parses(source):
        return source, []
    lines = source.splitlines()
    first = lines[0].strip()
    if first.startswith("%%") and first.split()[0] not in _TIMERS:
        return "", [first]
    special = [line for line in lines if line.strip().startswith(_MARKS)]
    python = [f"{line[: len(line) - len(line.lstrip())]}pass" if line in special else line for line in lines]
    return "\n".join(python), [line.strip() for line in special]


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True


def _ignore(cell: Cell) -> None:
    """Nobody wants to know which cell is next."""


def _display(*objects: object, **options: object) -> None:
    """Stand where IPython's ``display`` does; nobody is looking."""
