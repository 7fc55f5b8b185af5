"""What an experiment in virtual time saw: exact times, the same on every machine, however busy it is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fwlab.course.activities import Activity
    from fwlab.grading.failure import Failure
    from fwlab.grading.reply import Reply
    from fwlab.places import Place


@dataclass(frozen=True)
class Hold:
    """A stretch in which code held the event loop, so that nothing else could run on it. Times are virtual seconds."""

    begin: float
    end: float
    place: Place | None
    """The learner's line in which it did."""

    @property
    def seconds(self) -> float:
        """How long."""
        return self.end - self.begin


@dataclass
class Recording:
    """What happened. All times are virtual seconds since the beginning.

    Attributes:
        activities: what the course's libraries did, and each request, in the order in which they began.
        holds: who held the event loop, and for how long.
        seconds: how long it took.
        result: what the function returned: data as it was, in the place of everything else a :class:`Thing`.
        failure: what it raised, if it did.
        awaitable: whether the function returned something to await, as an ``async def`` does.
        ticks: when the ticker had its turns, where one was asked for.
        replies: what came back, in the order of the requests.
        never_awaited: the names of ``async def`` functions that were called and not awaited.
        left_over: the names of the tasks that were still running at the end.
        lost: exceptions of tasks that nobody looked at.
        stuck: why it could not come to its end; empty when it did.
        in_other_orders: the same once more, each time with others of those who may go first going first, where that was
            asked for.
    """

    activities: list[Activity] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    seconds: float = 0.0
    result: Any = None
    failure: Failure | None = None
    awaitable: bool = True
    ticks: list[float] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    never_awaited: list[str] = field(default_factory=list)
    left_over: list[str] = field(default_factory=list)
    lost: list[Failure] = field(default_factory=list)
    stuck: str = ""
    in_other_orders: list[Recording] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """What went on, each name once, in the order of its first beginning."""
        return list(dict.fromkeys(activity.name for activity in self.activities))

    def of(self, *names: str) -> list[Activity]:
        """Return the activities of these names; of all, where none is given."""
        return [activity for activity in self.activities if not names or activity.name in names]

    def most_at_once(self, *names: str) -> int:
        """Return how many activities of these names went on at one moment, at most.

        One that begins in the moment in which another ends is not at the same time.
        """
        return most_at_once(self.of(*names), self.seconds)

    def most_in_threads(self) -> int:
        """Return how many activities went on in threads at one moment, at most."""
        return most_at_once([one for one in self.activities if one.lane == "thread"], self.seconds)

    @property
    def longest_hold(self) -> Hold | None:
        """The longest stretch in which the loop was held."""
        return max(self.holds, key=lambda hold: hold.seconds, default=None)

    @property
    def on_one_clock(self) -> bool:
        """Whether all of it happened in virtual time; a thread of the learner's own has the machine's clock.

        Example:
            >>> Recording().on_one_clock
            True
        """
        return all(one.begin <= self.seconds + 1e-6 for one in self.activities)

    def gantt(self) -> str:
        """Return it as a picture made of text: a line an activity, a sign a moment."""
        from fwlab.grading.gantt import gantt

        return gantt(self)


@dataclass(frozen=True)
class Thing:
    """What stands for a value that is no data: a coroutine, a task, an object of the learner's own.

    Attributes:
        type_name: of its class.
        text: its ``repr``, shortened, without its place in memory, which would differ from run to run.
    """

    type_name: str
    text: str

    def __repr__(self) -> str:
        return self.text


def plain(value: Any, depth: int = 10) -> Any:
    """Return a value with a :class:`Thing` in the place of all that is no data.

    Args:
        value: anything.
        depth: how many levels of lists in lists are looked into.

    Example:
        >>> plain([1, "bun", object()])
        [1, 'bun', <object object>]
    """
    if type(value) in (int, float, str, bool, bytes, type(None)):
        return value
    if depth and type(value) in (list, tuple, set, frozenset):
        return type(value)([plain(item, depth - 1) for item in value])
    if depth and type(value) is dict:
        return {plain(key, 0): plain(item, depth - 1) for key, item in value.items()}
    try:
        text = re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value))
    except Exception:
        text = f"<{type(value).__name__}>"
    return Thing(type(value).__name__, text if len(text) <= 200 else f"{text[:200]}…")


def most_at_once(activities: Iterable[Activity], end: float) -> int:
    """Return the greatest number of activities that go on at one moment.

    Args:
        activities: with their times.
        end: for those that have not ended.
    """
    # Ends come before beginnings of the same moment; so do those of no duration, which were there nevertheless.
    spans = [(_round(one.begin), _round(end if one.end is None else one.end)) for one in activities]
    most = 0
    for begin, _ in spans:
        most = max(most, sum(b <= begin < e or begin == b == e for b, e in spans))
    return most


def _round(seconds: float) -> float:
    return round(seconds, 9)
