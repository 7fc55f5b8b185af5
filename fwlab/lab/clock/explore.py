"""``explore(fn)``: does it work, or does it work by luck? The same run in many orders that are all allowed.

Which of two ready tasks goes first is nobody's promise. Code that needs one order works until a server is busy. Here
the order is shuffled by a seed, run after run, until an assertion breaks; then all that does not matter for it is put
back into the usual order, so that what is left is the race.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fwlab.lab.clock.choices import Choices
from fwlab.lab.clock.run import run_with
from fwlab.lab.errors import LabError
from fwlab.lab.progress import ProgressBar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from fwlab.lab.clock.choices import Choice

_MOST_TRIES = 300  # runs that making the schedule smaller may take


@dataclass(frozen=True)
class Broken:
    """A schedule under which a run fails.

    Attributes:
        seed: under which it was found; ``None``: in the usual order.
        error: what was raised under the shrunk schedule.
        choices: which of those that were ready went first, each time; 0 is the usual one.
        unusual: those choices that differ from the usual order, with who went before whom.
    """

    seed: int | None
    error: Exception
    choices: tuple[int, ...]
    unusual: tuple[Choice, ...]
    fn: Callable[[], Awaitable[Any]]
    cores: int

    def replay(self) -> Any:
        """Run it once more under this schedule: raises the error again, for a debugger to look at."""
        return run_with(self.fn, self.cores, Choices.replayed(self.choices))

    def __str__(self) -> str:
        what = f"{type(self.error).__name__}: {self.error}".rstrip(": ")
        if self.seed is None:
            return f"It breaks in the usual order already. {what}"
        order = "\n".join(f"  {choice}" for choice in self.unusual)
        return f"Seed {self.seed} breaks it. {what}\nWhat differs from the usual order:\n{order}"

    __repr__ = __str__


def explore(fn: Callable[[], Awaitable[Any]], *, seeds: int = 200, cores: int = 2) -> Broken | None:
    """Run an async function in many orders, and return the first that breaks it, shrunk; ``None`` where none does.

    Args:
        fn: as for :func:`virtual`; each call must start afresh, from state of its own. It breaks by raising, as an
            ``assert`` does.
        seeds: how many orders to try, after the usual one.
        cores: of the modelled machine.

    Raises:
        LabError: an argument that makes no sense.

    Example:
        >>> import anyio
        >>> from fwlab.lab import explore
        >>> async def race():
        ...     said = []
        ...     async def say(word):
        ...         await anyio.sleep(0.1)
        ...         said.append(word)
        ...     async with anyio.create_task_group() as group:
        ...         group.start_soon(say, "hello", name="hello")
        ...         group.start_soon(say, "world", name="world")
        ...     assert said == ["hello", "world"]
        >>> len(explore(race).unusual)
        1
    """
    wanted: object = seeds
    if not isinstance(wanted, int) or isinstance(wanted, bool) or wanted < 1:
        raise LabError(f"explore(seeds=...) is a whole number from 1 on, and this is {seeds!r}.")
    with ProgressBar(total=seeds, unit=" schedules") as bar:
        usual = Choices.replayed(())
        if error := _failure(fn, cores, usual):
            return Broken(None, error, (), (), fn, cores)
        for seed in range(seeds):
            choices = Choices.random(seed)
            if error := _failure(fn, cores, choices):
                return _shrunk(fn, cores, seed, choices, error)
            bar.update()
    return None


def _failure(fn: Callable[[], Awaitable[Any]], cores: int, choices: Choices) -> Exception | None:
    try:
        run_with(fn, cores, choices)
    except Exception as error:
        return error
    return None


def _shrunk(fn: Callable[[], Awaitable[Any]], cores: int, seed: int, found: Choices, error: Exception) -> Broken:
    """Put back into the usual order what does not matter: half of the choices, a quarter, … each by itself.

    The method is delta debugging (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002).
    """
    best, tries = found, 0
    size = max(len(found.made), 1)
    while size and tries < _MOST_TRIES:
        start = 0
        while start < len(best.made) and tries < _MOST_TRIES:
            made = [choice.taken for choice in best.made]
            if any(made[start : start + size]):
                tries += 1
                trial = Choices.replayed(_without(made, start, size))
                if (again := _failure(fn, cores, trial)) and type(again) is type(error):
                    best, error = trial, again
            start += size
        size //= 2
    unusual = tuple(choice for choice in best.made if choice.taken)
    return Broken(seed, error, tuple(choice.taken for choice in best.made), unusual, fn, cores)


def _without(made: Sequence[int], start: int, size: int) -> list[int]:
    return [0 if start <= number < start + size else taken for number, taken in enumerate(made)]
