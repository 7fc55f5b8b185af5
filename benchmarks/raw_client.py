"""The driver where wrk is not installed: so many keep-alive connections, each asking again when it has its answer.

It knows the answer in advance and looks at no more than its length and its status line, so that it costs little; it is
bounded in requests and time, and speaks to 127.0.0.1 only.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, cast

from benchmarks.served import Load, ServerError

if TYPE_CHECKING:
    from benchmarks.cases import Case

_MOST_REQUESTS = 1_000_000


def drive(port: int, case: Case, *, connections: int, seconds: float) -> Load:
    """Send requests for so many seconds.

    Raises:
        ServerError: an answer is not 200, or a connection breaks.
    """
    return asyncio.run(_drive(port, case, connections, seconds))


async def _drive(port: int, case: Case, connections: int, seconds: float) -> Load:
    loop = asyncio.get_running_loop()
    users = []
    try:
        for _ in range(connections):
            _, user = await loop.create_connection(lambda: _User(case), "127.0.0.1", port)
            users.append(user)
        began = time.perf_counter()
        for user in users:
            user.begin(began + seconds, _MOST_REQUESTS // connections)
        async with asyncio.timeout(seconds + 30):
            await asyncio.gather(*(user.ended for user in users))
        answers = sum(user.answers for user in users)
        return Load(answers, answers / (time.perf_counter() - began))
    except (TimeoutError, OSError) as error:
        raise ServerError(f"The server does not answer {case.name}: {error!r}") from error
    finally:
        for user in users:
            user.close()


class _User(asyncio.Protocol):
    """One connection."""

    def __init__(self, case: Case) -> None:
        head = b"".join(b"%b: %b\r\n" % header for header in case.headers)
        self._request = b"%b %b HTTP/1.1\r\n%b\r\n%b" % (case.method.encode(), case.target.encode(), head, case.body)
        self._expected = len(case.answer)
        self._buffer = b""
        self._transport: asyncio.Transport
        self.answers = 0
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        self._transport = cast("asyncio.Transport", transport)

    def begin(self, until: float, most: int) -> None:
        """Send the first request; the last one when the time is up or so many are answered."""
        self._until, self._most = until, most
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """A part of the answer, mostly all of it."""
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator or len(body) < self._expected:
            return
        if not head.startswith(b"HTTP/1.1 200"):
            self._end(ServerError(f"An answer is {head.partition(bytes((13, 10)))[0]!r}."))
            return
        self._buffer = b""
        self.answers += 1
        if self.answers < self._most and time.perf_counter() < self._until:
            self._transport.write(self._request)
        else:
            self._end(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """The server closed it, or this side did at the end."""
        self._end(ServerError("The server closed a connection."))

    def close(self) -> None:
        """Let go of the connection."""
        self._end(None)
        self._transport.close()

    def _end(self, error: Exception | None) -> None:
        if self.ended.done():
            return
        if error is None:
            self.ended.set_result(None)
        else:
            self.ended.set_exception(error)
