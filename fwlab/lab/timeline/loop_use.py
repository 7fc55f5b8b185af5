"""What each loop did when: the steps of requests, and between them what else held it. Never two things at a time."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from fwlab.lab.timeline.records import Stretch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fwlab.lab.timeline.records import Other, Step

WORTH_A_NOTE = 0.005
"""Seconds from which on a stretch of something else is kept: what is shorter may be the loop's own work."""


def loop_use(steps: Sequence[Step], others: Sequence[Other]) -> list[Stretch]:
    """Return the stretches in which loops were busy, in order; on each loop, one ends before the next begins.

    Args:
        steps: of all requests, in the order in which they ended.
        others: what else held loops.
    """
    by_loop: dict[int, list[Step]] = {}
    stretches = []
    for step in list(steps):
        by_loop.setdefault(step.loop, []).append(step)
        stretches.append(Stretch(step.start, step.end or step.start, step.request, step.place, step.loop))
    for other in list(others):
        stretches += _left_over(other, by_loop.get(other.loop, []))
    # Of several at one instant, as there are in virtual time, those that took no time keep their order.
    return sorted(stretches, key=lambda stretch: (stretch.start, stretch.end))


def _left_over(other: Other, steps: Sequence[Step]) -> list[Stretch]:
    """Return what is left of a stretch when the steps of requests are taken out."""
    pieces = []
    start = other.start
    first = max(bisect_right(steps, other.start, key=lambda step: step.start) - 1, 0)
    for step in steps[first:]:
        if step.start >= other.end:
            break
        end = step.end or step.start
        if end > start:
            pieces.append((start, step.start))
            start = end
    pieces.append((start, other.end))
    return [Stretch(start, end, None, other.place, other.loop) for start, end in pieces if end - start >= WORTH_A_NOTE]
