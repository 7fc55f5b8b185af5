"""The open model: requests are due by a schedule, come what may, as those of people who do not know of each other are.

A server that stalls is not asked less. Its response times count from the moment at which each request was *due*, so
what the stall cost those who came meanwhile is in them ("coordinated omission", Gil Tene, is to leave it out).

There are limits to "come what may": so many requests are under way at once at most, and one that is due when there
are as many waits in line, first come, first served, while its response time runs. Sending ends soon after the
schedule does; what is still in line then was never sent, and is counted as such.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from typing import TYPE_CHECKING

from fwlab.lab.errors import LoadError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fwlab.lab.loading.engine import Engine, Row
    from fwlab.lab.loading.prepared import Source
    from fwlab.lab.loading.record import Record

_RESOLUTION = 1e-9  # seconds by which an event loop may call early
_AT_ONCE = 50  # requests that are sent before the event loop may look at answers again
_GRACE = 0.1  # of the schedule's length, for what was due in it and is still in line,
_LEAST_GRACE = 1.0  # but at least so many seconds


class OpenModel:
    """Requests that are sent when they are due.

    Args:
        engine: sends the requests.
        source: says which.
        record: takes what came of them.
        due: seconds from the begin at which they are due, in ascending order.
        requests: how many of them are sent at most.
        duration: seconds from the begin, at which the schedule ends.
        most: how many are under way at once at most.
    """

    def __init__(
        self,
        engine: Engine,
        source: Source,
        record: Record,
        *,
        due: Iterator[float],
        requests: int | None,
        duration: float | None,
        most: int,
    ) -> None:
        self._engine, self._source, self._record = engine, source, record
        self._schedule = _until(due, requests, duration)
        self._next_due = next(self._schedule, None)
        self._duration = duration
        self._idle = list(range(most - 1, -1, -1))  # the user who was busy last is asked first: its connection is warm
        self._most = most
        self._line: deque[float] = deque()
        self._loop = asyncio.get_running_loop()
        self._finished: asyncio.Future[None] = self._loop.create_future()
        self._waiting: asyncio.Handle | None = None
        self._stopping = False
        self._last_due = 0.0
        self.most_in_flight = 0
        """How many requests were under way at most."""

    @property
    def unsent(self) -> int:
        """How many requests were due, or were still to be, and were not sent."""
        return len(self._line) + (0 if self._next_due is None else 1 + sum(1 for _ in self._schedule))

    async def run(self) -> None:
        """Keep to the schedule until its end, and wait for the last answers.

        Raises:
            LoadError: a request could not be made.
        """
        self._engine.report = self._ended
        self._began = self._loop.time()
        self._look()
        try:
            await self._finished
        finally:
            if self._waiting is not None:
                self._waiting.cancel()

    def stop(self) -> None:
        """Send nothing more, and be done."""
        self._stopping = True
        if not self._finished.done():
            self._finished.set_result(None)

    def _look(self) -> None:
        """Send what is due, and come again when the next is."""
        self._waiting = None
        now = self._loop.time()
        while self._next_due is not None and self._began + self._next_due <= now + _RESOLUTION:
            self._line.append(self._began + self._next_due)
            self._last_due = self._next_due
            self._next_due = next(self._schedule, None)
        more = self._send_from_line(now)
        if self._stopping:
            return
        if self._next_due is None and (not self._line or now > self._closing):
            self._end_if_answered()
        elif more:
            self._waiting = self._loop.call_soon(self._look)
        elif self._next_due is not None:
            self._waiting = self._loop.call_at(self._began + self._next_due, self._look)
        else:
            self._waiting = self._loop.call_at(self._closing + 0.001, self._look)

    @property
    def _closing(self) -> float:
        """When what is still in line is given up."""
        length = self._last_due if self._duration is None else self._duration
        return self._began + length + max(_GRACE * length, _LEAST_GRACE)

    def _send_from_line(self, now: float, free_since: float = -math.inf) -> bool:
        """Send what is in line as far as there is somebody to send it; tell whether that was not all of it."""
        if self._stopping or (now > self._closing and self._next_due is None):
            return False
        for _ in range(_AT_ONCE):
            if not self._line or not self._idle:
                return False
            user = self._idle.pop()
            try:
                prepared = self._source.next(user)
            except LoadError as error:
                self._stopping = True
                if not self._finished.done():
                    self._finished.set_exception(error)
                return False
            self.most_in_flight = max(self.most_in_flight, self._most - len(self._idle))
            due = self._line.popleft()
            self._engine.send(user, prepared, due, max(due, free_since))
        return bool(self._line and self._idle)

    def _ended(self, exchange: Row) -> None:
        self._record.add(exchange)
        now = self._loop.time()
        # Where all were busy, what is in line has waited for this answer.
        free_since = -math.inf if self._idle else (exchange[3] or now)
        self._idle.append(exchange[6])  # the user
        if self._stopping:
            return
        if self._line:
            self._send_from_line(now, free_since)
        self._end_if_answered()

    def _end_if_answered(self) -> None:
        over = self._next_due is None and (not self._line or self._loop.time() > self._closing)
        if over and len(self._idle) == self._most and not self._finished.done():
            self._finished.set_result(None)


def _until(due: Iterator[float], requests: int | None, duration: float | None) -> Iterator[float]:
    for number, moment in enumerate(due):
        if (requests is not None and number >= requests) or (duration is not None and moment >= duration):
            return
        yield moment
