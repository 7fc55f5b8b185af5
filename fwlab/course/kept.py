"""What was asked once is kept for a while, so that not everybody has to ask.

Chapter 14 is the story of this file: its first version asked once for each of the customers who came at the same time.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import anyio

T = TypeVar("T")


class Kept(Generic[T]):
    """The answer to a question that is asked when somebody needs it, and then not again for a while.

    Where several need it at the same time, one asks, and the others wait for what comes. An error goes to the one who
    asked and is not kept: the next in line asks again. So does the next when the one who asked is cancelled.

    Args:
        ask: an async function without parameters.
        seconds: for how long its answer is good.

    Example:
        >>> async def ask():
        ...     print("asked")
        ...     return 9
        >>> async def twice():
        ...     beef = Kept(ask, seconds=10)
        ...     return await beef.get(), await beef.get()
        >>> anyio.run(twice)
        asked
        (9, 9)
    """

    def __init__(self, ask: Callable[[], Awaitable[T]], seconds: float) -> None:
        self._ask, self._seconds = ask, seconds
        self._until = float("-inf")
        self._value: T
        self._asking = anyio.Lock()

    async def get(self) -> T:
        """Return the answer that is kept, or a new one where that is too old."""
        async with self._asking:
            if anyio.current_time() >= self._until:
                self._value = await self._ask()
                self._until = anyio.current_time() + self._seconds
            return self._value
