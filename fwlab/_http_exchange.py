"""One request of the test client and its response: what a server does between the socket and the app.

The test runs in one thread and the app in the event loop of another. Pieces of the response go from hand to hand, so an
app is never further than its client, and what a client does not read is never made.
"""

from __future__ import annotations

import concurrent.futures
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import anyio
import anyio.abc
import httpx
from anyio import to_thread
from anyio.from_thread import BlockingPortal
from anyio.lowlevel import checkpoint

from fwlab.exceptions import FwlabError
from fwlab.types import ASGIApp, Message, Scope

# How long an app may take to notice that its client has gone before it is cancelled, in seconds. One that is waiting
# for a message notices at once.
NOTICE = 0.05


class HTTPExchange(httpx.SyncByteStream):
    """A request on its way to the app, and the body of its response on the way back.

    Args:
        app: any ASGI application.
        scope: what the app is called with.
        request: what httpx sends.
        timeout: how long the app may be silent, in seconds.
        raise_exceptions: whether the app's exceptions come through.
        all_open: where the exchange enters itself while it lasts.
    """

    def __init__(
        self,
        app: ASGIApp,
        scope: Scope,
        request: httpx.Request,
        timeout: float | None,
        raise_exceptions: bool,
        all_open: set[Any],
    ) -> None:
        self._app = app
        self._asgi_scope = scope
        self._request = request
        self._timeout = math.inf if timeout is None else timeout
        self._raise_exceptions = raise_exceptions
        self._all_open = all_open
        self._exits = ExitStack()
        self._future: concurrent.futures.Future[None] | None = None
        self._answered = threading.Event()
        self._status: int | None = None
        self._headers: list[tuple[bytes, bytes]] = []
        self._trailers: list[tuple[bytes, bytes]] | None = None
        self._debug: dict[str, Any] = {}
        self._body_complete = False
        self._left = False
        self._error: Exception | None = None  # the app's
        self._failure: Exception | None = None  # a timeout, or the test's own: it comes through in any case

    # What follows runs in the thread of the test.

    def start(self, open_portal: Callable[[], AbstractContextManager[BlockingPortal]]) -> httpx.Response:
        """Call the app, wait until its response begins, and return that."""
        self._portal = self._exits.enter_context(open_portal())
        self._all_open.add(self)
        try:
            self._future, _ = self._portal.start_task(self._run)
            self._answered.wait()
        except BaseException:  # someone interrupts the test
            self.end()
            raise
        if self._status is None:
            self.close()
            return httpx.Response(500, request=self._request)
        response = httpx.Response(self._status, headers=self._headers, stream=self, request=self._request)
        if self._trailers is not None:
            response.extensions["http.response.trailers"] = self._trailers
        if self._debug:
            response.extensions["http.response.debug"] = self._debug
            vars(response).update({key: self._debug[key] for key in ("template", "context") if key in self._debug})
        return response

    def __iter__(self) -> Iterator[bytes]:
        """Yield the body's pieces as the app sends them."""
        while self in self._all_open and (piece := self._portal.call(self._next_piece)) is not None:
            yield piece

    def close(self) -> None:
        """Leave, if the response is not complete, and wait until the app has ended.

        Raises:
            Exception: what the app raised, or how it broke the rules.
        """
        if self not in self._all_open:
            return
        self.end()
        if self._failure is not None:
            raise self._failure
        if self._raise_exceptions:
            if self._error is not None:
                raise self._error
            if not self._body_complete and not self._left:
                what = "no response" if self._status is None else "half a response"
                raise FwlabError(f"{self._name} ended with {what}: an app must send one start and a whole body.")

    def end(self) -> None:
        """Leave, if the response is not complete, and wait until the app has ended."""
        self._all_open.discard(self)
        try:
            if self._future is not None:
                if not self._future.done():
                    self._portal.call(self._leave)
                concurrent.futures.wait([self._future])
        finally:
            self._exits.close()

    @property
    def _name(self) -> str:
        return f"{self._request.method} {self._request.url.path}"

    # What follows runs in the app's event loop.

    async def _run(self, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        self._complete = anyio.Event()  # nothing more is to be sent
        self._noticed = anyio.Event()  # and the app knows it
        self._upload: Iterator[bytes] | None = iter(self._request.stream)  # type: ignore[arg-type]
        self._upload_lane = anyio.CapacityLimiter(1)
        self._pieces, self._reader = anyio.create_memory_object_stream[bytes](0)
        with self._pieces, self._reader:
            try:
                with anyio.CancelScope() as self._cancel_scope:
                    self._grant_time()
                    task_status.started()
                    await self._app(self._asgi_scope, self._receive, self._send)
                if self._cancel_scope.cancelled_caught and anyio.current_time() >= self._cancel_scope.deadline:
                    self._failure = self._timed_out()
            except Exception as error:
                self._error = error
            finally:
                self._noticed.set()
                self._answered.set()

    def _grant_time(self) -> None:
        self._cancel_scope.deadline = anyio.current_time() + self._timeout

    def _timed_out(self) -> httpx.ReadTimeout:
        if self._complete.is_set():
            what = "has not ended after its response"
        else:
            what = "has not answered" if self._status is None else "has sent no more of its response"
        return httpx.ReadTimeout(
            f"{self._name}: the app {what} for {self._timeout:g} s; if it needs longer, pass another timeout=.",
            request=self._request,
        )

    async def _receive(self) -> Message:
        if self._upload is not None and not self._left:
            piece = await self._upload_piece()
            if piece is not None:
                return {"type": "http.request", "body": piece, "more_body": self._upload is not None}
        if not self._complete.is_set():
            await self._complete.wait()
        self._noticed.set()
        return {"type": "http.disconnect"}

    def _make_piece(self) -> bytes | None:
        return next(self._upload, None) if self._upload is not None else None

    async def _upload_piece(self) -> bytes | None:
        """Return the next piece of the request's body; None if the test failed to make it."""
        if isinstance(self._request.stream, httpx.ByteStream):
            self._upload = None
            return self._request.read()
        self._cancel_scope.deadline = math.inf  # a piece that is made on the way takes the test's time, not the app's
        try:
            piece = await to_thread.run_sync(self._make_piece, abandon_on_cancel=True, limiter=self._upload_lane)
        except Exception as error:
            self._failure = error
            self._left = True
            self._complete.set()
            return None
        finally:
            self._grant_time()
        if piece is None:
            self._upload = None
        return piece or b""

    async def _send(self, message: Message) -> None:
        kind, more = message["type"], False
        if self._left:  # servers, too, drop what nobody waits for
            await checkpoint()
            return
        if kind == "http.response.start" and self._status is None:
            self._status, self._headers = message["status"], list(message.get("headers", ()))
            self._trailers = [] if message.get("trailers", False) else None
            self._answered.set()
            more = True
        elif kind == "http.response.body" and self._status is not None and not self._body_complete:
            await self._hand_over(bytes(message.get("body", b"")))
            self._body_complete = not message.get("more_body", False)
            more = not self._body_complete or self._trailers is not None
        elif kind == "http.response.trailers" and self._body_complete and self._trailers is not None:
            self._trailers += message.get("headers", ())
            more = message.get("more_trailers", False)
        elif kind == "http.response.debug":
            self._debug = message["info"]
            more = not self._complete.is_set()
        else:
            raise FwlabError(f"{self._name}: the app sent {kind!r} out of order; a response is one start and one body.")
        if not more:
            self._complete.set()
            self._pieces.close()
        self._grant_time()

    async def _hand_over(self, piece: bytes) -> None:
        if piece and self._request.method != "HEAD":
            self._cancel_scope.deadline = math.inf  # the test may take its time to read
            try:
                await self._pieces.send(piece)
            except anyio.BrokenResourceError:
                await checkpoint()

    async def _next_piece(self) -> bytes | None:
        try:
            return await self._reader.receive()
        except (anyio.EndOfStream, anyio.ClosedResourceError):
            return None

    async def _leave(self) -> None:
        """Tell the app that its client has gone; cancel it if it does not listen."""
        if self._complete.is_set():
            return
        self._left = True
        self._complete.set()
        self._reader.close()
        self._grant_time()
        with anyio.move_on_after(NOTICE):
            await self._noticed.wait()
        if not self._noticed.is_set():
            self._cancel_scope.cancel()
