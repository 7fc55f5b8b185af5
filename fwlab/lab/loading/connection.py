"""One HTTP/1.1 connection of a client: a request out, an answer in, h11 as the parser of what comes.

asyncio calls a *protocol* when bytes have come; a request awaits *events* (the answer's head, a piece of its body, its
end). This file is the meeting point of the two. It knows nothing of pools and retries: those are in ``client.py``.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import h11
import httpx

from fwlab.lab.timeline.sent_at import note_connection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

_LONGEST_HEAD = 100 * 1024  # bytes of status line and headers before an answer counts as garbage; as httpcore has it
_HIGH_WATER = 256 * 1024  # bytes that may lie here unread before the server is asked to wait


class Connection(asyncio.Protocol):
    """A TCP connection to one origin that carries one exchange at a time.

    Args:
        on_idle: called with the connection when an exchange is complete and the next may follow.
        on_lost: called with the connection when it is closed, whoever closed it.
    """

    def __init__(self, on_idle: Callable[[Connection], None], on_lost: Callable[[Connection], None]) -> None:
        self._on_idle = on_idle
        self._on_lost = on_lost
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        self._transport: asyncio.Transport
        self._idle = True
        self._unread = 0
        self._ended = False
        self._error: Exception | None = None
        self._wakeup: asyncio.Future[None] | None = None
        self._may_write = asyncio.Event()
        self._may_write.set()
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.heard = False
        """Whether any byte of an answer to the current request has come."""

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        if self._idle:  # an answer that nobody asked for: the next one could not be told from it
            self.abort()
            return
        self.heard = True
        self._http.receive_data(data)
        self._unread += len(data)
        if self._unread > _HIGH_WATER:
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """The server will send nothing more."""
        self._ended = True
        self._http.receive_data(b"")  # h11's word for the end: a body of unknown length is complete now
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is closed: by the server, by an error, or by us."""
        if not self._ended:
            self._error = exc or ConnectionAbortedError("the connection was closed on this side")
        self._wake()
        self._may_write.set()
        self.lost.set_result(None)
        self._on_lost(self)

    def pause_writing(self) -> None:
        """The server takes no more for now."""
        self._may_write.clear()

    def resume_writing(self) -> None:
        """The server takes more again."""
        self._may_write.set()

    # What the transport calls.

    @property
    def usable(self) -> bool:
        """Whether a request may be sent, as far as is known on this side."""
        return self._idle and not self._ended and not self._transport.is_closing()

    def abort(self) -> None:
        """Close at once; ``lost`` is done when the socket is closed."""
        self._transport.abort()

    async def exchange(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return the answer once its head has come; the body is read from it.

        Raises:
            httpx.TransportError: and the connection is closed.
        """
        timeout = request.extensions.get("timeout", {})
        self._idle = self.heard = False
        try:
            await self._send(request, timeout.get("write"))
            head = await self._read_head(timeout.get("read"))
        except BaseException:  # a cancellation too: half an exchange cannot be continued
            self.abort()
            raise
        return httpx.Response(
            head.status_code,
            headers=head.headers.raw_items(),
            stream=_Body(self, timeout.get("read")),
            extensions={"http_version": b"HTTP/" + head.http_version, "reason_phrase": head.reason},
        )

    async def read_body(self, timeout: float | None) -> AsyncIterator[bytes]:
        """Yield the answer's body piece by piece, and hand the connection back at its end."""
        while True:
            event = await self._next_event(timeout)
            if isinstance(event, h11.Data):
                yield bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                self._finish()
                return

    async def _send(self, request: httpx.Request, timeout: float | None) -> None:
        note_connection(self._transport)
        try:
            head = h11.Request(
                method=request.method,
                target=request.url.raw_path,
                headers=request.headers.raw,
            )
            output = self._http.send(head) or b""
            async for chunk in cast("httpx.AsyncByteStream", request.stream):
                await self._write(output + (self._http.send(h11.Data(data=chunk)) or b""), timeout)
                output = b""
            await self._write(output + (self._http.send(h11.EndOfMessage()) or b""), timeout)
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error)) from error

    async def _write(self, data: bytes, timeout: float | None) -> None:
        if not data or self._transport.is_closing():
            return  # a server may answer and close before it has the whole request: reading will tell
        self._transport.write(data)
        if not self._may_write.is_set():
            try:
                async with asyncio.timeout(timeout):
                    await self._may_write.wait()
            except TimeoutError:
                raise httpx.WriteTimeout(f"the server took no more of the request for {timeout} s") from None

    async def _read_head(self, timeout: float | None) -> h11.Response:
        while True:
            event = await self._next_event(timeout)
            if isinstance(event, h11.Response):
                return event
            # else 100 Continue, 103 Early Hints and their like: the answer is still to come

    async def _next_event(self, timeout: float | None) -> h11.Event:
        while True:
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError as error:
                raise httpx.RemoteProtocolError(str(error)) from error
            if event is h11.PAUSED:
                raise httpx.RemoteProtocolError("the server switched to another protocol than HTTP/1.1")
            if event is not h11.NEED_DATA:
                return cast("h11.Event", event)
            await self._more(timeout)

    async def _more(self, timeout: float | None) -> None:
        """Wait until something has come."""
        if self._error is not None:
            raise httpx.ReadError(str(self._error)) from self._error
        if self._ended:
            when = "in the middle of its answer" if self.heard else "without an answer"
            raise httpx.RemoteProtocolError(f"the server closed the connection {when}")
        self._unread = 0
        self._transport.resume_reading()
        self._wakeup = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout):
                await self._wakeup
        except TimeoutError:
            raise httpx.ReadTimeout(f"nothing came from the server for {timeout} s") from None
        finally:
            self._wakeup = None

    def _finish(self) -> None:
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE and not self._http.trailing_data[0]:
            self._http.start_next_cycle()
            self._idle = True
            self._on_idle(self)
        else:
            self.abort()

    def _wake(self) -> None:
        if self._wakeup is not None and not self._wakeup.done():
            self._wakeup.set_result(None)


class _Body(httpx.AsyncByteStream):
    """The body of one answer; the connection is closed where it is not read to its end."""

    def __init__(self, connection: Connection, timeout: float | None) -> None:
        self._connection = connection
        self._timeout = timeout
        self._complete = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._connection.read_body(self._timeout):
                yield piece
            self._complete = True
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        if not self._complete:
            self._complete = True
            self._connection.abort()
