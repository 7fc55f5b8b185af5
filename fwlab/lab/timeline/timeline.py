"""A timeline: facts about what requests did, to look at and to assert on."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate, islice, pairwise
from typing import TYPE_CHECKING, Literal

from fwlab.lab.errors import LabError
from fwlab.lab.timeline.cells import cell_of
from fwlab.lab.timeline.loop_use import loop_use
from fwlab.lab.timeline.states import State, states_of

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.axes import Axes

    from fwlab.lab.figures.figure import Figure
    from fwlab.lab.timeline.live import Live
    from fwlab.lab.timeline.monitor import Monitor
    from fwlab.lab.timeline.recorder import Recorder
    from fwlab.lab.timeline.records import RequestRecord, Stretch
    from fwlab.places import Place

LONG = 0.01
"""Seconds from which on a stretch of the loop is one for which others may be said to have waited."""

_SAME_TURN = 0.001  # seconds between two steps of one turn of a loop, at most


@dataclass(frozen=True, slots=True)
class Hold:
    """A stretch that held the loop for long, and the line in which it did, when the monitor saw it.

    Attributes:
        request: whose step it was; ``None`` where it was no request's: a notebook's cell, a task, a library.
        start: on the timeline's clock, in seconds.
        seconds: how long it was.
        place: the line, the user's own.
    """

    request: RequestRecord | None
    start: float
    seconds: float
    place: Place | None

    @property
    def end(self) -> float:
        """When the loop was free again."""
        return self.start + self.seconds

    @property
    def filename(self) -> str | None:
        """The file of that line."""
        return self.place and self.place.filename

    @property
    def line(self) -> int | None:
        """The number of that line, from 1."""
        return self.place and self.place.line

    @property
    def text(self) -> str | None:
        """The line itself."""
        return self.place and self.place.text

    @property
    def function(self) -> str | None:
        """The function that the line belongs to."""
        return self.place and self.place.function

    @property
    def owner(self) -> str:
        """Who held the loop: ``"request 3 (GET /slow)"``, ``"the cell In[5] line 2"``, or whatever else is known."""
        if self.request is not None:
            return str(self.request)
        if self.place is None:
            return "something that is no request"
        cell = cell_of(self.place.filename)
        return f"the cell {cell} line {self.place.line}" if cell else f"`{self.place.function}` line {self.place.line}"

    def __str__(self) -> str:
        held = f"{self.owner} held the loop for {self.seconds:.2f} s"
        return f"{held} at {self.place}" if self.place else held


class Timeline:
    """What the requests of one application did while it was open; made by :func:`~fwlab.lab.trace`.

    Everything may be read while the timeline is open, too. Times are seconds on its clock, which is virtual time's
    where the requests live in it.
    """

    def __init__(self, recorder: Recorder, monitor: Monitor | None = None) -> None:
        self._recorder = recorder
        self._monitor = monitor
        self._loop: list[Stretch] = []
        self._long: dict[int, list[Stretch]] = {}
        self._loop_at = 0

    @property
    def requests(self) -> list[RequestRecord]:
        """The requests in order of arrival."""
        return self._recorder.requests

    @property
    def origin(self) -> float:
        """When the first request was sent, or arrived: what tables and figures count from."""
        return min((request.begin for request in self.requests), default=self._recorder.opened)

    @property
    def thread_limit(self) -> float | None:
        """How many worker threads there may be at a time; ``None`` before the first request."""
        return self._recorder.thread_limit

    @property
    def passed_by(self) -> int:
        """How many requests were not followed, for they lived on another clock than the first one."""
        return self._recorder.passed_by

    @property
    def now(self) -> float:
        """The time on its clock."""
        return self._recorder.now()

    def loop(self) -> list[Stretch]:
        """Return the stretches in which the loop was busy, in order: steps of requests, and what else held it.

        At any moment at most one thing is on a loop. Where a server has a loop of its own, ``stretch.loop`` tells the
        two apart.
        """
        changes = self._recorder.changes
        if changes != self._loop_at:
            self._loop, self._loop_at = loop_use(self._recorder.steps, self._recorder.others), changes
            self._long = {}
            for stretch in self._loop:
                if stretch.seconds >= LONG:
                    self._long.setdefault(stretch.loop, []).append(stretch)
        return self._loop

    def held_since(self) -> list[float]:
        """Return since when each loop is held that a cell, say, holds at this moment, and no request."""
        return [other.start for other in list(self._recorder.late.values())]

    def states(self, request: int | RequestRecord) -> list[State]:
        """Return what a request was at, without gaps: on the loop, in a thread, waiting for a token, and so on.

        Args:
            request: it, or its number.
        """
        self.loop()  # brings what is kept of it up to date
        return states_of(self._request(request), self.now, self._long)

    def blocked(self, seconds: float = 0.05) -> list[Hold]:
        """Return who held the loop for at least `seconds`, in order, each with the line that did.

        The line is the one in which the loop's thread was seen most often, and is the user's own: where a library was
        running, it is the line that called the library. It is missing when nobody saw it.
        """
        return [_hold(stretch) for stretch in self.loop() if stretch.seconds >= seconds]

    def held_up(self, hold: Hold) -> list[RequestRecord]:
        """Return the requests that waited for the loop while it was held.

        Those are the ones that were sent before its end and seen after it, those whose thread or process was done, and
        those that went on in the very next turn of the loop.
        """
        return _held_up(self.requests, hold, self.loop())

    def max_in_flight(self) -> int:
        """Return the most requests that were inside the application at one time."""
        return max(accumulate(self._recorder.arrivals_and_departures), default=0)

    def overlap(self, a: int | str | RequestRecord, b: int | str | RequestRecord) -> float:
        """Return for how many seconds two requests were inside the application together.

        Args:
            a, b: a request, its number, or a path: then all requests of that path, and the time for which one of each
                was inside.

        Example::

            assert timeline.overlap("/slow", "/quick") == 0     # one after the other
        """
        return _together(self._those(a), self._those(b), self.now)

    def threads_used(self) -> int:
        """Return the most worker threads that worked for requests at one time."""
        return max((count for _, count in self.threads_in_use()), default=0)

    def threads_in_use(self) -> list[tuple[float, int]]:
        """Return how many worker threads worked for requests: each moment at which that changed, with the number."""
        changes = []
        for request in self.requests:
            for job in request.jobs:
                if job.lane == "thread" and job.started is not None:
                    changes += [(job.started, 1), (self.now if job.ended is None else job.ended, -1)]
        changes.sort()
        return list(zip((moment for moment, _ in changes), accumulate(change for _, change in changes), strict=True))

    def waited_for_token(self) -> list[RequestRecord]:
        """Return the requests that waited for a thread token, all being taken; ``request.token_wait`` says how long."""
        return [request for request in self.requests if any(j.queued and j.lane == "thread" for j in request.jobs)]

    def order(self, of: Literal["sent", "start", "answered", "end"] = "answered") -> list[RequestRecord]:
        """Return the requests in the order in which they came to a point; those that never did are left out.

        Args:
            of: ``"sent"`` by the client, ``"start"`` in the application, ``"answered"``, or ``"end"``, when the
                application was done with it.

        Example::

            assert [request.path for request in timeline.order()] == ["/quick", "/slow"]
        """
        if of not in ("sent", "start", "answered", "end"):
            raise LabError(
                f"timeline.order(of={of!r}): a request is 'sent', has its 'start', is 'answered', has its 'end'."
            )
        came = [request for request in self.requests if getattr(request, of) is not None]
        return sorted(came, key=lambda request: getattr(request, of))

    def newest(self, number: int) -> Timeline:
        """Return a timeline of the newest requests alone, as they are now."""
        return Timeline(self._recorder.newest(number))

    def narrate(self) -> str:
        """Return the run told in sentences, in order."""
        from fwlab.lab.timeline.narration import narrate

        return narrate(self)

    def plot(self, by: Literal["request", "lane"] = "request", *, ax: Axes | None = None) -> Figure:
        """Draw it: a row for each request, or for each lane.

        Args:
            by: ``"request"``, or ``"lane"``: a row for the loop, each thread and each worker process.
            ax: matplotlib axes to draw in; without them, a new figure.
        """
        from fwlab.lab.timeline.plot import plot_lanes, plot_requests

        if by not in ("request", "lane"):
            raise LabError(f"timeline.plot(by={by!r}): there is a row for each 'request' or for each 'lane'.")
        return plot_lanes(self, ax=ax) if by == "lane" else plot_requests(self, ax=ax)

    def to_perfetto(self, path: str | os.PathLike[str]) -> Path:
        """Write it to a file that Perfetto (https://ui.perfetto.dev) and Chrome's ``about:tracing`` open.

        Args:
            path: of the file, ``.json``; it is written whole or not at all.

        Raises:
            LabError: it cannot be written.
        """
        from fwlab.lab.timeline.perfetto import write

        return write(self, path)

    def live(self) -> Live:
        """Return a view that fills while requests run, also while a cell blocks the loop; show it, then load.

        Where there are no widgets, it is a picture of what has happened so far.

        Example::

            with trace(app) as timeline:
                display(timeline.live())
                await load(server, "/mixed", users=8, requests=80)
        """
        from fwlab.lab.timeline.live import Live

        return Live(self, self._monitor)

    def __str__(self) -> str:
        from fwlab.lab.timeline.table import table

        return table(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        import html

        return f"<pre>{html.escape(str(self))}</pre>"

    def _request(self, which: int | RequestRecord) -> RequestRecord:
        if not isinstance(which, int):
            return which
        found = next((request for request in self.requests if request.number == which), None)
        if found is None:
            raise LabError(f"There is no request {which}: the timeline has {len(self.requests)}, numbered from 1.")
        return found

    def _those(self, which: int | str | RequestRecord) -> list[RequestRecord]:
        if not isinstance(which, str):
            return [self._request(which)]
        found = [request for request in self.requests if request.path == which]
        if not found:
            paths = ", ".join(sorted({request.path for request in self.requests})) or "none at all"
            raise LabError(f"There is no request of {which!r} in the timeline; it has {paths}.")
        return found


def _hold(stretch: Stretch) -> Hold:
    return Hold(stretch.request, stretch.start, stretch.seconds, stretch.place)


def _together(these: Sequence[RequestRecord], those: Sequence[RequestRecord], now: float) -> float:
    """Return how long one of these and another of those were inside together."""
    both = {id(request): request for request in (*these, *those)}
    ends = [(now if request.end is None else request.end, request) for request in both.values()]
    moments = sorted({request.start for request in both.values()} | {end for end, _ in ends})
    total = 0.0
    for a, b in pairwise(moments):
        inside = {id(request) for end, request in ends if request.start <= a and end >= b}
        one, other = ({id(request) for request in group} & inside for group in (these, those))
        if one and other and len(one | other) > 1:
            total += b - a
    return total


def _held_up(requests: Sequence[RequestRecord], hold: Hold, loop: Sequence[Stretch]) -> list[RequestRecord]:
    next_turn = _next_turn(hold, loop)
    return [request for request in requests if request is not hold.request and _was_held_up(request, hold, next_turn)]


def _next_turn(hold: Hold, loop: Sequence[Stretch]) -> dict[int, float]:
    """Return the requests that went on in the turn of the loop after a hold, each with the start of its step.

    What was due meanwhile is called at once, and a timer wakes its task in the turn after that; so a turn is over here
    when the loop had nothing to do, or when a request has its third step.
    """
    turn: dict[int, float] = {}
    steps: Counter[int] = Counter()
    at = islice(loop, bisect_left(loop, hold.start, key=lambda stretch: stretch.start), None)
    on = next((stretch.loop for stretch in at if stretch.request is hold.request), None)
    cursor = hold.end
    for stretch in islice(loop, bisect_left(loop, hold.end, key=lambda stretch: stretch.start), None):
        if stretch.loop != on:
            continue
        key = id(stretch.request)
        if stretch.start - cursor > _SAME_TURN or steps[key] == 2:
            break
        if stretch.request is not None:
            steps[key] += 1
            turn.setdefault(key, stretch.start)
        cursor = max(cursor, stretch.end)
    return turn


def _was_held_up(request: RequestRecord, hold: Hold, next_turn: dict[int, float]) -> bool:
    if request.begin >= hold.end or (request.end is not None and request.end <= hold.start):
        return False
    if not request.steps:
        return request.sent is not None and request.sent < hold.end
    first = request.steps[0].start
    if first >= hold.end:
        return request.sent is not None and request.sent < hold.end
    goes_on = next((step.start for step in request.steps if step.start >= hold.end), None)
    if goes_on is None:
        return False
    paused = max(step.end or step.start for step in request.steps if step.start < hold.end)
    done = [job.ended for job in request.jobs if job.seen_inside and not job.apart and job.ended is not None]
    if any(paused <= ended <= hold.end for ended in done):
        return True
    busy = any(
        job.started is not None and job.started < hold.end and (job.ended is None or job.ended > hold.end)
        for job in request.jobs
        if job.seen_inside
    )
    return not busy and id(request) in next_turn and paused <= hold.start
