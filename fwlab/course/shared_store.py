"""What all workers of the shop share: a small store beside them, as a Redis is, that keeps numbers under names.

It does one thing after the other, so each of its questions is answered whole: between the reading and the writing of
``add`` nobody else has a turn. Between two questions of yours, everybody has.
"""

from __future__ import annotations

import time

import anyio

from fwlab.course.activities import activity

QUESTION = 0.01
"""Seconds that a question takes, there and back."""

FILLING = 0.3
"""Seconds that it takes to fill the menu."""

MENU = "menu"
"""The name under which a store has the number of burgers on the menu, once it is filled."""


class Store:
    """Numbers under names, for all who have this object.

    Args:
        down: from when to when nobody is answered, in seconds of ``time.perf_counter``; who asks then waits.

    Example:
        >>> async def two_ask():
        ...     store = Store()
        ...     return await store.add("visits"), await store.add("visits"), await store.get("visits")
        >>> anyio.run(two_ask)
        (1, 2, 2)
    """

    def __init__(self, down: tuple[float, float] = (0.0, 0.0)) -> None:
        self._numbers: dict[str, int] = {}
        self._down = down
        self._changed = anyio.Event()

    async def get(self, name: str) -> int | None:
        """Return the number of that name, or ``None`` where there is none."""
        with activity("get"):
            await self._asked()
            return self._numbers.get(name)

    async def put(self, name: str, number: int) -> None:
        """Keep a number, in the place of the one that was there."""
        with activity("put"):
            await self._asked()
            self._keep(name, number)

    async def add(self, name: str, number: int = 1) -> int:
        """Add to a number, which begins with 0, and return what it is now."""
        with activity("add"):
            await self._asked()
            self._keep(name, self._numbers.get(name, 0) + number)
            return self._numbers[name]

    async def claim(self, name: str) -> bool:
        """Tell whether this is the first claim of that name: true for one who asks, false for all others."""
        with activity("claim"):
            await self._asked()
            first = f"claim of {name}" not in self._numbers
            self._numbers[f"claim of {name}"] = 1
            return first

    async def wait_for(self, name: str) -> int:
        """Return the number of that name as soon as there is one."""
        with activity("wait for"):
            await self._asked()
            while name not in self._numbers:
                await self._changed.wait()
            return self._numbers[name]

    def known(self, name: str) -> int | None:
        """Return the number of that name at this moment, without asking: for whoever looks on from outside."""
        return self._numbers.get(name)

    async def _asked(self) -> None:
        await anyio.sleep(QUESTION)
        begin, end = self._down
        if begin <= (now := time.perf_counter()) < end:
            await anyio.sleep(end - now)

    def _keep(self, name: str, number: int) -> None:
        self._numbers[name] = number
        self._changed.set()
        self._changed = anyio.Event()


async def fill_menu(store: Store) -> None:
    """Put three burgers on the menu: 0.3 seconds. Done twice, there are six.

    Example:
        >>> async def filled_twice():
        ...     store = Store()
        ...     await fill_menu(store)
        ...     await fill_menu(store)
        ...     return await store.get(MENU)
        >>> anyio.run(filled_twice)
        6
    """
    with activity("fill menu"):
        await anyio.sleep(FILLING)
    await store.add(MENU, 3)
