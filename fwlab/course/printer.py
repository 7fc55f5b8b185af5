"""The printer at the counter. Its driver has a thread of its own, and calls back from there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from fwlab.course.activities import activity

PRINTING = 0.3
"""Seconds until a slip is printed."""

CUTTING = 0.5
"""Seconds that the driver's thread goes on after it has called back: it cuts the paper."""


class PrinterError(Exception):
    """The printer was given nothing to print."""


def print_then(text: str, on_done: Callable[[Exception | None, str | None], object]) -> None:
    """Print a slip: return at once, and call back when it is printed, **from the driver's thread**.

    Args:
        text: what is printed.
        on_done: called with ``None`` and the slip, or with a :class:`PrinterError` and ``None`` for an empty text.

    Example:
        >>> async def main():
        ...     print_then("2 burgers", lambda error, slip: print(slip))
        ...     await asyncio.sleep(1)
        >>> asyncio.run(main())
        * 2 burgers *
    """

    def work() -> None:
        with activity("print slip"):
            time.sleep(PRINTING)
        if text:
            on_done(None, f"* {text} *")
        else:
            on_done(PrinterError("there is nothing to print"), None)
        with activity("cut paper"):
            time.sleep(CUTTING)

    _ = asyncio.get_running_loop().run_in_executor(None, work)  # nobody waits for it: it tells by calling back
