"""A timeline by lane: what the loop did, each thread and each worker process, one thing after the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from fwlab.lab.timeline.cells import cell_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fwlab.lab.timeline.records import Job, RequestRecord, Stretch
    from fwlab.lab.timeline.timeline import Timeline
    from fwlab.places import Place


class Bar(NamedTuple):
    """A stretch in which a lane was busy.

    Attributes:
        start, end: in seconds on the timeline's clock.
        request: for whom; ``None`` for whatever is no request.
        label: a few words on it.
        place: the line, where it is known.
        cpu: seconds of it in which a thread or process really ran, where that is known.
    """

    start: float
    end: float
    request: RequestRecord | None
    label: str
    place: Place | None = None
    cpu: float | None = None


@dataclass
class Lane:
    """What one lane did.

    Attributes:
        name: ``"the loop"``, ``"thread 3"``, ``"process 1"``.
        bars: in order; never two at a time.
    """

    name: str
    bars: list[Bar] = field(default_factory=list)


def lanes_of(timeline: Timeline) -> list[Lane]:
    """Return the lanes that were used: loops first, then threads, then processes, each in order of first use."""
    now = timeline.now
    loops: dict[int, Lane] = {}
    for stretch in timeline.loop():
        name = "the loop" if not loops else f"loop {len(loops) + 1}"
        loops.setdefault(stretch.loop, Lane(name)).bars.append(_on_loop(stretch))
    lanes = list(loops.values())
    for kind in ("thread", "process"):
        jobs = [(job, request) for request in timeline.requests for job in request.jobs if job.lane == kind]
        lanes += _workers(kind, jobs, now)
    return lanes


def _on_loop(stretch: Stretch) -> Bar:
    request, place = stretch.request, stretch.place
    if request is not None:
        label = f"{request.number} {request.path}"
    elif place is not None:
        label = cell_of(place.filename) or place.function
    else:
        label = "something else"
    return Bar(stretch.start, stretch.end, request, label, place)


def _workers(kind: str, jobs: Sequence[tuple[Job, RequestRecord]], now: float) -> list[Lane]:
    """Return a lane for each worker; those of which only the loop's side is seen take any that is free."""
    bars = [
        (
            job.worker,
            Bar(
                job.started,
                now if job.ended is None else job.ended,
                request,
                f"{request.number} {job.name}",
                None,
                job.cpu,
            ),
        )
        for job, request in jobs
        if job.started is not None
    ]
    bars.sort(key=lambda entry: (entry[1].start, entry[1].end))
    lanes: list[Lane] = []
    of_worker: dict[int | None, list[Lane]] = {}
    for worker, bar in bars:
        its_own = of_worker.setdefault(worker, [])
        lane = next((lane for lane in its_own if lane.bars[-1].end <= bar.start), None)
        if lane is None:
            lane = Lane(f"{kind} {len(lanes) + 1}")
            lanes.append(lane)
            its_own.append(lane)
        lane.bars.append(bar)
    return lanes
