"""How late the kernel's event loop is and who holds it, seen from another thread: so also while a cell holds it.

A *beat* is put to the loop. Where it does not come back, the loop's thread is at work in a cell, a task or a handler,
and its stack says at which line. Where no Python runs for long (one call into C that keeps the interpreter's lock),
nobody sees anything until it ends.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from fwlab.lab.timeline.cells import cell_of
from fwlab.lab.timeline.stacks import place_in_turn
from fwlab.places import frame_of

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from fwlab.places import Place

BLOCKED = 0.1
"""Seconds after which a late beat is called a blocked loop."""


class LoopState(NamedTuple):
    """What is known of a loop.

    Attributes:
        lag: how long the last beat took to come, in seconds.
        blocked: how long the loop has not turned by now, in seconds; 0 while it turns.
        by: the line that holds it, as ``"In[5] line 2"``; empty where it turns, or where it is no line of the user's.
    """

    lag: float
    blocked: float
    by: str

    def facts(self) -> dict[str, float | str]:
        """Return what the page is told: coarse, so that a quiet loop is no news. `lag` is in ms, 0 below 10."""
        lag = round(1000 * self.lag)
        return {"lag": lag if lag >= 10 else 0, "blocked": round(self.blocked, 1), "by": self.by}


class LoopWatch:
    """The beats of one loop; all but `_come` is called from the thread that watches.

    Args:
        loop: which loop.
        thread: the identifier of the thread that it runs in.
        clock: what tells the time.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, thread: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._loop = loop
        self._thread = thread
        self._clock = clock
        self._sent: float | None = None
        self._lag = 0.0
        self._by = ""

    def look(self) -> LoopState:
        """Return how the loop is, and put the next beat to it where the last has come."""
        sent = self._sent
        if sent is None:
            self._by = ""
            self._sent = self._clock()
            try:
                self._loop.call_soon_threadsafe(self._come)
            except RuntimeError:  # it is closed: the kernel ends
                self._sent = None
            return LoopState(self._lag, 0.0, "")
        late = self._clock() - sent
        if late < BLOCKED:
            return LoopState(self._lag, 0.0, "")
        place = place_in_turn(frame_of(self._thread))
        if self._sent == sent and place is not None:  # the stack was that of this turn
            self._by = _named(place)
        return LoopState(self._lag, late, self._by)

    def _come(self) -> None:
        sent, self._sent = self._sent, None
        if sent is not None:
            self._lag = self._clock() - sent


def _named(place: Place) -> str:
    where = cell_of(place.filename) or place.function
    return f"{where} line {place.line}"
