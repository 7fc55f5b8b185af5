"""How many requests a server has had, and how many it is at: two numbers that only its loop writes.

They may stand in a list or in memory that several processes share, so that they can be read even while the server's own
loop is blocked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from fwlab.types import ASGIApp, Receive, Scope, Send

STARTED, ENDED = 0, 1


class Cells(Protocol):
    """Two numbers: requests that came in, and requests that the application is done with."""

    def __getitem__(self, index: int, /) -> int: ...
    def __setitem__(self, index: int, value: int, /) -> None: ...


def in_flight(cells: Cells) -> int:
    """Return how many requests are inside the application."""
    ended = cells[ENDED]  # read first: a request that starts in between must not make the difference negative
    return cells[STARTED] - ended


def counted(app: ASGIApp, cells: Cells, state: dict[str, Any]) -> ASGIApp:
    """Wrap an application: count its HTTP requests, and hand each a copy of what the application stored at start-up."""

    async def with_count(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = state.copy()
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        cells[STARTED] += 1
        try:
            await app(scope, receive, send)
        finally:
            cells[ENDED] += 1

    return with_count
