"""The model of a machine: a clock that jumps, a calendar of who wakes when, and cores that are shared.

Nothing here runs anything: the machine says who goes on next, and when. The event loop, worker threads and worker
processes make demands: to sleep for so long, or to compute for so long. Who computes shares a core with the others of
its process, as Python's global interpreter lock has it; processes share the machine's cores. Sharing is even at every
instant (*processor sharing*; L. Kleinrock, "Time-shared Systems: A Theoretical Treatment", J. ACM 14, 1967).

Time is whole nanoseconds, and work is counted in exact fractions of them, so that nothing depends on rounding.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SECOND = 1_000_000_000
"""Nanoseconds in a second, the unit of the calendar."""


class Demanding(Protocol):
    """Who makes demands on the machine, and goes on when one is met."""

    process: object
    """Whose core it computes on: actors of one process share one."""

    def resume(self) -> None:
        """Go on until the next demand, or to the end."""


class Machine:
    """A clock, a calendar and cores.

    Args:
        cores: how many processes can compute at full speed at the same time.
        choose: given the actors that are due at the same instant, returns which goes on first; the default takes them
            in the order in which they made their demands.

    Attributes:
        now: nanoseconds since the start.
    """

    def __init__(self, cores: int, choose: Callable[[Sequence[object]], int] = lambda due: 0) -> None:
        self.now = 0
        self.cores = cores
        self._choose = choose
        self._wakes: dict[Demanding, int] = {}
        self._work: dict[Demanding, Fraction] = {}

    def sleep(self, actor: Demanding, nanoseconds: int) -> None:
        """Let an actor go on after so long."""
        self._wakes[actor] = self.now + max(nanoseconds, 0)

    def compute(self, actor: Demanding, nanoseconds: int) -> None:
        """Let an actor go on when it has had a core to itself for so long, or a share of one for longer."""
        self._work[actor] = Fraction(max(nanoseconds, 0))

    def withdraw(self, actor: Demanding) -> None:
        """Forget an actor's demand."""
        self._wakes.pop(actor, None)
        self._work.pop(actor, None)

    def next_time(self) -> int | None:
        """Return when a demand is met next; ``None`` when there is none."""
        times = list(self._wakes.values())
        shares = self._shares()
        times += [self.now + math.ceil(work / shares[actor]) for actor, work in self._work.items()]
        return min(times, default=None)

    def advance(self, time: int) -> None:
        """Let the clock jump; to no later than :meth:`next_time`."""
        passed = time - self.now
        if passed > 0 and self._work:
            for actor, share in self._shares().items():
                self._work[actor] = max(self._work[actor] - share * passed, Fraction(0))
        self.now = time

    def pop_due(self) -> Demanding | None:
        """Return an actor whose demand is met by now, and forget the demand; ``None`` when there is none."""
        due = [actor for actor, time in self._wakes.items() if time <= self.now]
        due += [actor for actor, work in self._work.items() if not work]
        if not due:
            return None
        actor = due[self._choose(due) if len(due) > 1 else 0]
        self.withdraw(actor)
        return actor

    def _shares(self) -> dict[Demanding, Fraction]:
        """Which part of a core each computing actor has at this instant."""
        computing: dict[object, list[Demanding]] = {}
        for actor in self._work:
            computing.setdefault(actor.process, []).append(actor)
        if not computing:
            return {}
        core = min(Fraction(1), Fraction(self.cores, len(computing)))
        return {actor: core / len(actors) for actors in computing.values() for actor in actors}
