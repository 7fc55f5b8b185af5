"""What goes on in the burger shop: each thing that takes time says when it begins and ends, and who did it.

The course's little libraries say so of everything that they make a learner's code wait for. Nobody listens, except
where an exercise is checked.
"""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fwlab.lab.clock.actors import Job, current_actor

if TYPE_CHECKING:
    from collections.abc import Iterator

current_request: ContextVar[int | None] = ContextVar("fwlab_current_request", default=None)
"""The number of the request that the running code works for, where somebody counts them."""

_watchers: list[list[Activity]] = []


@dataclass(slots=True, eq=False)
class Activity:
    """Something that took time.

    Attributes:
        name: what it was, such as ``"grill patty"``.
        begin, end: in seconds of ``time.perf_counter``; `end` is ``None`` while it goes on.
        lane: ``"loop"`` where it was awaited or called on an event loop, else ``"thread"``.
        thread: the identifier of the thread.
        request: the number of the request that it was for, where requests are counted.
        outcome: ``""`` while it goes on, then ``"done"``, ``"cancelled"`` or ``"failed"``.
    """

    name: str
    begin: float
    lane: str
    thread: int
    request: int | None = None
    end: float | None = None
    outcome: str = ""


@contextmanager
def activity(name: str) -> Iterator[None]:
    """Tell those who watch that something of that name goes on while the block runs.

    Example:
        >>> with watched() as seen, activity("grill patty"):
        ...     pass
        >>> seen[0].name, seen[0].outcome
        ('grill patty', 'done')
    """
    if not _watchers:
        yield
        return
    now = Activity(name, time.perf_counter(), _lane(), threading.get_ident(), current_request.get())
    for seen in _watchers:
        seen.append(now)
    outcome = "failed"
    try:
        yield
        outcome = "done"
    except asyncio.CancelledError:
        outcome = "cancelled"
        raise
    finally:
        now.end, now.outcome = time.perf_counter(), outcome


@contextmanager
def watched() -> Iterator[list[Activity]]:
    """Watch what goes on while the block runs.

    Yields:
        The list of activities, which fills as they begin.
    """
    seen: list[Activity] = []
    _watchers.append(seen)
    try:
        yield seen
    finally:
        _watchers[:] = [other for other in _watchers if other is not seen]


def _lane() -> str:
    if isinstance(current_actor(), Job):
        return "thread"
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return "thread"
    return "loop"
