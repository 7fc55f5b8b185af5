"""Who held the loop: a timeline of what each request of an application did, step by step.

An application is a coroutine, and an event loop runs a coroutine in *steps*: from one ``await`` that really waits to
the next. While one step runs, nothing else on that loop does. So it is enough to stand between the loop and the
application and to look at the clock before and after each step: no event loop is patched, and the same code works on
asyncio, uvloop and trio, for every ASGI application. A step that takes long is looked at by a monitor thread, which
notes the source line that the loop's thread is in.

What a step does not show: work in threads and in tasks that the application itself starts.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING

from fwlab.lab.errors import LabError
from fwlab.places import Place, frame_of, places_in, users_place
from fwlab.steps import in_steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fwlab.types import ASGIApp, Message, Receive, Scope, Send

LONG_STEP = 0.01
"""Seconds after which the monitor starts to look at a step: shorter ones are not worth a line."""

LOOK_EVERY = 0.004
"""Seconds between two looks of the monitor."""


@dataclass(slots=True)
class Step:
    """One uninterrupted stretch of a request on the loop. Times are seconds on the timeline's clock."""

    request: RequestRecord = field(repr=False)
    start: float
    end: float | None = None
    places: list[Place] = field(default_factory=list, repr=False)

    @property
    def seconds(self) -> float:
        """How long the step held the loop; 0 while it is still running."""
        return 0.0 if self.end is None else self.end - self.start


@dataclass(slots=True, eq=False)
class RequestRecord:
    """What one HTTP request did. Times are seconds on the timeline's clock, ``None`` where it has not come to that."""

    number: int
    method: str
    path: str
    start: float
    end: float | None = None
    status: int | None = None
    steps: list[Step] = field(default_factory=list, repr=False)

    @property
    def on_loop(self) -> float:
        """Seconds that all its steps took together."""
        return sum(step.seconds for step in self.steps)

    def __str__(self) -> str:
        return f"request {self.number} ({self.method} {self.path})"


@dataclass(frozen=True, slots=True)
class Hold:
    """A step that held the loop for long, and the line in which it did, when the monitor saw it."""

    request: RequestRecord
    start: float
    """On the timeline's clock, in seconds."""
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

    def __str__(self) -> str:
        held = f"{self.request} held the loop for {self.seconds:.2f} s"
        return f"{held} at {self.place}" if self.place else held


