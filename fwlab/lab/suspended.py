"""Where a coroutine that waits has come to: the question behind "what is it waiting for?"."""

from __future__ import annotations

from typing import Any

from fwlab.places import Place, places_in


def places_of_wait(coroutine: Any) -> list[Place]:
    """Return the lines that a suspended coroutine waits in, from the innermost ``await`` out.

    Args:
        coroutine: a coroutine object that is not running.
    """
    places: list[Place] = []
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "ag_frame", None)
        places = places_in(frame) + places  # of one that is suspended, its own line alone
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "ag_await", None)
    return places
