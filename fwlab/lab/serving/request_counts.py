"""How many requests a server has had, is at, and has failed: numbers that only its loop writes.

They may stand in a list or in memory that several processes share, so that they can be read even while the server's own
loop is blocked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from fwlab.types import ASGIApp, Message, Receive, Scope, Send

STARTED, ENDED, FAILED = 0, 1, 2
NUMBERS = 3
"""How many numbers there are of a server."""


class Cells(Protocol):
    """Three numbers: requests that came in, those that the application is done with, and those that it failed."""

    def __getitem__(self, index: int, /) -> int: ...
    def __setitem__(self, index: int, value: int, /) -> None: ...


def of_worker(numbers: memoryview, place: int) -> Cells:
    """Return the part of a memory that belongs to one of several workers.

    Args:
        numbers: the memory, as numbers: :data:`NUMBERS` for each worker.
        place: which worker, from 0.
    """
    return numbers[NUMBERS * place : NUMBERS * (place + 1)]


def in_flight(cells: Cells) -> int:
    """Return how many requests are inside the application."""
    ended = cells[ENDED]  # read first: a request that starts in between must not make the difference negative
    return cells[STARTED] - ended


def counted(app: ASGIApp, cells: Cells, state: dict[str, Any]) -> ASGIApp:
    """Wrap an application: count its HTTP requests, and hand each a copy of what the application stored at start-up.

    One has failed when it was answered with a status from 500 on, or raised before its answer began.
    """

    async def with_count(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = state.copy()
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        status = 500

        def noting_status(message: Message) -> Awaitable[None]:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            return send(message)

        cells[STARTED] += 1
        try:
            await app(scope, receive, noting_status)
        finally:
            cells[ENDED] += 1
            cells[FAILED] += status >= 500

    return with_count
