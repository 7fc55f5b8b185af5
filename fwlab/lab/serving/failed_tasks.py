"""A task that fails while nobody awaits it, shown where the learner looks.

asyncio tells its loop's exception handler of such a task when the last reference to it is gone, for most tasks the very
moment they end. The default handler logs it, but in a kernel that happens outside of every cell's context, and the
front end drops what belongs to no cell.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from fwlab.lab.serving.labelled_output import clean_context, label
from fwlab.lab.serving.server_log import current_server
from fwlab.lab.tracebacks import from_users_code

if TYPE_CHECKING:
    from asyncio.events import _ExceptionHandler as ExceptionHandler

_watched: WeakKeyDictionary[asyncio.AbstractEventLoop, FailedTasks._Handler] = WeakKeyDictionary()


class FailedTasks:
    """While one of these is open for an event loop, failed tasks of this loop are logged for people."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        handler = _watched.get(loop)
        if handler is None:
            handler = _watched[loop] = self._Handler(loop.get_exception_handler())
            loop.set_exception_handler(handler)
        handler.users += 1
        self._loop = loop
        self._handler = handler

    def close(self) -> None:
        """Give the loop its old handler back, where this was the last user and nobody has set another."""
        self._handler.users -= 1
        if self._handler.users == 0:
            _watched.pop(self._loop, None)
            if self._loop.get_exception_handler() is self._handler:
                self._loop.set_exception_handler(self._handler.before)

    class _Handler:
        def __init__(self, before: ExceptionHandler | None) -> None:
            self.before = before
            self.users = 0

        def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
            task, error = context.get("future"), context.get("exception")
            if isinstance(task, asyncio.Task) and error is not None:
                clean_context().run(_log, task, error)
            elif self.before is not None:
                self.before(loop, context)
            else:
                clean_context().run(loop.default_exception_handler, context)


def _log(task: asyncio.Task[Any], error: BaseException) -> None:
    context: contextvars.Context | None = task.get_context() if hasattr(task, "get_context") else None  # from 3.12 on
    served_by = context.get(current_server) if context is not None else None
    name = served_by.name if served_by is not None else label.get()
    of = f" of the server {name!r}" if name is not None else ""
    logging.getLogger("fwlab.lab").error(
        "A task%s failed, and nobody awaited it: %s",
        of,
        getattr(task.get_coro(), "__qualname__", task.get_name()),
        exc_info=(type(error), error, from_users_code(error.__traceback__)),
    )
