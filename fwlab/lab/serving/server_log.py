"""What a server's log says to the person who wrote the handlers.

uvicorn logs a failing handler's traceback from its own first frame on; a learner's own lines come last, under a page of
ours. It does not say which of several servers speaks. And a server that is told to stop cancels the requests in flight,
whose tracebacks say nothing. A filter on uvicorn's logger mends all three, for the servers that fwlab started and no
others.
"""

from __future__ import annotations

import asyncio
import logging
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fwlab.lab.tracebacks import from_users_code

if TYPE_CHECKING:
    import uvicorn


@dataclass(frozen=True, slots=True)
class ServedBy:
    """A server, as the code that runs in its tasks sees it."""

    name: str
    uvicorn: uvicorn.Server


current_server: ContextVar[ServedBy | None] = ContextVar("fwlab_current_server", default=None)
"""The server in whose tasks we are: set where its first task starts, inherited by each request's task."""


class _LearnersView(logging.Filter):
    """Keep each record, but begin its traceback at the learner's first line; drop what a stop brings with it."""

    def filter(self, record: logging.LogRecord) -> bool:
        server = current_server.get()
        if server is None:
            return True
        if server.uvicorn.should_exit and _says_cancelled(record):
            return False
        if record.exc_info and record.exc_info[1] is not None:
            kind, error, traceback = record.exc_info
            record.exc_info = (kind, error, from_users_code(traceback))
        name = repr(server.name)
        record.msg = f"Server {name.replace('%', '%%') if record.args else name}: {record.msg}"
        return True


def _says_cancelled(record: logging.LogRecord) -> bool:
    if record.exc_info:
        return isinstance(record.exc_info[1], asyncio.CancelledError)
    return isinstance(record.msg, str) and "timeout graceful shutdown exceeded" in record.msg


_FILTER = _LearnersView()


def show_learners_lines() -> None:
    """Attach the filter to uvicorn's logger; to call it again does nothing."""
    logging.getLogger("uvicorn.error").addFilter(_FILTER)
