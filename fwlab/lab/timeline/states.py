"""What a request was at, at each moment from when it was sent to its end."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fwlab.lab.timeline.records import Job, RequestRecord, Stretch

Kind = Literal[
    "sent", "token", "handover", "loop", "thread", "process", "back", "held", "waiting", "responding", "after"
]

WORDS: dict[Kind, str] = {
    "sent": "sent, not yet seen by the app",
    "token": "waits for a token: no worker is free",
    "handover": "on its way to a worker",
    "loop": "on the loop",
    "thread": "in a thread",
    "process": "in a process",
    "back": "done there, waits for the loop",
    "held": "waits, while another holds the loop",
    "waiting": "waits for something else",
    "responding": "answer under way",
    "after": "answered, still at work",
}
"""What each kind of state means, in the order in which they are shown."""


class State(NamedTuple):
    """A stretch of a request.

    Attributes:
        kind: one of :data:`WORDS`.
        start, end: in seconds on the timeline's clock.
        job: what it did there, in a thread or a process.
    """

    kind: Kind
    start: float
    end: float
    job: Job | None = None

    @property
    def seconds(self) -> float:
        """How long it was."""
        return self.end - self.start


def states_of(request: RequestRecord, now: float, holds: Mapping[int, Sequence[Stretch]]) -> list[State]:
    """Return what a request was at, without gaps, from when it was sent to its end, or to now.

    Args:
        request: the request.
        now: the end of what is still under way.
        holds: long stretches of each loop, in order; where the request waits meanwhile, that is said.
    """
    states: list[State] = []
    cursor = request.begin
    if request.sent is not None and request.sent < request.start:
        first = request.steps[0].start if request.steps else request.start
        states.append(State("sent", cursor, first))
        cursor = first
    for step in request.steps:
        states += _gap(request, cursor, step.start, holds, step.loop)
        end = now if step.end is None else step.end
        states.append(State("loop", step.start, end))
        cursor = end
    states += _gap(request, cursor, now if request.end is None else request.end, holds, None)
    return _merged(states)


def _gap(
    request: RequestRecord,
    start: float,
    end: float,
    holds: Mapping[int, Sequence[Stretch]],
    loop: int | None,
) -> list[State]:
    """Return what a request was at between two steps."""
    if end <= start:
        return []
    moments = {start, end}
    for job in request.jobs:
        moments.update(m for m in (job.asked, job.started, job.ended) if m is not None and start < m < end)
    moments.update(m for m in (request.responded, request.answered) if m is not None and start < m < end)
    meanwhile = [] if loop is None else _within(holds.get(loop, ()), start, end)
    for hold in meanwhile:
        moments.update(m for m in (hold.start, hold.end) if start < m < end)
    states = []
    for a, b in itertools.pairwise(sorted(moments)):
        kind, at_work = _kind_at(request, a, start)
        if kind in ("waiting", "handover") and any(hold.start <= a < hold.end for hold in meanwhile):
            kind = "held"
        states.append(State(kind, a, b, at_work))
    return states


def _within(holds: Sequence[Stretch], start: float, end: float) -> list[Stretch]:
    """Return those of the stretches of one loop that touch a span of time."""
    first = bisect_right(holds, start, key=lambda hold: hold.end)
    return list(itertools.takewhile(lambda hold: hold.start < end, itertools.islice(holds, first, None)))


def _kind_at(request: RequestRecord, moment: float, gap: float) -> tuple[Kind, Job | None]:
    """Return what a request is at at a moment of a gap between its steps."""
    known: tuple[Kind, Job | None] | None = None
    for job in request.jobs:
        if job.asked > moment:
            continue
        if job.started is None or moment < job.started:
            if known is None or (known[0] == "back" and _came_after(job, known[1])):
                known = ("token" if job.queued else "handover", job)
        elif job.ended is None or moment < job.ended:
            return job.lane, job
        elif job.ended >= gap and not job.apart and job.seen_inside:
            known = known or ("back", job)
    if known is not None:
        return known
    if request.answered is not None and moment >= request.answered:
        return "after", None
    if request.responded is not None and moment >= request.responded:
        return "responding", None
    return "waiting", None


def _came_after(job: Job, other: Job | None) -> bool:
    """Tell whether a job was asked for when another was over: then the request has come back from that one."""
    return other is not None and other.ended is not None and other.ended <= job.asked


def _merged(states: Sequence[State]) -> list[State]:
    merged: list[State] = []
    for state in states:
        if state.end <= state.start:
            continue
        last = merged[-1] if merged else None
        if last is not None and last.kind == state.kind and last.job is state.job:
            merged[-1] = last._replace(end=state.end)
        else:
            merged.append(state)
    return merged
