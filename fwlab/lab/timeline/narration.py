"""A timeline told in sentences, in order; what happens to many requests at once is told once."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from fwlab.lab.timeline.table import summary
from fwlab.lab.units import count_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fwlab.lab.timeline.records import RequestRecord
    from fwlab.lab.timeline.timeline import Timeline

_MOST_SENTENCES = 80
_TOGETHER = 0.0005  # seconds within which the same thing, happening to several requests, is told as one
_WORTH_TELLING = 0.001  # seconds of waiting


class _Event(NamedTuple):
    at: float
    rank: int  # among those of one moment
    request: RequestRecord | None
    text: str  # what follows "request 3 (GET /x) " or "requests 3 to 5 (GET /x) "; {were} is "was" or "were"


def narrate(timeline: Timeline) -> str:
    """Return the run in sentences, one a line, each with the seconds since the first request was sent."""
    events = sorted(_events(timeline), key=lambda event: (event.at, event.rank))
    groups: list[list[_Event]] = []
    open_groups: dict[tuple[str, str], list[_Event]] = {}
    for event in events:
        key = (event.text, "" if event.request is None else f"{event.request.method} {event.request.path}")
        group = open_groups.get(key)
        if group is None or event.at - group[0].at > _TOGETHER:
            group = open_groups[key] = []
            groups.append(group)
        group.append(event)
    lines = [f"{group[0].at - timeline.origin:8.3f} s  {_sentence(group)}" for group in groups[:_MOST_SENTENCES]]
    if len(groups) > _MOST_SENTENCES:
        lines.append(f"… and {count_text(len(groups) - _MOST_SENTENCES, 'sentence')} more")
    return "\n".join([*lines, f"In all: {summary(timeline)}."])


def _events(timeline: Timeline) -> Iterable[_Event]:
    for hold in timeline.blocked(0.01):
        waited = timeline.held_up(hold)
        cost = f"; {_these(waited)} waited for it" if waited else ""
        if hold.request is None:
            yield _Event(hold.start, 3, None, f"{hold}{cost}")
        else:
            at = f", at {hold.place}" if hold.place else ""
            yield _Event(hold.start, 3, hold.request, f"held the loop for {hold.seconds:.3f} s{at}{cost}")
    for request in timeline.requests:
        yield from _events_of(request)


def _events_of(request: RequestRecord) -> Iterable[_Event]:
    if request.sent is not None:
        yield _Event(request.sent, 0, request, "{were} sent")
    unseen = request.start - request.begin
    late = f", {unseen:.3f} s after" if unseen >= _WORTH_TELLING else ""
    yield _Event(request.start, 2, request, f"reached the app{late}")
    for job in request.jobs:
        if job.queued:
            yield _Event(job.asked, 4, request, f"found no {job.lane} free, and waited for a token")
        if job.started is not None:
            after = f", after {job.started - job.asked:.3f} s" if job.queued else ""
            yield _Event(job.started, 5, request, f"went on in a {job.lane}{after}")
        if job.ended is not None and job.seen_inside:
            back = next((step.start for step in request.steps if step.start >= job.ended), None)
            wait = 0.0 if back is None or job.apart else back - job.ended
            waits = f", and waited {wait:.3f} s for the loop" if wait >= _WORTH_TELLING else ""
            ran = "" if job.cpu is None or job.started is None else _ran(job.cpu, job.ended - job.started)
            yield _Event(
                job.ended,
                1 if (job.started or job.asked) < job.ended else 5,
                request,
                f"{{were}} done in the {job.lane}{ran}{waits}",
            )
    if request.answered is not None:
        yield _Event(
            request.answered,
            1 if request.start < request.answered else 6,
            request,
            f"{{were}} answered with {request.status}",
        )
        if request.end is not None and request.end - request.answered >= _WORTH_TELLING:
            yield _Event(request.end, 7, request, "{were} done with what was to do after the answer")
    elif request.end is not None:
        yield _Event(request.end, 6, request, "ended without a whole answer")


def _ran(cpu: float, wall: float) -> str:
    """Say how much of its time a job really ran, where it computed at all."""
    if cpu < 0.1 * wall or wall < _WORTH_TELLING:
        return ""
    return f" (it ran {min(cpu / wall, 1):.0%} of that time)"


def _sentence(group: Sequence[_Event]) -> str:
    requests = [event.request for event in group if event.request is not None]
    text = group[0].text.format(were="was" if len(group) == 1 else "were") if requests else group[0].text
    if not requests:
        return f"{text[:1].upper()}{text[1:]}."
    subject = f"{_these(requests)} ({requests[0].method} {requests[0].path})"
    return f"{subject[:1].upper()}{subject[1:]} {text}."


def _these(requests: Sequence[RequestRecord]) -> str:
    """Return some requests by their numbers.

    Many in several rows are counted.
    """
    numbers = sorted({request.number for request in requests})
    rows: dict[int, list[int]] = defaultdict(list)
    for place, number in enumerate(numbers):
        rows[number - place].append(number)
    if len(rows) > 5:
        return count_text(len(numbers), "request")
    spans: list[str] = []
    for row in rows.values():
        spans += map(str, row) if len(row) < 3 else [f"{row[0]} to {row[-1]}"]
    listed = spans[0] if len(spans) == 1 else f"{', '.join(spans[:-1])} and {spans[-1]}"
    return f"request{'s' if len(numbers) > 1 else ''} {listed}"
