"""The raw engine: a connection for each user, ready-made bytes to write, and only an answer's end to look for.

Nothing is done per request that can be done before: the bytes are rendered once, a user's time limit is one timer that
moves on, and the next request leaves in the very callback in which the last answer was complete.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, cast

from fwlab.lab.loading.answers import GarbageError, fastest
from fwlab.lab.loading.engine import (
    CONNECT_ERROR,
    INTERRUPTED,
    PROTOCOL_ERROR,
    READ_ERROR,
    TIMEOUT,
    http_error,
)
from fwlab.lab.timeline.sent_at import note_connection

if TYPE_CHECKING:
    from collections.abc import Callable

    from fwlab.lab.loading.answers import Answers
    from fwlab.lab.loading.engine import Row
    from fwlab.lab.loading.prepared import Prepared


class RawEngine:
    """Sends requests to one address over HTTP/1.1, without TLS and proxies.

    Args:
        host, port: of the server.
        timeout: seconds that an exchange may take, connecting included.
        count_cpu: whether to count its processor time apart from that of others on its event loop.
        answers: makes what reads the answers of one connection.
    """

    def __init__(
        self,
        host: str,
        port: int,
        timeout: float,
        *,
        count_cpu: bool = False,
        answers: Callable[[], Answers] | None = None,
    ) -> None:
        self.address = host, port
        self.timeout = timeout
        self.answers = answers or fastest()
        self.loop = asyncio.get_running_loop()
        self.report: Callable[[Row], None] = _nobody_listens
        self.refused = ""
        self.cpu = 0.0
        self.connection = _CountedConnection if count_cpu else RawConnection
        self.closing = False
        self.open: set[RawConnection] = set()
        self._users: dict[int, _User] = {}

    def send(self, user: int, prepared: Prepared, intended: float, ready: float) -> None:
        """Send a request for a user."""
        sender = self._users.get(user)
        if sender is None:
            sender = self._users[user] = _User(user, self)
        sender.send(prepared, intended)

    async def close(self) -> None:
        """Break off what is under way, and return when every socket is closed."""
        self.closing = True
        for user in self._users.values():
            user.stop()
        waiting: list[asyncio.Future[None]] = [user.connecting for user in self._users.values() if user.connecting]
        for connection in list(self.open):
            connection.abort()
            waiting.append(connection.lost)
        if waiting:
            await asyncio.wait(waiting)


class _User:
    """One user: at most one connection, and one request under way."""

    __slots__ = (
        "_connection",
        "_deadline",
        "_engine",
        "_first_byte",
        "_intended",
        "_kept",
        "_prepared",
        "_sent",
        "_timer",
        "_user",
        "connecting",
    )

    def __init__(self, user: int, engine: RawEngine) -> None:
        self._user = user
        self._engine = engine
        self._connection: RawConnection | None = None
        self._prepared: Prepared | None = None
        self._intended = self._sent = self._deadline = 0.0
        self._first_byte: float | None = None
        self._kept = False
        self._timer: asyncio.TimerHandle | None = None
        self.connecting: asyncio.Task[None] | None = None

    def send(self, prepared: Prepared, intended: float) -> None:
        loop = self._engine.loop
        self._prepared, self._intended = prepared, intended
        self._sent = now = loop.time()
        self._first_byte = None
        self._deadline = now + self._engine.timeout
        if self._timer is None:
            self._timer = loop.call_at(self._deadline, self._look_at_the_time)
        connection = self._connection
        if connection is not None and connection.usable:
            self._kept = True
            connection.ask(prepared)
        else:
            self._connect()

    def stop(self) -> None:
        """Break off the request under way, and leave no timer."""
        if self._prepared is not None:
            self.failed(INTERRUPTED)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.connecting is not None:
            self.connecting.cancel()

    # What the connection calls.

    def head_came(self, now: float) -> None:
        self._first_byte = now

    def answered(self, status: int, now: float) -> None:
        """The answer is complete."""
        prepared = cast("Prepared", self._prepared)
        self._prepared = None
        error = None if status < 400 else http_error(status)
        self._engine.report(
            (self._intended, self._sent, self._first_byte, now, status, error, self._user, prepared.name)
        )

    def failed(self, kind: str, status: int | None = None, *, lost_unheard: bool = False) -> None:
        """The connection is of no more use, and the answer not complete."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.abort()
        if self._prepared is None:
            return
        # The server may have closed a kept connection before it saw the request: RFC 9112, section 9.3.1.
        if lost_unheard and self._kept and self._prepared.repeatable and not self._engine.closing:
            self._connect()
            return
        prepared, self._prepared = self._prepared, None
        self._engine.report(
            (self._intended, self._sent, self._first_byte, None, status, kind, self._user, prepared.name)
        )

    def _connect(self) -> None:
        self._kept = False
        self._connection = None
        self.connecting = self._engine.loop.create_task(self._connected())

    async def _connected(self) -> None:
        engine = self._engine
        try:
            _, connection = await engine.loop.create_connection(
                lambda: engine.connection(self, engine), *engine.address
            )
        except OSError as error:
            engine.refused = str(error)
            self.connecting = None
            self.failed(CONNECT_ERROR)
            return
        self.connecting = None
        if self._prepared is None:  # its time was up meanwhile
            connection.abort()
            return
        self._connection = connection
        if connection.usable:
            connection.ask(self._prepared)
        else:  # it was taken and closed again
            self.failed(PROTOCOL_ERROR if connection.ended else READ_ERROR)

    def _look_at_the_time(self) -> None:
        """One timer for all requests: it is set to the end of one, and mostly finds that another is under way."""
        loop = self._engine.loop
        self._timer = None
        if self._prepared is None:
            return
        if loop.time() < self._deadline:
            self._timer = loop.call_at(self._deadline, self._look_at_the_time)
            return
        if self.connecting is not None:
            self.connecting.cancel()
            self.connecting = None
        status = self._connection.status if self._connection is not None else None
        self.failed(TIMEOUT, status)


