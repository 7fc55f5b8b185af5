"""A WebSocket of the test client: the client's side of it, as plain calls.

The test runs in one thread and the app in the event loop of another. What the app sends waits in a queue until the test
receives it.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import math
import queue
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from types import TracebackType
from typing import Any, Literal, Self

import anyio
import anyio.abc
import httpx
from anyio.from_thread import BlockingPortal
from anyio.lowlevel import checkpoint

from fwlab._http_exchange import NOTICE
from fwlab.exceptions import FwlabError
from fwlab.types import ASGIApp, Message, Scope
from fwlab.websockets import WebSocketDisconnect

Mode = Literal["text", "binary"]


class WebSocketDenialResponse(httpx.Response, WebSocketDisconnect):  # type: ignore[misc]
    """Raised when the app refuses a WebSocket with an HTTP response; it is that response."""

    code = 1006
    reason = ""


class WebSocketTestSession:
    """A WebSocket, connected while its ``with`` block lasts: see :meth:`TestClient.websocket_connect`.

    Attributes:
        scope: what the app is called with.
        accepted_subprotocol: the one that the app chose.
        extra_headers: those that the app sent with its acceptance.
    """

    def __init__(
        self,
        app: ASGIApp,
        scope: Scope,
        open_portal: Callable[[], AbstractContextManager[BlockingPortal]],
        timeout: float | None,
        raise_exceptions: bool,
        all_open: set[Any],
    ) -> None:
        self.scope = scope
        self.accepted_subprotocol: str | None = None
        self.extra_headers: list[tuple[bytes, bytes]] = []
        self._app = app
        self._open_portal = open_portal
        self._timeout = timeout
        self._raise_exceptions = raise_exceptions
        self._all_open = all_open
        self._from_app: queue.SimpleQueue[Message | None] = queue.SimpleQueue()  # None: the app has ended
        self._future: concurrent.futures.Future[None] | None = None
        self._goodbye: Message | None = None  # the test's, once it is sent
        self._gone = False
        self._closed_with: tuple[int, str] = (1000, "")
        self._error: Exception | None = None

    # What follows runs in the thread of the test.

    def __enter__(self) -> Self:
        """Connect.

        Raises:
            WebSocketDisconnect: the app refuses; it is a :class:`WebSocketDenialResponse` if it says so by a response.
        """
        self._exits = ExitStack()
        self._portal = self._exits.enter_context(self._open_portal())
        self._all_open.add(self)
        try:
            self._future, _ = self._portal.start_task(self._run)
            self.send({"type": "websocket.connect"})
            message = self._expect("websocket.accept")
        except BaseException as exc:
            self.__exit__(type(exc), exc, exc.__traceback__)
            raise
        self.accepted_subprotocol = message.get("subprotocol")
        self.extra_headers = list(message.get("headers", ()))
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the WebSocket and wait until the app has ended; what it raised comes through."""
        self.end()
        # A close is no more than the sign of what the app raised; a failed assertion of the test is more.
        hidden = exc_value is None or (isinstance(exc_value, WebSocketDisconnect) and exc_value is not self._error)
        if self._error is not None and self._raise_exceptions and hidden:
            raise self._error

    def end(self) -> None:
        """Close the WebSocket and wait until the app has ended."""
        if self not in self._all_open:
            return
        self._all_open.discard(self)
        try:
            if self._future is not None:
                if not self._future.done():
                    self._portal.call(self._leave)
                concurrent.futures.wait([self._future])
        finally:
            self._exits.close()

    def send(self, message: Message) -> None:
        """Send a message in ASGI's words; an app that has ended does not read it."""
        if self not in self._all_open:
            raise FwlabError(
                "This WebSocket is not open: use it within `with client.websocket_connect(…) as session:`."
            )
        self._portal.call(self._deliver, message)

    def send_text(self, data: str) -> None:
        """Send a text."""
        self.send({"type": "websocket.receive", "text": data})

    def send_bytes(self, data: bytes) -> None:
        """Send bytes."""
        self.send({"type": "websocket.receive", "bytes": data})

    def send_json(self, data: Any, mode: Mode = "text") -> None:
        """Send a value as JSON, as text or as bytes."""
        text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
        if mode == "text":
            self.send_text(text)
        else:
            self.send_bytes(text.encode())

    def close(self, code: int = 1000, reason: str | None = None) -> None:
        """Close the WebSocket; what the app sent before it noticed can still be received."""
        self.send({"type": "websocket.disconnect", "code": code, "reason": reason or ""})

    def receive(self) -> Message:
        """Return the app's next message in ASGI's words.

        Raises:
            WebSocketDisconnect: the app has ended.
            httpx.ReadTimeout: it sends nothing for too long.
        """
        try:
            message = self._from_app.get(timeout=self._timeout)
        except queue.Empty:
            raise self._timed_out("has sent nothing") from None
        if message is not None:
            return message
        self._from_app.put(None)
        if self._error is not None and self._raise_exceptions:
            raise self._error
        raise WebSocketDisconnect(*self._closed_with)

    def receive_text(self) -> str:
        """Return the app's next message, a text.

        Raises:
            WebSocketDisconnect: the app has closed the WebSocket or ended.
        """
        text: str = self._receive_part("text")
        return text

    def receive_bytes(self) -> bytes:
        """Return the app's next message, bytes; raises as :meth:`receive_text` does."""
        data: bytes = self._receive_part("bytes")
        return data

    def receive_json(self, mode: Mode = "text") -> Any:
        """Return the app's next message, JSON as text or as bytes; raises as :meth:`receive_text` does."""
        return json.loads(self.receive_text() if mode == "text" else self.receive_bytes())

    def _receive_part(self, part: str) -> Any:
        message = self._expect("websocket.send")
        if message.get(part) is None:
            raise FwlabError(f"The app sent a message without {part}: {message!r}.")
        return message[part]

    def _expect(self, kind: str) -> Message:
        message = self.receive()
        if message["type"] == "websocket.close":
            raise WebSocketDisconnect(*self._closed_with)
        if message["type"] == "websocket.http.response.start":
            body = []
            more = True
            while more:
                part = self._expect("websocket.http.response.body")
                body.append(part.get("body", b""))
                more = part.get("more_body", False)
            raise WebSocketDenialResponse(message["status"], headers=message.get("headers"), content=b"".join(body))
        if message["type"] != kind:
            raise FwlabError(f"The app sent {message['type']!r} where {kind!r} was due.")
        return message

    def _timed_out(self, what: str) -> httpx.ReadTimeout:
        return httpx.ReadTimeout(
            f"WebSocket {self.scope['path']}: the app {what} for {self._timeout:g} s; if it needs longer, "
            "pass another timeout=."
        )

    # What follows runs in the app's event loop.

    async def _run(self, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        self._noticed = anyio.Event()  # the app knows that the client has gone
        self._to_app, self._inbox = anyio.create_memory_object_stream[Message](math.inf)
        with self._to_app, self._inbox:
            try:
                with anyio.CancelScope() as self._cancel_scope:
                    task_status.started()
                    await self._app(self.scope, self._receive, self._send)
                if self._cancel_scope.cancelled_caught and anyio.current_time() >= self._cancel_scope.deadline:
                    self._error = self._timed_out("has not ended")
            except Exception as error:
                self._error = error
                self._closed_with = (1011, "")
            finally:
                self._noticed.set()
                self._from_app.put(None)

    async def _deliver(self, message: Message) -> None:
        if message["type"] == "websocket.disconnect":
            self._goodbye = message
        with contextlib.suppress(anyio.ClosedResourceError):  # the app has ended
            self._to_app.send_nowait(message)

    async def _receive(self) -> Message:
        if self._goodbye is not None and self._noticed.is_set():
            await checkpoint()
            return self._goodbye
        message = await self._inbox.receive()
        if message["type"] == "websocket.disconnect":
            self._noticed.set()
        return message

    async def _send(self, message: Message) -> None:
        await checkpoint()
        if message["type"] == "websocket.close":
            self._closed_with = (message.get("code", 1000), message.get("reason") or "")
        elif self._gone or self._noticed.is_set():
            self._noticed.set()
            raise OSError("The client has closed the WebSocket.")
        self._from_app.put(message)

    async def _leave(self) -> None:
        """Tell the app that the client has gone, by its next message, or else by a failing send; or else cancel it."""
        if self._goodbye is None:
            await self._deliver({"type": "websocket.disconnect", "code": 1000, "reason": ""})
        if self._timeout is not None:
            self._cancel_scope.deadline = anyio.current_time() + self._timeout
        for self._gone in (False, True):
            if not self._noticed.is_set():
                with anyio.move_on_after(NOTICE):
                    await self._noticed.wait()
        if not self._noticed.is_set():
            self._cancel_scope.cancel()
