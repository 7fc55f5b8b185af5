"""The closed model: a fixed number of users, each of whom sends the next request when the last one is answered.

See Schroeder, Wierman and Harchol-Balter, "Open Versus Closed: A Cautionary Tale" (NSDI 2006), for what that hides: a
server that stalls is asked less.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from fwlab.lab.errors import LoadError

if TYPE_CHECKING:
    from fwlab.lab.loading.engine import Engine, Row
    from fwlab.lab.loading.prepared import Source
    from fwlab.lab.loading.record import Record


class ClosedModel:
    """Users who send a request, wait for its answer, and send the next.

    Args:
        engine: sends the requests.
        source: says which.
        record: takes what came of them.
        users: how many ask at the same time.
        requests: how many are sent by all of them together.
        each: how many each of them sends, where it is not left to who is faster.
        duration: seconds after which no further request is sent.
        stagger: seconds over which the users begin, one after another; 0: all at once.
    """

    def __init__(
        self,
        engine: Engine,
        source: Source,
        record: Record,
        *,
        users: int,
        requests: int | None = None,
        each: int | None = None,
        duration: float | None = None,
        stagger: float = 0.0,
    ) -> None:
        self._engine, self._source, self._record = engine, source, record
        self._users = users
        self._left = requests
        self._fixed = requests is not None and duration is None
        self._each = each
        self._duration = duration
        self._stagger = stagger
        self._loop = asyncio.get_running_loop()
        self._finished: asyncio.Future[None] = self._loop.create_future()
        self._timers: list[asyncio.TimerHandle] = []
        self._asking = users
        self._stopping = False

    @property
    def most_in_flight(self) -> int:
        """How many requests were under way at most."""
        return self._users

    @property
    def unsent(self) -> int:
        """How many requests were to be sent, and were not."""
        return (self._left or 0) if self._stopping and self._fixed else 0

    async def run(self) -> None:
        """Let the users ask until they are done.

        Raises:
            LoadError: a request could not be made.
        """
        self._engine.report = self._ended
        began = self._loop.time()
        self._until = float("inf") if self._duration is None else began + self._duration
        self._sent_by = [0] * self._users
        try:
            for user in range(self._users):
                if self._stagger:
                    begin = began + self._stagger * user / self._users
                    self._timers.append(self._loop.call_at(begin, self._ask, user))
                else:
                    self._ask(user)
            await self._finished
        finally:
            for timer in self._timers:
                timer.cancel()

    def stop(self) -> None:
        """Send nothing more, and be done."""
        self._stopping = True
        if not self._finished.done():
            self._finished.set_result(None)

    def _ask(self, user: int, ready: float | None = None) -> None:
        now = self._loop.time()
        if self._stopping or self._left == 0 or self._sent_by[user] == self._each or now >= self._until:
            self._asking -= 1
            if self._asking == 0 and not self._finished.done():
                self._finished.set_result(None)
            return
        try:
            prepared = self._source.next(user)
        except LoadError as error:
            self._stopping = True
            if not self._finished.done():
                self._finished.set_exception(error)
            return
        if self._left is not None:
            self._left -= 1
        self._sent_by[user] += 1
        # In the closed model, a user intends to send as soon as it can: when it has its answer.
        ready = now if ready is None else ready
        self._engine.send(user, prepared, ready, ready)

    def _ended(self, exchange: Row) -> None:
        self._record.add(exchange)
        if not self._stopping:
            self._ask(exchange[6], ready=exchange[3])  # the user, who was done then
