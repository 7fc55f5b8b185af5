"""How much an application does for a request, counted: the calls of Python functions. No clock, so no noise.

A count is no time: one function does more than another, and what is written in C is not seen. But it is the same each
time, on a busy machine too, and it says where to look.
"""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Any

from fwlab.lab.errors import LabError

if TYPE_CHECKING:
    from types import FrameType

    from fwlab.types import ASGIApp, Message

_FIRST = 3  # requests before the one that counts: what is made at the first request is not made again


def calls_of(app: ASGIApp, path: str = "/") -> int:
    """Return how many calls of Python functions an ASGI application needs to answer a GET request.

    A function that pauses is counted once more each time it goes on. The request is the fourth of its kind.

    Args:
        app: an application whose handler does not wait for anything: then nothing else can run in between.
        path: what to ask for, without a query.

    Raises:
        LabError: the application waits for something, or its answer is no success.

    Example:
        >>> async def hello(scope, receive, send):
        ...     await send({"type": "http.response.start", "status": 200, "headers": []})
        ...     await send({"type": "http.response.body", "body": b"hello"})
        >>> calls_of(hello)  # itself, and `send` twice
        3
    """
    for _ in range(_FIRST):
        _ask(app, _scope(path))
    calls, scope = 0, _scope(path)

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event == "call"

    collects, before = gc.isenabled(), sys.getprofile()
    gc.disable()  # what it would collect might call functions of its own
    sys.setprofile(count)
    try:
        _ask(app, scope)
    finally:
        sys.setprofile(before)
        if collects:
            gc.enable()
    return calls - 1  # `_ask` itself; `setprofile` is none of Python's functions


def _ask(app: ASGIApp, scope: dict[str, Any]) -> None:
    statuses: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    running = app(scope, receive, send)
    step = running.__await__()
    try:
        next(step)
    except StopIteration:
        pass
    else:
        step.close()
        raise LabError(
            f"calls_of(app, {scope['path']!r}): the application waits for something, and whatever ran meanwhile would "
            "be counted too. Ask for a path whose handler is `async def` and does not wait."
        )
    if statuses and statuses[0] >= 400:
        raise LabError(f"calls_of(app, {scope['path']!r}): the answer has status {statuses[0]}. Count what succeeds.")


def _scope(path: str) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1")],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
