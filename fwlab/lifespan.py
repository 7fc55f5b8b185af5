"""What an app does before its first request and after its last: its lifespan.

The newer way is one async context manager, ``lifespan(app)``: what comes before its ``yield`` runs at the start, what
comes after it at the end. The older way, functions for ``"startup"`` and ``"shutdown"``, is kept for apps that use it.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, cast

from fwlab.concurrency import lane_of, run_in_threadpool
from fwlab.exceptions import DefinitionError, FwlabError
from fwlab.types import Receive, Scope, Send

LifespanFunction = Callable[[Any], AbstractAsyncContextManager[Mapping[str, Any] | None]]


class Lifespan:
    """The lifespan of an app or of a router, with those of the routers that it includes.

    Args:
        function: gives an async context manager; what it yields, if anything, is each request's ``scope["state"]``.
        on_startup: functions to call at the start.
        on_shutdown: functions to call at the end.
    """

    def __init__(
        self,
        function: LifespanFunction | None = None,
        on_startup: Sequence[Callable[[], Any]] | None = None,
        on_shutdown: Sequence[Callable[[], Any]] | None = None,
    ) -> None:
        if function is not None and inspect.isasyncgenfunction(function):
            function = asynccontextmanager(cast(Callable[[Any], AsyncIterator[Mapping[str, Any] | None]], function))
        self._function = function
        self._events: dict[str, list[Callable[[], Any]]] = {
            "startup": list(on_startup or ()),
            "shutdown": list(on_shutdown or ()),
        }
        self._included: list[Lifespan] = []

    def add(self, event_type: str, function: Callable[[], Any]) -> None:
        """Add a function to call at ``"startup"`` or at ``"shutdown"``."""
        if event_type not in self._events:
            raise DefinitionError(f"There is no event {event_type!r}; there are 'startup' and 'shutdown'.")
        self._events[event_type].append(function)

    def include(self, other: Lifespan) -> None:
        """Run another lifespan inside this one."""
        self._included.append(other)

    @asynccontextmanager
    async def running(self, app: Any) -> AsyncIterator[dict[str, Any]]:
        """Start on entering, end on leaving; gives all that the lifespans yield."""
        state: dict[str, Any] = {}
        async with AsyncExitStack() as stack:
            for lifespan in self._all():
                if lifespan._function is not None:
                    yielded = await stack.enter_async_context(lifespan._function(app))
                    state.update({} if yielded is None else yielded)
                else:
                    await _call_all(lifespan._events["startup"])
                    stack.push_async_callback(_call_all, lifespan._events["shutdown"])
            yield state

    def _all(self) -> Iterator[Lifespan]:
        yield self
        for included in self._included:
            yield from included._all()

    async def run(self, app: Any, scope: Scope, receive: Receive, send: Send) -> None:
        """Follow the server's word: start, wait until it says stop, end."""
        await receive()
        started = False
        try:
            async with self.running(app) as state:
                if state:
                    if "state" not in scope:
                        raise FwlabError("The lifespan yields a state, but the server keeps none; yield nothing.")
                    scope["state"].update(state)
                await send({"type": "lifespan.startup.complete"})
                started = True
                await receive()
        except BaseException:
            kind = "shutdown" if started else "startup"
            await send({"type": f"lifespan.{kind}.failed", "message": traceback.format_exc()})
            raise
        await send({"type": "lifespan.shutdown.complete"})


async def _call_all(functions: Sequence[Callable[[], Any]]) -> None:
    for function in functions:
        if lane_of(function) == "loop":
            await function()
        else:
            await run_in_threadpool(function)
