"""A timeline as a file of trace events, for Perfetto and Chrome's tracer.

The format is the "Trace Event Format" of the Chromium project: times are microseconds, and slices of one track nest.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fwlab.lab.timeline.lanes_of import lanes_of
from fwlab.lab.timeline.states import WORDS
from fwlab.lab.whole_file import write_whole

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from fwlab.lab.timeline.timeline import Timeline

# What the format calls processes: two groups of tracks. Perfetto takes the track that has its group's number for a main
# thread, and puts it first; so no request has these numbers.
_LANES, _REQUESTS = 10_000_001, 10_000_002


def write(timeline: Timeline, path: str | os.PathLike[str]) -> Path:
    """Write a timeline to a file; see :meth:`fwlab.lab.Timeline.to_perfetto`."""
    document = {"traceEvents": list(trace_events(timeline)), "displayTimeUnit": "ms"}
    return write_whole(Path(path), json.dumps(document, indent=1).encode())


def trace_events(timeline: Timeline) -> Iterator[dict[str, Any]]:
    """Yield the events: a track for each lane, a track for each request, and two counters."""
    origin = timeline.origin
    yield _about("process_name", _LANES, 0, name="lanes")
    yield _about("process_name", _REQUESTS, 0, name="requests")
    for track, lane in enumerate(lanes_of(timeline), 1):
        yield from _track(_LANES, track, lane.name)
        for bar in lane.bars:
            where = {"line": str(bar.place)} if bar.place is not None else {}
            ran = {"ran ms": round(1000 * bar.cpu, 3)} if bar.cpu is not None else {}
            yield _slice(_LANES, track, bar.label, bar.start - origin, bar.end - origin, **where, **ran)
    for request in timeline.requests:
        name = f"{request.method} {request.path}"
        yield from _track(_REQUESTS, request.number, f"{request.number} {name}")
        end = timeline.now if request.end is None else request.end
        about = {"status": request.status}
        yield _slice(_REQUESTS, request.number, name, request.begin - origin, end - origin, **about)
        for state in timeline.states(request):
            yield _slice(_REQUESTS, request.number, WORDS[state.kind], state.start - origin, state.end - origin)
    yield from _counter("threads in use", ((m - origin, n) for m, n in timeline.threads_in_use()))
    yield from _counter("requests in flight", _in_flight(timeline))


def _slice(group: int, track: int, name: str, start: float, end: float, **about: Any) -> dict[str, Any]:
    # Whole nanoseconds first, so that two slices which share a border do so after rounding too.
    began, ended = round(start * 1e9), round(end * 1e9)
    return {
        "ph": "X",
        "name": name,
        "cat": "fwlab",
        "pid": group,
        "tid": track,
        "ts": began / 1000,
        "dur": (ended - began) / 1000,
        "args": about,
    }


def _track(group: int, track: int, name: str) -> Iterator[dict[str, Any]]:
    """Name a track, and have it stand in the order of the numbers; Chrome would sort by the name's letters."""
    yield _about("thread_name", group, track, name=name)
    yield _about("thread_sort_index", group, track, sort_index=track)


def _about(what: str, group: int, track: int, **args: str | int) -> dict[str, Any]:
    return {"ph": "M", "name": what, "pid": group, "tid": track, "args": args}


def _counter(name: str, changes: Any) -> Iterator[dict[str, Any]]:
    for moment, number in changes:
        yield {
            "ph": "C",
            "name": name,
            "pid": _LANES,
            "tid": 0,
            "ts": round(moment * 1e9) / 1000,
            "args": {"number": number},
        }


def _in_flight(timeline: Timeline) -> Iterator[tuple[float, int]]:
    changes = [(request.start, 1) for request in timeline.requests]
    changes += [(request.end, -1) for request in timeline.requests if request.end is not None]
    number = 0
    for moment, change in sorted(changes):
        number += change
        yield moment - timeline.origin, number
