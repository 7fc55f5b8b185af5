"""The burger shop's supplier: a small library of the old kind, that asks over the network and knows no ``await``.

The course's handlers call it as they would call ``requests`` or a database driver. It keeps a record of who asked what,
and an exercise may put its own wait in the network's place (:func:`watched`).
"""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

from fwlab.course.activities import activity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROUND_TRIP = 0.2
"""Seconds that the supplier's answer takes: the way there, a look at the shelf, the way back."""


@dataclass(slots=True)
class Visit:
    """One question to the supplier. Times are seconds of ``time.perf_counter``; `end` is ``None`` before the answer."""

    item: str
    thread: int
    begin: float
    end: float | None = None


_visits: deque[Visit] = deque(maxlen=1000)
_watchers: list[tuple[list[Visit], Callable[[], None]]] = []


def ask_supplier(item: str) -> int:
    """Ask the supplier how many pieces of an item are in stock, and block until the answer is there.

    Args:
        item: what to ask for, such as ``"bun"``.

    Returns:
        The number of pieces.

    Example:
        >>> ask_supplier("bun") == pieces_in_stock("bun")
        True
    """
    visit = Visit(item, threading.get_ident(), time.perf_counter())
    _visits.append(visit)
    wait = _the_network
    if _watchers:
        seen, wait = _watchers[-1]
        seen.append(visit)
    with activity(f"ask supplier for {item}"):
        wait()
    visit.end = time.perf_counter()
    return pieces_in_stock(item)


def pieces_in_stock(item: str) -> int:
    """Return what the supplier will say of an item: from 0 to 99 pieces, always the same for the same item."""
    return crc32(item.encode()) % 100


def visits() -> list[Visit]:
    """Return the last 1000 questions, the oldest first."""
    return list(_visits)


@contextmanager
def watched(wait: Callable[[], None]) -> Iterator[list[Visit]]:
    """Watch the supplier while the block runs.

    Args:
        wait: called in the asker's thread, in the place of the network's round trip.

    Yields:
        The list of questions, which fills as they come.

    Example:
        >>> with watched(wait=lambda: None) as seen:
        ...     pieces = ask_supplier("pickle")
        >>> [visit.item for visit in seen]
        ['pickle']
    """
    seen: list[Visit] = []
    watcher = (seen, wait)
    _watchers.append(watcher)
    try:
        yield seen
    finally:
        _watchers.remove(watcher)


def _the_network() -> None:
    time.sleep(ROUND_TRIP)