class Timeline:
    """What the requests of one application did while it was open; made by :func:`trace`.

    ``requests`` are in order of arrival. Everything may be read while the timeline is open, too.
    """

    def __init__(self) -> None:
        self.requests: list[RequestRecord] = []
        # Looked up when the timeline opens, so that a timeline opened in virtual time keeps that time.
        self._clock = time.perf_counter
        self._opened = self._clock()
        self._arrivals_and_departures: list[int] = []
        self._running: dict[int, Step] = {}
        """The step that each thread is in, by the thread's identifier."""

    def max_in_flight(self) -> int:
        """The most requests that were inside the application at one time."""
        return max(accumulate(self._arrivals_and_departures), default=0)

    def blocked(self, seconds: float = 0.05) -> list[Hold]:
        """Every step that held the loop for at least `seconds`, in order, each with the line that did.

        The line is the one in which the monitor saw the loop's thread most often, and is the user's own: where a
        library was running, it is the line that called the library. It is missing when the monitor saw none.
        """
        steps = [step for request in self.requests for step in request.steps if step.seconds >= seconds]
        return [_hold(step) for step in sorted(steps, key=lambda step: step.start)]

    def __str__(self) -> str:
        holds = self.blocked()
        count = f"{len(self.requests)} request{'' if len(self.requests) == 1 else 's'}"
        lines = [f"{count}, at most {self.max_in_flight()} in flight; the loop was held {len(holds)} times"]
        lines += [self._row(request) for request in self.requests]
        return "\n".join(lines + [str(hold) for hold in holds])

    def _row(self, request: RequestRecord) -> str:
        start = f"{request.start - self._opened:.3f}"
        end = "…" if request.end is None else f"{request.end - self._opened:.3f}"
        status = "no answer" if request.status is None else str(request.status)
        steps = f"{request.on_loop:.3f} s on the loop in {len(request.steps)} steps"
        return f"{request.number:>4}  {start} to {end} s  {status}  {steps}  {request.method} {request.path}"

    async def _follow(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Run one request of `app`, and write down what it does."""
        request = RequestRecord(len(self.requests) + 1, scope["method"], scope["path"], self._clock())
        self.requests.append(request)

        async def observed_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                request.status = message["status"]
            await send(message)

        async def answer() -> None:
            await app(scope, receive, observed_send)

        self._arrivals_and_departures.append(+1)
        try:
            await in_steps(answer(), partial(self._enter, request), self._leave)
        finally:
            request.end = self._clock()
            self._arrivals_and_departures.append(-1)

    def _enter(self, request: RequestRecord) -> RequestRecord | None:
        """Start a step of `request` in this thread; return the request whose step it interrupts."""
        thread, now = threading.get_ident(), self._clock()
        # An eager task takes its first step inside a step of the task that made it: only one of both is on the loop.
        interrupted = self._running.get(thread)
        if interrupted is not None:
            self._close(interrupted, now)
        self._running[thread] = Step(request, now)
        return interrupted.request if interrupted is not None else None

    def _leave(self, interrupted: RequestRecord | None) -> None:
        """End the step in this thread, and go on with the request that it interrupted."""
        thread, now = threading.get_ident(), self._clock()
        self._close(self._running.pop(thread), now)
        if interrupted is not None:
            self._running[thread] = Step(interrupted, now)

    @staticmethod
    def _close(step: Step, now: float) -> None:
        step.end = now
        step.request.steps.append(step)

    def _look(self) -> None:
        """Note the place of every step that is running for long."""
        for thread, step in list(self._running.items()):
            if self._clock() - step.start < LONG_STEP:
                continue
            stack = places_in(frame_of(thread), within=in_steps.__code__)
            if self._running.get(thread) is not step:
                continue  # the loop has gone on, so the stack may be that of another step
            place = users_place(stack)
            if place is not None:
                step.places.append(place)


def traced(app: ASGIApp) -> ASGIApp:
    """Wrap `app` so that :func:`trace` can follow its requests; ``serve`` and ``AppTransport`` do this to every app.

    While no timeline is open for `app`, a call costs one look into a dictionary.

    Args:
        app: an ASGI application.

    Returns:
        An ASGI application that does the same.
    """
    key = id(app)

    async def observed(scope: Scope, receive: Receive, send: Send) -> None:
        timelines = _open.get(key)
        if timelines is None or scope["type"] != "http":
            await app(scope, receive, send)
            return
        followed = app
        for timeline in timelines:
            followed = partial(timeline._follow, followed)
        await followed(scope, receive, send)

    return observed


@contextmanager
def trace(app: ASGIApp) -> Iterator[Timeline]:
    """Follow the requests of `app`, wherever it is served or loaded in this process, while the block runs.

    Args:
        app: the very object that was given to ``serve`` or ``load``.

    Yields:
        The :class:`Timeline`, which fills while requests run.

    Raises:
        LabError: `app` cannot be called, so it is no ASGI application.

    Example:
        >>> import asyncio
        >>> async def app(scope, receive, send):
        ...     await asyncio.sleep(0)
        ...     await send({"type": "http.response.start", "status": 204, "headers": []})
        ...     await send({"type": "http.response.body", "body": b""})
        >>> async def ask():
        ...     async def no_body(): ...
        ...     async def ignore(message): ...
        ...     await traced(app)({"type": "http", "method": "GET", "path": "/"}, no_body, ignore)
        >>> with trace(app) as timeline:
        ...     asyncio.run(ask())
        >>> timeline.requests[0].status, len(timeline.requests[0].steps), timeline.blocked(seconds=0.5)
        (204, 2, [])
    """
    if not callable(app):
        raise LabError(f"trace() follows an application, and {app!r} cannot be called: pass the app itself.")
    timeline = Timeline()
    done = threading.Event()
    monitor = threading.Thread(target=_watch, args=(timeline, done), name="fwlab-trace", daemon=True)
    monitor.start()
    _open[id(app)] = (*_open.get(id(app), ()), timeline)
    try:
        yield timeline
    finally:
        others = tuple(other for other in _open[id(app)] if other is not timeline)
        if others:
            _open[id(app)] = others
        else:
            del _open[id(app)]
        done.set()
        monitor.join()


_open: dict[int, tuple[Timeline, ...]] = {}
"""The open timelines of each application, by its identity."""


def _watch(timeline: Timeline, done: threading.Event) -> None:
    while not done.wait(LOOK_EVERY):
        timeline._look()


def _hold(step: Step) -> Hold:
    most_seen = Counter(step.places).most_common(1)
    return Hold(step.request, step.start, step.seconds, most_seen[0][0] if most_seen else None)
