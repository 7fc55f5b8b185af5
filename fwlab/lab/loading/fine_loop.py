"""An event loop whose timers are not rounded up to whole milliseconds, for a client that has a process of its own.

``epoll_wait`` counts in milliseconds, so on Linux asyncio's timers come up to one late: half a millisecond on average,
which is more than a fast handler takes. ``select`` counts in microseconds, and an epoll is a file that it can wait for.
"""

from __future__ import annotations

import asyncio
import select
import selectors
import sys

if sys.platform == "linux":

    class _FineSelector(selectors.EpollSelector):
        def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
            if timeout is not None and timeout > 0 and self.fileno() < 1024:  # what select() can look at
                select.select([self], [], [], timeout)
                timeout = 0
            return super().select(timeout)

    def new_loop() -> asyncio.AbstractEventLoop:
        """Return a new event loop with timers as exact as the system's."""
        return asyncio.SelectorEventLoop(_FineSelector())

else:

    def new_loop() -> asyncio.AbstractEventLoop:
        """Return a new event loop; its timers are as exact as the system's."""
        return asyncio.new_event_loop()
