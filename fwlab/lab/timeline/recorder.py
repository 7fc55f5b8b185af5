"""Follows requests through an application and writes down their steps, on any event loop.

A coroutine runs in *steps*: from one ``await`` that really waits to the next. While one step runs, nothing else on that
loop does. So it is enough to stand between the loop and the application and to look at the clock before and after each
step: no event loop is patched, and the same code works on asyncio, uvloop and trio, for every ASGI application. What is
done in threads and processes is told by whoever sends it there (``lanes.py``).
"""

from __future__ import annotations

import itertools
import threading
import time
from asyncio import get_running_loop
from bisect import bisect_right
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from fwlab.lab.clock.actors import LoopActor, current_actor
from fwlab.lab.clock.machine import SECOND
from fwlab.lab.timeline.loops import loop_here
from fwlab.lab.timeline.records import Job, Other, RequestRecord, Step
from fwlab.lab.timeline.stacks import place_in_step, place_in_turn
from fwlab.lab.timeline.stepping import stepped
from fwlab.lab.timeline.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextvars import Token
    from types import FrameType

    from fwlab.lab.clock.actors import Actor
    from fwlab.lab.timeline.sent_at import Notes
    from fwlab.places import Place
    from fwlab.types import ASGIApp, Message, Receive, Scope, Send

followed: ContextVar[tuple[tuple[Recorder, RequestRecord], ...]] = ContextVar("fwlab_followed", default=())
"""The requests that the running code works for, each with the recorder that follows it; one for each recorder."""


