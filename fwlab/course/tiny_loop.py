"""An event loop to read: all that it takes to run several coroutines, with a clock that jumps instead of waiting.

A coroutine pauses by handing something to whoever runs it. To this loop it hands a number: for how many seconds it
wants to be left alone.
"""

from __future__ import annotations

import heapq
from collections.abc import Coroutine
from typing import Any


class TinyLoop:
    """Runs coroutines until all are over.

    Attributes:
        now: the time on its clock, in seconds.
    """

    def __init__(self) -> None:
        self.now = 0.0

    def run(self, *coroutines: Coroutine[Any, None, Any]) -> list[Any]:
        """Run coroutines beside each other, and return what they return, in the order in which they were given.

        Raises:
            TypeError: one of them pauses without saying for how many seconds.

        Example:
            >>> import types
            >>> @types.coroutine
            ... def a_second():
            ...     yield 1
            >>> async def nap():
            ...     await a_second()
            ...     return "awake"
            >>> loop = TinyLoop()
            >>> loop.run(nap(), nap()), loop.now
            (['awake', 'awake'], 1.0)
        """
        results: list[Any] = [None] * len(coroutines)
        waiting = [(self.now, number) for number in range(len(coroutines))]  # a heap: the next to be woken comes first
        while waiting:
            self.now, number = heapq.heappop(waiting)
            try:
                seconds = coroutines[number].send(None)  # until it pauses again
            except StopIteration as end:
                results[number] = end.value
                continue
            if not isinstance(seconds, int | float):
                raise TypeError(f"a coroutine handed {seconds!r} to the loop, which takes a number of seconds")
            heapq.heappush(waiting, (self.now + seconds, number))
        return results
