"""Which activities a picture shows where there are too many: some of each kind, from the first to the last.

Sixty customers of the same kind must not hide the one who waits behind them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fwlab.course.activities import Activity


def representatives(activities: Sequence[Activity], most: int) -> list[Activity]:
    """Return `most` activities at the most, in their order; one fewer where a line is needed to count the others.

    Every kind gets as many as the others, as long as it has them; of a kind, those that are shown are spread evenly.
    Names that differ in numbers alone are of one kind: ``GET /cards/1`` and ``GET /cards/2``.

    Args:
        activities: all there are.
        most: how many there is room for.

    Example:
        >>> from fwlab.course.activities import Activity
        >>> names = [*(f"nap {number}" for number in range(9)), "meal"]
        >>> [one.name for one in representatives([Activity(name, 0.0, "loop", 1) for name in names], 5)]
        ['nap 0', 'nap 4', 'nap 8', 'meal']
    """
    if len(activities) <= most:
        return list(activities)
    room = most - 1  # the last line counts the others
    kinds: dict[str, list[int]] = {}
    for place, one in enumerate(activities):
        kinds.setdefault(re.sub(r"\d+", "#", one.name), []).append(place)
    shown, chosen = list(kinds.values())[:room], list[int]()
    for left, places in zip(range(len(shown), 0, -1), sorted(shown, key=len), strict=True):
        some = _spread(places, min(len(places), room // left))
        chosen += some
        room -= len(some)
    return [activities[place] for place in sorted(chosen)]


def _spread(places: list[int], count: int) -> list[int]:
    if count < 2:
        return places[:count]
    return [places[round(step * (len(places) - 1) / (count - 1))] for step in range(count)]
