"""The market, where the shop buys: it says what things cost today, and has four lines for all who ask.

Whoever comes when all lines are taken waits for one. So a question that need not be asked is time for somebody else.
"""

from __future__ import annotations

import anyio
from anyio.lowlevel import RunVar

from fwlab.course.activities import activity

LINES = 4
"""How many questions the market answers at a time."""

ROUND_TRIP = 0.1
"""Seconds that an answer takes, once there is a line."""

_DOLLARS = {"beef": 9, "buns": 1, "cheese": 4}

_lines: RunVar[anyio.Semaphore] = RunVar("lines to the market")


async def ask_market(item: str) -> int:
    """Ask what something costs today: 0.1 seconds, and before that the wait for a line.

    Args:
        item: ``"beef"``, ``"buns"`` or ``"cheese"``.

    Returns:
        Dollars.

    Raises:
        KeyError: the market has nothing of the kind.

    Example:
        >>> anyio.run(ask_market, "beef")
        9
    """
    with activity(f"ask market for {item}"):
        async with _free_line():
            await anyio.sleep(ROUND_TRIP)
    return _DOLLARS[item]


def _free_line() -> anyio.Semaphore:
    """The lines, of which each event loop has its own: somebody on one loop cannot be woken from another."""
    try:
        return _lines.get()
    except LookupError:
        _lines.set(lines := anyio.Semaphore(LINES))
        return lines
