"""When a request left its client, told by the client to whoever follows the request on the server's side.

The server sees either the task's context (an application in memory) or the port that the request came from (a
connection): by these, the two find each other. Nothing is added to the request itself. A client in a process of its own
keeps what it noted until the end.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator

    from fwlab.types import Scope

Notes: TypeAlias = list[tuple[int, float]]
"""Of each request, the port that it was sent from, and when; by a clock that all processes of a machine share."""

told = False
"""Whether a client has told anything since somebody asked."""

_asked_for = 0
_by_task: ContextVar[float | None] = ContextVar("fwlab_sent_at", default=None)
_by_port: dict[int, float] = {}
_listeners: list[Callable[[Notes], None]] = []
_kept: Notes | None = None


@contextmanager
def noted(listener: Callable[[Notes], None]) -> Iterator[None]:
    """Have clients note when they send, while the block runs.

    Args:
        listener: called with what a client in another process noted, when that client is done.
    """
    global _asked_for, told
    _asked_for += 1
    _listeners.append(listener)
    try:
        yield
    finally:
        _asked_for -= 1
        _listeners.remove(listener)
        if not _asked_for:
            _by_port.clear()
            told = False


def is_asked_for() -> bool:
    """Tell whether anybody wants to know when requests are sent."""
    return bool(_asked_for)


@contextmanager
def kept() -> Iterator[Notes]:
    """Keep what clients note, for another process; for one that serves nothing itself."""
    global _asked_for, _kept
    _asked_for += 1
    _kept = []
    try:
        yield _kept
    finally:
        _asked_for -= 1
        _kept = None


def tell(notes: Notes) -> None:
    """Hand on what a client in another process has noted."""
    for listener in _listeners.copy():
        listener(notes)


def note_task() -> None:
    """Note that this task sends a request now, which it does only once."""
    global told
    if _asked_for:
        told = True
        _by_task.set(time.perf_counter())


def note_connection(transport: asyncio.BaseTransport) -> None:
    """Note that a request is written to a connection now."""
    global told
    if _asked_for and (name := transport.get_extra_info("sockname")):
        if _kept is not None:
            _kept.append((name[1], time.perf_counter()))
            return
        told = True
        _by_port[name[1]] = time.perf_counter()


def of(scope: Scope) -> float | None:
    """Return when a request was sent, in seconds of ``time.perf_counter``; ``None`` where its client did not say."""
    client = scope.get("client")
    if client and client[1]:
        return _by_port.pop(client[1], None)
    sent = _by_task.get()
    if sent is not None:
        _by_task.set(None)  # a request that the application itself sends is another one
    return sent