class Recorder:
    """Writes down what requests do, and who else holds their loops.

    Args:
        mark_tasks: whether to mark the tasks that a request makes as its own, which costs a little: fwlab's lanes are
            used from such tasks too.

    Attributes:
        requests: in order of arrival.
        steps: of all of them, in the order in which they ended.
        others: stretches in which something else held a loop.
        late: what holds a loop at this moment and is no request, by the identifier of its thread; its end is not known.
        running: the step that each loop is in, by the identifier of its thread.
        loops: the threads whose loops were met, in that order.
        thread_limit: how many worker threads the first request's loop may use at a time; ``None`` before.
        arrivals_and_departures: +1 and -1, in order.
        passed_by: requests that were not followed, for they lived on another clock.
        clock: seconds, on the clock of the first request: the real one's, or virtual.
        opened: when the recorder was made, or virtual time began.
    """

    def __init__(self, *, mark_tasks: bool) -> None:
        self.requests: list[RequestRecord] = []
        self.steps: list[Step] = []
        self.others: list[Other] = []
        self.late: dict[int, Other] = {}
        self.running: dict[int, Step] = {}
        self.loops: dict[int, None] = {}
        self.thread_limit: float | None = None
        self.arrivals_and_departures: list[int] = []
        self.passed_by = 0
        self._mark_tasks = mark_tasks
        self._numbers = itertools.count(1)  # two loops may be at it at once
        self.on_new_loop: Callable[[], None] = lambda: None
        self._tokens: dict[object, Tokens] = {}
        """Of each event loop."""
        self._actor: Actor | None = None
        self._begin()

    @property
    def changes(self) -> int:
        """Grows with what loops do."""
        return len(self.steps) + len(self.others)

    @property
    def is_virtual(self) -> bool:
        """Whether its clock is a virtual one."""
        return self._actor is not None

    def now(self) -> float:
        """The time on its clock, for whoever asks, from any thread."""
        return self.clock() if self._actor is None else self._actor.machine.now / SECOND

    def newest(self, number: int) -> Recorder:
        """Return a record of the newest requests alone, as they are now."""
        of_them = object.__new__(Recorder)
        of_them.__dict__.update(self.__dict__)
        of_them.requests = self.requests[-number:]
        of_them.steps = sorted((s for r in of_them.requests for s in list(r.steps)), key=lambda step: step.start)
        of_them.others = self.others[-number:]
        # Those that came into the application before them and have not left are not counted.
        arrivals = [(request.start, 1) for request in of_them.requests]
        departures = [(request.end, -1) for request in of_them.requests if request.end is not None]
        of_them.arrivals_and_departures = [change for _, change in sorted(arrivals + departures)]
        return of_them

    def close(self) -> None:
        """Hear no more of virtual time."""
        if isinstance(self._actor, LoopActor):
            self._actor.holds.remove(self._note_hold)

    async def follow(self, app: ASGIApp, sent: float | None, scope: Scope, receive: Receive, send: Send) -> None:
        """Run one request of an application, and write down what it does.

        Args:
            app: the application.
            sent: when the client sent the request, where that is known.
            scope, receive, send: as ASGI has them.
        """
        try:
            loop: object = get_running_loop()
        except RuntimeError:
            loop = loop_here()
        tokens = self._tokens.get(loop)
        if tokens is None:
            if not self._is_on_our_clock():
                self.passed_by += 1
                await app(scope, receive, send)
                return
            tokens = self._meet(loop)
        clock = self.clock
        request = RequestRecord(next(self._numbers), scope["method"], _path_in_app(scope), sent)
        request.client = scope.get("client")

        def observed_send(message: Message) -> Awaitable[None]:
            kind = message["type"]
            if kind == "http.response.start":
                request.status, request.responded = message["status"], clock()
            elif kind == "http.response.body" and not message.get("more_body", False):
                request.answered = clock()
            return send(message)

        token = followed.set(self._chain(request)) if self._mark_tasks else None
        self.requests.append(request)
        self.arrivals_and_departures.append(+1)
        try:
            await stepped(app(scope, receive, observed_send), request, self.running, self.steps, tokens, clock)
        finally:
            request.end = request.steps[-1].end if request.steps else clock()
            self.arrivals_and_departures.append(-1)
            for job in request.jobs:
                if job.started is None:
                    self.over(job)
            if token is not None:
                _reset(token)

    def at_work(self) -> RequestRecord | None:
        """Return the request whose step runs in this thread."""
        step = self.running.get(threading.get_ident())
        return None if step is None else step.request

    def join(self, notes: Notes) -> None:
        """Take in when a client in another process sent its requests, each by the port that it came from."""
        by_port: dict[int, list[float]] = {}
        for port, sent in notes:
            by_port.setdefault(port, []).append(sent)
        for request in self.requests:
            moments = by_port.get(request.client[1], []) if request.client and request.sent is None else []
            before = bisect_right(moments, request.start)
            if before:
                request.sent = moments[before - 1]

    def note_other(self, other: Other) -> None:
        """Write down that something else held a loop."""
        self.others.append(other)

    def ask(self, request: RequestRecord, job: Job, *, has_token: bool) -> None:
        """Write down that a request asks for a job in another lane.

        Args:
            request: who asks.
            job: what for.
            has_token: whether it need not wait for a token, having one of its own.
        """
        job.asked = self.clock()
        step = self.running.get(threading.get_ident())
        job.apart = step is None or step.request is not request
        tokens = self._tokens.get(loop_here())
        if tokens is not None and not has_token:
            tokens.ask(job)
        request.jobs = (*request.jobs, job)

    def over(self, job: Job) -> None:
        """A job is done, or will never be: it takes no token any more."""
        for tokens in list(self._tokens.values()):
            tokens.asked_for.discard(job)

    def _chain(self, request: RequestRecord) -> tuple[tuple[Recorder, RequestRecord], ...]:
        """Return whom the code of a request works for: the request, for us and for others who follow it too."""
        outer = followed.get()
        return (*[pair for pair in outer if pair[0] is not self], (self, request))

    def _begin(self) -> None:
        """Take the clock that is in force here."""
        # Looked up at this moment, so that a timeline of virtual time keeps that time.
        self.clock: Callable[[], float] = time.perf_counter
        self._actor = current_actor()
        self.opened = self.clock() if self._actor is None else 0.0
        if isinstance(self._actor, LoopActor):
            self._actor.holds.append(self._note_hold)

    def _is_on_our_clock(self) -> bool:
        """Tell whether this code goes by the timeline's clock; the first request says which that is."""
        actor = current_actor()
        if not self.requests and actor is not self._actor:
            self.close()
            self.others.clear()
            self._begin()
        return actor is self._actor

    def _meet(self, loop: object) -> Tokens:
        """Have a look at a loop that is new."""
        tokens = self._tokens[loop] = Tokens(loop)
        self.loops[tokens.thread] = None
        if self.thread_limit is None:
            self.thread_limit = tokens.limit
        self.on_new_loop()
        return tokens

    def _note_hold(self, start: int, end: int, frame: FrameType | None) -> None:
        """Hear of virtual time that its loop was held."""
        thread = threading.get_ident()
        step = self.running.get(thread)
        place = place_in_turn(frame) if step is None else place_in_step(frame)
        if step is None:
            self.loops[thread] = None
            self.note_other(Other(start / SECOND, end / SECOND, thread, {place: 1.0} if place else None))
        elif place is not None:
            weigh(step, place, (end - start) / SECOND)


def _path_in_app(scope: Scope) -> str:
    """Return the path without the prefix under which a proxy leads to the app."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")) or path


def _reset(token: Token[Any]) -> None:
    try:
        followed.reset(token)
    except ValueError:  # a coroutine that nobody awaited to its end is closed in another context
        return


def weigh(stretch: Step | Other, place: Place, seconds: float) -> None:
    """Note that a stretch was at a place for so long."""
    places = stretch.places
    if places is None:
        stretch.places = {place: seconds}
    else:
        places[place] = places.get(place, 0.0) + seconds
