"""Which event loop runs here, and how to call a function on it from another thread: asyncio's, uvloop's or trio's."""

from __future__ import annotations

import sys
from asyncio import get_running_loop
from collections.abc import Callable
from typing import Any


def loop_here() -> object | None:
    """Return the event loop that runs in this thread: asyncio's or uvloop's loop, trio's token, or ``None``."""
    try:
        return get_running_loop()
    except RuntimeError:
        pass
    trio: Any = sys.modules.get("trio")
    try:
        token: object | None = trio and trio.lowlevel.current_trio_token()
    except RuntimeError:
        return None
    return token


def caller_of(loop: Any) -> Callable[[Callable[[], None]], object]:
    """Return what has a function called on that loop soon; it raises ``RuntimeError`` when the loop is closed."""
    call: Callable[[Callable[[], None]], object] = getattr(loop, "call_soon_threadsafe", None) or loop.run_sync_soon
    return call
