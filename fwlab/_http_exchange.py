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

    _due = "answered"
    _limited = True

    def __init__(self, called: CalledApp, scope: Scope, request: httpx.Request) -> None:
        super().__init__(called, scope, request)
        self._upload: Iterator[bytes] | None = iter(request.stream)  # type: ignore[arg-type]
        self._upload_lane = anyio.CapacityLimiter(1)
        self._pieces, self._reader = anyio.create_memory_object_stream[bytes](0)
        self._complete = anyio.Event()  # nothing more is to be sent
        self._answered = threading.Event()
        self._response: dict[str, Any] = {}
        self._extensions: dict[str, Any] = {}
        self._body_complete = False

    # What follows runs in the thread of the test.

    def start(self) -> httpx.Response:
        """Call the app, wait until its response begins, and return that."""
        try:
            self._begin()
            self._answered.wait()
        except BaseException:  # someone interrupts the test
            self.end()
            raise
        if not self._response:
            self.close()
            return httpx.Response(500, request=self._request)
        response = httpx.Response(**self._response, stream=self, request=self._request, extensions=self._extensions)
        rendered = self._extensions.get("http.response.debug", {})
        vars(response).update({key: rendered[key] for key in ("template", "context") if key in rendered})
        return response

    def __iter__(self) -> Iterator[bytes]:
        """Yield the body's pieces as the app sends them."""
        while self in self._called.calls and (piece := self._portal.call(self._next_piece)) is not None:
            yield piece

    def close(self) -> None:
        """Leave, if the response is not complete, and wait until the app has ended.

        Raises:
            Exception: what the app raised, or how it broke the rules.
        """
        if self in self._called.calls:
            self.end()
            self._raise_error()
            if self._called.raise_exceptions and not self._body_complete and not self._left:
                raise FwlabError(
                    f"{self._request.method} {self._request.url.path}: the app has ended, but not {self._due}; "
                    "an app must send the start of a response and its whole body."
                )

    # What follows runs in the app's event loop.

    async def _give(self) -> Message:
        if self._upload is not None and not self._complete.is_set():
            piece = await self._upload_piece()
            if piece is not None:
                return {"type": "http.request", "body": piece, "more_body": self._upload is not None}
        if not self._complete.is_set():
            await self._complete.wait()
        self._noticed.set()
        return {"type": "http.disconnect"}

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
            self._hang_up()
            return None
        self._grant_time()
        if piece is None:
            self._upload = None
        return piece or b""

    def _make_piece(self) -> bytes | None:
        return next(self._upload, None) if self._upload is not None else None

    async def _take(self, message: Message) -> None:
        kind, trailers = message["type"], self._extensions.get("http.response.trailers")
        complete = False
        if self._complete.is_set() and not self._body_complete:  # servers, too, drop what nobody waits for
            await checkpoint()
            return
        if kind == "http.response.start" and not self._response:
            self._response = {"status_code": message["status"], "headers": list(message.get("headers", ()))}
            if message.get("trailers", False):
                self._extensions["http.response.trailers"] = []
            self._due = "sent the rest of its response"
            self._answered.set()
        elif kind == "http.response.body" and self._response and not self._body_complete:
            await self._hand_over(bytes(message.get("body", b"")))
            self._body_complete = not message.get("more_body", False)
            complete = self._body_complete and trailers is None
        elif kind == "http.response.trailers" and self._body_complete and trailers is not None:
            trailers += message.get("headers", ())
            complete = not message.get("more_trailers", False)
        elif kind == "http.response.debug":
            self._extensions[kind] = message["info"]
        else:
            raise FwlabError(f"The app sent {kind!r} out of order; a response is one start, and a body that ends once.")
        if complete:
            self._due = "ended after its response"
            self._complete.set()
            self._pieces.close()
        self._grant_time()

    async def _hand_over(self, piece: bytes) -> None:
        if piece and self._request.method != "HEAD":
            self._cancel_scope.deadline = math.inf  # the test may take its time to read
            try:
                await self._pieces.send(piece)
            except anyio.BrokenResourceError:  # it has left
                await checkpoint()

    async def _next_piece(self) -> bytes | None:
        try:
            return await self._reader.receive()
        except (anyio.EndOfStream, anyio.ClosedResourceError):
            return None

    def _app_ended(self) -> None:
        self._pieces.close()
        self._reader.close()
        self._answered.set()

    def _hang_up(self) -> bool:
        if self._complete.is_set():
            return False
        self._complete.set()
        self._reader.close()
        return True
