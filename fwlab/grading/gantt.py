"""A recording as a picture made of text, and two of them side by side: what was seen, and what is expected."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from fwlab.grading.crowd import representatives
from fwlab.lab.translation import gettext

if TYPE_CHECKING:
    from fwlab.course.activities import Activity
    from fwlab.grading.recording import Recording

_WIDTH = 24  # signs for the time
_MOST = 12  # lines


def gantt(recording: Recording, *, until: float = 0.0) -> str:
    """Draw a line for each activity, and one for the loop: ``▓`` where it was held, ``·`` where it was free.

    Args:
        recording: what to draw.
        until: draw the time until then at least, in virtual seconds.
    """
    end = max(recording.seconds, until)
    step = end / _WIDTH or 1.0
    shown = representatives(recording.activities, _MOST)
    lines = [(_name(one), _bar(one.begin, _end(one, recording), step, _SIGNS[one.lane])) for one in shown]
    if len(shown) < len(recording.activities):
        lines.append((gettext("and {n} more", n=len(recording.activities) - len(shown)), ""))
    loop = list(_bar(0.0, recording.seconds, step, "·"))
    for hold in recording.holds:
        held = _bar(hold.begin, hold.end, step, "▓")
        loop = [sign if sign != " " else before for sign, before in zip(held, loop, strict=True)]
    lines.append((gettext("the loop"), "".join(loop)))
    if recording.ticks:
        turns = [" "] * _WIDTH
        for tick in recording.ticks:
            turns[min(int(tick / step), _WIDTH - 1)] = "|"
        lines.append((gettext("the clock"), "".join(turns)))
    width = max(len(name) for name, _ in lines)
    drawn = [f"{name:<{width}} │{bar:<{_WIDTH}}│" for name, bar in lines]
    label = f"{end:.4g} s"
    return "\n".join([*drawn, f"{'':<{width}}  0{label:>{_WIDTH - 1}}"])


def side_by_side(yours: Recording, expected: Recording) -> str:
    """Draw two recordings beside each other, on the same scale."""
    until = max(yours.seconds, expected.seconds)
    left = [gettext("yours"), *gantt(yours, until=until).splitlines()]
    right = [gettext("expected"), *gantt(expected, until=until).splitlines()]
    width = max(map(len, left))
    rows = [f"{one:<{width}}    {other}".rstrip() for one, other in zip_longest(left, right, fillvalue="")]
    return "\n".join([*rows, _legend("\n".join(rows))])


_SIGNS = {"loop": "█", "thread": "▒"}


def _legend(drawn: str) -> str:
    """Say what the signs in a drawing mean, those that are in it."""
    meanings = {
        "█": gettext("on the loop"),
        "▒": gettext("in a thread"),
        "▓": gettext("the loop is held"),
        "·": gettext("the loop is free"),
        "|": gettext("a tick"),
    }
    return "   ".join(f"{sign} {meaning}" for sign, meaning in meanings.items() if sign in drawn)


def _name(activity: Activity) -> str:
    return gettext("{name} (cancelled)", name=activity.name) if activity.outcome == "cancelled" else activity.name


def _end(activity: Activity, recording: Recording) -> float:
    return recording.seconds if activity.end is None else activity.end


def _bar(begin: float, end: float, step: float, sign: str) -> str:
    first = min(round(begin / step), _WIDTH - 1)
    length = max(1, round(end / step) - first)
    return (" " * first + sign * length)[:_WIDTH].ljust(_WIDTH)