class RawConnection(asyncio.Protocol):
    """One TCP connection of a user, and the answers that come over it."""

    def __init__(self, user: _User, engine: RawEngine) -> None:
        self._user = user
        self._open = engine.open
        self._clock = engine.loop.time
        self._answers = engine.answers()
        self._busy = self._heard = self._head = False
        self._transport: asyncio.Transport
        self.ended = False
        self.lost: asyncio.Future[None] = engine.loop.create_future()

    @property
    def usable(self) -> bool:
        """Whether a request may be sent, as far as is known on this side."""
        return not self._busy and not self._transport.is_closing()

    @property
    def status(self) -> int | None:
        """The status of the answer that is coming, if its head has come."""
        return self._answers.status if self._head else None

    def ask(self, prepared: Prepared) -> None:
        """Send a request."""
        self._busy = True
        self._heard = self._head = False
        self._answers.expect(prepared.method)
        note_connection(self._transport)
        self._transport.write(prepared.wire)

    def abort(self) -> None:
        """Close at once."""
        self._busy = False
        self._transport.abort()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        self._transport = cast("asyncio.Transport", transport)
        self._open.add(self)

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        now = self._clock()
        if not self._busy:  # an answer that nobody asked for: the next one could not be told from it
            self.abort()
            return
        self._heard = True
        answers = self._answers
        try:
            answers.feed(data)
        except GarbageError:
            self._user.failed(PROTOCOL_ERROR, self.status)
            return
        if not self._head and answers.head:
            self._head = True
            self._user.head_came(now)
        if answers.complete:
            self._finish(now)

    def eof_received(self) -> None:
        """The server will send nothing more."""
        self.ended = True
        if not self._busy:
            return
        try:
            self._answers.end()
        except GarbageError:
            self._user.failed(PROTOCOL_ERROR, self.status, lost_unheard=not self._heard)
        else:
            self._finish(self._clock())

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is closed, by whomever."""
        self._open.discard(self)
        self.lost.set_result(None)
        if self._busy:
            self._busy = False
            self._user.failed(READ_ERROR, self.status, lost_unheard=not self._heard)

    def _finish(self, now: float) -> None:
        self._busy = False
        if not self._answers.reusable:
            self._transport.abort()
        self._user.answered(self._answers.status, now)


class _CountedConnection(RawConnection):
    """A connection that counts what its user costs: the answer read, and the next request sent."""

    def __init__(self, user: _User, engine: RawEngine) -> None:
        super().__init__(user, engine)
        self._engine = engine

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        began = time.thread_time()
        super().data_received(data)
        self._engine.cpu += time.thread_time() - began


def _nobody_listens(exchange: Row) -> None:
    raise RuntimeError(f"{exchange} ended before the engine was told whom to report to")
