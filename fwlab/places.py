"""Where a thread is, as lines of source: the question behind "who holds the loop?" and "where does it hang?".

And whose code that is: the user's own, or the standard library's, an installed package's or fwlab's. A timeline that
names the culprit's line and a traceback that is cut to the learner's lines both ask this.
"""

import linecache
import os
import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from types import CodeType, FrameType
from typing import NamedTuple, Self

_LIBRARIES = {Path(file).resolve().parent for file in (__file__, os.__file__)}
_INSTALLED = {"site-packages", "dist-packages"}


class Place(NamedTuple):
    """A line of source that was being executed."""

    filename: str
    line: int
    function: str

    @classmethod
    def of(cls, frame: FrameType) -> Self:
        """Return where a frame is."""
        return cls(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name)

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
        places.append(Place.of(frame))
        frame = frame.f_back
    return places


def users_place(places: Iterable[Place]) -> Place | None:
    """Return the first of `places` that is in the user's own code: where they can do something about it.

    Example:
        >>> users_place([Place("<frozen os>", 1, "f"), Place("/home/ada/shop.py", 7, "stock")]).function
        'stock'
    """
    return next((place for place in places if is_users_file(place.filename)), None)


def is_users_file(filename: str) -> bool:
    """Tell whether code of that file is the user's own.

    A notebook's cell counts as a file of the user's: its name is made up, but :mod:`linecache` knows its text.

    Args:
        filename: as code objects have it (``co_filename``).

    Example:
        >>> import json
        >>> is_users_file(json.__file__), is_users_file("/home/ada/burgers.py")
        (False, True)
    """
    if filename.startswith("<"):
        return not filename.startswith("<frozen") and bool(linecache.getlines(filename))
    return _is_outside_libraries(filename)


@lru_cache(maxsize=4096)
def _is_outside_libraries(filename: str) -> bool:
    path = Path(filename).resolve()
    return _LIBRARIES.isdisjoint(path.parents) and _INSTALLED.isdisjoint(path.parts)
