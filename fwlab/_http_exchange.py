"""One request of the test client and its response: what a server does between the socket and the app.

Pieces of the response go from hand to hand, so an app is never further than its client, and what a client does not read
is never made.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from typing import Any

import anyio
import httpx
from anyio import to_thread
from anyio.lowlevel import checkpoint

from fwlab._app_call import AppCall, CalledApp
from fwlab.exceptions import FwlabError
from fwlab.types import Message, Scope


class HTTPExchange(AppCall, httpx.SyncByteStream):
    """A request on its way to the app, and the body of its response on the way back."""

    def __init__(self, called: CalledApp, scope: Scope, request: httpx.Request) -> None:
        super().__init__(called, scope, request)
        self._upload: Iterator[bytes] | None = iter(request.stream)  # type: ignore[arg-type]
        self._upload_lane = anyio.CapacityLimiter(1)
        self._pieces, self._reader = anyio.create_memory_object_stream[bytes](0)
        self._complete = anyio.Event()  # nothing more is to be sent
        self._answered = threading.Event()
        self._response: dict[str, Any] | None = None
        self._trailers: list[tuple[bytes, bytes]] | None = None
        self._debug: dict[str, Any] = {}
        self._body_complete = False

    # What follows runs in the thread of the test.

    def start(self) -> httpx.Response:
        """Call the app, wait until its response begins, and return that."""
        try:
            self.begin()
            self._answered.wait()
        except BaseException:  # someone interrupts the test
            self.end()
            raise
        if self._response is None:
            self.close()
            return httpx.Response(500, request=self.request)
        response = httpx.Response(**self._response, stream=self, request=self.request)
        if self._trailers is not None:
            response.extensions["http.response.trailers"] = self._trailers
        if self._debug:
            response.extensions["http.response.debug"] = self._debug
            vars(response).update({key: self._debug[key] for key in ("template", "context") if key in self._debug})
        return response

    def __iter__(self) -> Iterator[bytes]:
        """Yield the body's pieces as the app sends them."""
        while self.is_open and (piece := self.portal.call(self._next_piece)) is not None:
            yield piece

    def close(self) -> None:
        """Leave, if the response is not complete, and wait until the app has ended.

        Raises:
            Exception: what the app raised, or how it broke the rules.
        """
        if not self.is_open:
            return
        self.end()
        self.raise_error()
        if self.called.raise_exceptions and not self._body_complete and not self.left:
            what = "no response" if self._response is None else "half a response"
            raise FwlabError(f"The app ended with {what} to {self.request.url.path}; it must send a start and a body.")

    # What follows runs in the app's event loop.

    async def receive(self) -> Message:
        """Give the app the body of the request and then, when the response is over, the disconnect."""
        if self._upload is not None and not self._complete.is_set():
            piece = await self._upload_piece()
            if piece is not None:
                return {"type": "http.request", "body": piece, "more_body": self._upload is not None}
        if not self._complete.is_set():
            await self._complete.wait()
        self.noticed.set()
        return {"type": "http.disconnect"}

    async def _upload_piece(self) -> bytes | None:
        """Return the next piece of the request's body; None if the test failed to make it."""
        if isinstance(self.request.stream, httpx.ByteStream):
            self._upload = None
            return self.request.read()
        self.cancel_scope.deadline = math.inf  # a piece that is made on the way takes the test's time, not the app's
        try:
            piece = await to_thread.run_sync(self._make_piece, abandon_on_cancel=True, limiter=self._upload_lane)
        except Exception as error:
            self.failure = error
            self.hang_up()
            return None
        self.grant_time()
        if piece is None:
            self._upload = None
        return piece or b""

    def _make_piece(self) -> bytes | None:
        return next(self._upload, None) if self._upload is not None else None

    async def send(self, message: Message) -> None:
        """Take the response's start and its body, and give the pieces of it to the test."""
        kind, more = message["type"], True
        if self._complete.is_set() and not self._body_complete:  # servers, too, drop what nobody waits for
            await checkpoint()
            return
        if kind == "http.response.start" and self._response is None:
            self._response = {"status_code": message["status"], "headers": list(message.get("headers", ()))}
            self._trailers = [] if message.get("trailers", False) else None
            self._answered.set()
        elif kind == "http.response.body" and self._response is not None and not self._body_complete:
            await self._hand_over(bytes(message.get("body", b"")))
            self._body_complete = not message.get("more_body", False)
            more = not self._body_complete or self._trailers is not None
        elif kind == "http.response.trailers" and self._trailers is not None and self._body_complete:
            self._trailers += message.get("headers", ())
            more = message.get("more_trailers", False)
        elif kind == "http.response.debug":
            self._debug = message["info"]
        else:
            raise FwlabError(f"The app sent {kind!r} out of order; a response is one start, and a body that ends once.")
        if not more:
            self._complete.set()
            self._pieces.close()
        self.grant_time()

    async def _hand_over(self, piece: bytes) -> None:
        if piece and self.request.method != "HEAD":
            self.cancel_scope.deadline = math.inf  # the test may take its time to read
            try:
                await self._pieces.send(piece)
            except anyio.BrokenResourceError:  # it has left
                await checkpoint()

    async def _next_piece(self) -> bytes | None:
        try:
            return await self._reader.receive()
        except (anyio.EndOfStream, anyio.ClosedResourceError):
            return None

    def silence(self) -> str:
        """Say what the app has not done."""
        if self._complete.is_set():
            return "has not ended after its response"
        return "has not answered" if self._response is None else "has sent no more of its response"

    def app_ended(self) -> None:
        """End the body, wherever it is."""
        self._pieces.close()
        self._reader.close()
        self._answered.set()

    def hang_up(self) -> bool:
        """Be the client that goes; return False if it got its whole response."""
        if self._complete.is_set():
            return False
        self._complete.set()
        self._reader.close()
        return True
