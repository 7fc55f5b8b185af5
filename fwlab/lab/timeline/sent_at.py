"""When a request left its client, told by the client to whoever follows the request on the server's side.

Both are in this process, and the server sees either the task's context (an application in memory) or the port that the
request came from (a connection): by these, the two find each other. Nothing is added to the request itself.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator

    from fwlab.types import Scope

told = False
"""Whether a client has told anything since somebody asked."""

_asked_for = 0
_by_task: ContextVar[float | None] = ContextVar("fwlab_sent_at", default=None)
_by_port: dict[int, float] = {}


@contextmanager
def noted() -> Iterator[None]:
    """Have clients note when they send, while the block runs."""
    global _asked_for, told
    _asked_for += 1
    try:
        yield
    finally:
        _asked_for -= 1
        if not _asked_for:
            _by_port.clear()
            told = False


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
