"""Which line of the user's a loop's thread is at: in a step of a request, or in whatever else the loop has called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fwlab.lab.timeline.stepping import stepped
from fwlab.places import Place, places_in, users_place

if TYPE_CHECKING:
    from types import FrameType

_LOOPS = {"asyncio.base_events", "asyncio.runners", "uvloop", "trio._core._run", "nest_asyncio", "nest_asyncio2"}
"""The modules that turn a loop: what called them waits for the loop, and does not hold it."""


def place_in_step(frame: FrameType | None) -> Place | None:
    """Return the user's line in the step that a frame belongs to.

    It is the user's own: where a library is running, it is the line that called the library.
    """
    return users_place(places_in(frame, within=stepped.__code__))


def place_in_turn(frame: FrameType | None) -> Place | None:
    """Return the user's line in what the loop is calling, if it is calling anything of the user's."""
    places = []
    while frame is not None and frame.f_globals.get("__name__") not in _LOOPS:
        places.append(Place.of(frame))
        frame = frame.f_back
    return users_place(places)
