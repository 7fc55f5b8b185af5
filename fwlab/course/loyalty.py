"""The loyalty API: another company's server, far away, that knows how many points a customer has.

It takes its time, and there are two clients for it, as there are for most services: one is awaited, one is of the old
kind and blocks. Both get the same answer.
"""

from __future__ import annotations

import time
from zlib import crc32

import anyio

from fwlab.course.activities import activity

ROUND_TRIP = 0.2
"""Seconds that an answer takes: the way there, a look into their books, the way back."""


async def points_of(customer: str) -> int:
    """Ask how many points a customer has: 0.2 seconds, in which whoever awaits it pauses.

    Args:
        customer: a name, such as ``"ada"``.

    Returns:
        From 0 to 99 points, always the same for the same name.

    Example:
        >>> anyio.run(points_of, "ada")
        52
    """
    with activity(f"points of {customer}"):
        await anyio.sleep(ROUND_TRIP)
    return _in_their_books(customer)


def points_of_blocking(customer: str) -> int:
    """Ask the same through a library that knows no ``await``: 0.2 seconds, in which the thread can do nothing else.

    Args:
        customer: a name, such as ``"ada"``.

    Returns:
        From 0 to 99 points, the same as :func:`points_of`.

    Example:
        >>> points_of_blocking("ada")
        52
    """
    with activity(f"points of {customer}"):
        time.sleep(ROUND_TRIP)
    return _in_their_books(customer)


def _in_their_books(customer: str) -> int:
    return crc32(customer.encode()) % 100
