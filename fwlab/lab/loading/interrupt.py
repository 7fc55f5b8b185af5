"""The interrupt key during a load: it ends the load, not what was measured.

In a notebook, an interrupt would cancel the cell, and with it the ``await load(...)`` that has the samples. So while a
load runs, SIGINT ends the load, which returns what it has. The interrupt is not forgotten: should the same cell (the
same task) begin another load, it is handed on then to whoever had the signal before, and ends the cell. So a loop of
loads ends too, and so does a script. A second interrupt before the load has ended is handed on at once.

A cancellation that is none of the keyboard's (``task.cancel()``, ``asyncio.timeout``) stays what it is for asyncio.
"""

from __future__ import annotations

import asyncio
import signal
import threading
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

_running: dict[Callable[[], None], tuple[asyncio.AbstractEventLoop, asyncio.Task[Any] | None]] = {}
_owed: weakref.WeakSet[asyncio.Task[Any]] = weakref.WeakSet()
_before: Any = None  # who has the signal while no load runs
_PATIENCE = 1.0  # seconds that a handed-on interrupt has to reach the task


@contextmanager
def interruptible(stop: Callable[[], None]) -> Iterator[None]:
    """While the block runs, an interrupt calls ``stop`` in the running event loop; several such blocks may overlap.

    Where signals are not ours to take (outside the main thread, under a handler that is not Python's), nothing changes.
    """
    global _before
    if threading.current_thread() is not threading.main_thread() or not callable(signal.getsignal(signal.SIGINT)):
        yield
        return
    if not _running:
        _before = signal.signal(signal.SIGINT, _on_interrupt)
    _running[stop] = asyncio.get_running_loop(), asyncio.current_task()
    try:
        yield
    finally:
        del _running[stop]
        if not _running and signal.getsignal(signal.SIGINT) is _on_interrupt:
            signal.signal(signal.SIGINT, _before)


async def take_owed_interrupt() -> None:
    """Hand on an interrupt that ended an earlier load of this task."""
    task = asyncio.current_task()
    if task is not None and task in _owed:
        _owed.discard(task)
        signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(_PATIENCE)


def _on_interrupt(number: int, frame: FrameType | None) -> None:
    again = True
    for stop, (loop, task) in list(_running.items()):
        if task is not None and task not in _owed:
            _owed.add(task)
            again = False
        loop.call_soon_threadsafe(stop)  # threadsafe: it wakes a loop that waits for its sockets
    if again:
        _before(number, frame)
