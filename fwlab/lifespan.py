"""What an app does before its first request and after its last: its lifespan.

The newer way is one async context manager, ``lifespan(app)``: what comes before its ``yield`` runs at the start, what
comes after it at the end. The older way, functions for ``"startup"`` and ``"shutdown"``, is kept for apps that use it.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

from fwlab.concurrency import lane_of, run_in_lane
from fwlab.exceptions import FwlabError
from fwlab.types import Receive, Scope, Send

if TYPE_CHECKING:
    from fwlab.routing import APIRouter

LifespanFunction = Callable[[Any], AbstractAsyncContextManager[Mapping[str, Any] | None]]


@asynccontextmanager
async def running(router: APIRouter, app: Any) -> AsyncIterator[dict[str, Any]]:
    """Start a router and those that it includes on entering, end them on leaving; gives all that they yield."""
    state: dict[str, Any] = {}
    async with AsyncExitStack() as stack:
        if (lifespan := router.lifespan) is not None:
            if inspect.isasyncgenfunction(lifespan):
                lifespan = asynccontextmanager(lifespan)
            yielded = await stack.enter_async_context(lifespan(app))
            state |= yielded or {}
        else:
            await _call_all(router.events["startup"])
            stack.push_async_callback(_call_all, router.events["shutdown"])
        for included in router.included:
            state |= await stack.enter_async_context(running(included, app))
        yield state


async def run_lifespan(app: APIRouter, scope: Scope, receive: Receive, send: Send) -> None:
    """Follow the server's word: start, wait until it says stop, end."""
    await receive()
    phase = "startup"
    try:
        async with running(app, app) as state:
            if state:
                if "state" not in scope:
                    raise FwlabError("The lifespan yields a state, but the server keeps none; yield nothing.")
                scope["state"].update(state)
            await send({"type": "lifespan.startup.complete"})
            phase = "shutdown"
            await receive()
    except BaseException:
        import traceback  # needed for an app that fails only, and slow to load

        await send({"type": f"lifespan.{phase}.failed", "message": traceback.format_exc()})
        raise
    await send({"type": "lifespan.shutdown.complete"})


async def _call_all(functions: Sequence[Callable[[], Any]]) -> None:
    for function in functions:
        await run_in_lane(function, lane_of(function), {})
