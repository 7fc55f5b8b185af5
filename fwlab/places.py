"""Where a thread is, as lines of source: the question behind "who holds the loop?" and "where does it hang?"."""

from __future__ import annotations

import linecache
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from fwlab.ownership import is_users_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import CodeType, FrameType


class Place(NamedTuple):
    """A line of source that was being executed."""

    filename: str
    line: int
    function: str

    @property
    def text(self) -> str:
        """The line itself, without indentation; empty when the source cannot be found."""
        return linecache.getline(self.filename, self.line).strip()

    def __str__(self) -> str:
        return f"line {self.line} of {self.function}: {self.text}"


def frame_of(thread: int) -> FrameType | None:
    """Return what a thread is executing. The one place that uses an interface of CPython which is not promised.

    Args:
        thread: its identifier (``threading.get_ident()``).

    Returns:
        Its innermost frame, or ``None`` when there is no such thread.
    """
    return sys._current_frames().get(thread)


def places_in(frame: FrameType | None, *, within: CodeType | None = None) -> list[Place]:
    """Return the lines that a stack of calls is at, from the innermost out.

    Args:
        frame: the innermost frame.
        within: where to stop: the code that made the first call of interest. Default: at the stack's end.
    """
    places = []
    while frame is not None and frame.f_code is not within:
        places.append(Place(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name))
        frame = frame.f_back
    return places


def places_of_wait(coroutine: Any) -> list[Place]:
    """Return the lines that a suspended coroutine waits in, from the innermost ``await`` out.

    Args:
        coroutine: a coroutine object that is not running.
    """
    places: list[Place] = []
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "ag_frame", None)
        if frame is not None:
            places.insert(0, Place(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name))
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "ag_await", None)
    return places


def users_place(places: Iterable[Place]) -> Place | None:
    """Return the first of `places` that is in the user's own code: where they can do something about it.

    Example:
        >>> users_place([Place("<frozen os>", 1, "f"), Place("/home/ada/shop.py", 7, "stock")]).function
        'stock'
    """
    return next((place for place in places if is_users_file(place.filename)), None)
