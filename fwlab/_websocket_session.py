"""A WebSocket of the test client: the client's side of it, as plain calls.

What the app sends waits in a queue until the test receives it.
"""

from __future__ import annotations

import contextlib
import json
import math
import queue
import threading
from typing import Any, Literal, Self

import anyio
import httpx
from anyio.lowlevel import checkpoint

from fwlab._app_call import AppCall, CalledApp
from fwlab.exceptions import FwlabError
from fwlab.types import Message, Scope
from fwlab.websockets import WebSocketDisconnect

Mode = Literal["text", "binary"]


class WebSocketDenialResponse(httpx.Response, WebSocketDisconnect):  # type: ignore[misc]
    """Raised when the app refuses a WebSocket with an HTTP response; it is that response."""

    code = 1006
    reason = ""


class WebSocketTestSession(AppCall):
    """A WebSocket, connected while its ``with`` block lasts: see :meth:`TestClient.websocket_connect`.

    Attributes:
        scope: what the app is called with.
        accepted_subprotocol: the one that the app chose.
        extra_headers: those that the app sent with its acceptance.
    """

    accepted_subprotocol: str | None = None
    extra_headers: list[tuple[bytes, bytes]]

    def __init__(self, called: CalledApp, scope: Scope, request: httpx.Request) -> None:
        super().__init__(called, scope, request)
        self._from_app: queue.SimpleQueue[Message | None] = queue.SimpleQueue()  # None: the app has ended
        self._to_app, self._inbox = anyio.create_memory_object_stream[Message](math.inf)
        self._goodbye: Message | None = None  # the client's
        self._closed_with: tuple[int, str] = (1000, "")

    # What follows runs in the thread of the test.

    def __enter__(self) -> Self:
        """Connect.

        Raises:
            WebSocketDisconnect: the app refuses; it is a :class:`WebSocketDenialResponse` if it says so by a response.
        """
        try:
            self._begin()
            self.send({"type": "websocket.connect"})
            message = self._expect("websocket.accept")
        except BaseException as exc:
            self.__exit__(type(exc), exc)
            raise
        self.accepted_subprotocol = message.get("subprotocol")
        self.extra_headers = list(message.get("headers", ()))
        return self

    def __exit__(self, exc_type: type[BaseException] | None, exc_value: BaseException | None, *_: object) -> None:
        """Close the WebSocket and wait until the app has ended; what it raised comes through."""
        self.end()
        # A close is no more than the sign of what the app raised; a failed assertion of the test is more.
        if exc_value is None or (isinstance(exc_value, WebSocketDisconnect) and exc_value is not self._error):
            self._raise_error()

    def send(self, message: Message) -> None:
        """Send a message in ASGI's words; an app that has ended does not read it."""
        if self not in self._called.calls:
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
            message = self._from_app.get(timeout=min(self._timeout, threading.TIMEOUT_MAX))
        except queue.Empty:
            raise self._timed_out("sent anything") from None
        if message is not None:
            return message
        self._from_app.put(None)
        self._raise_error()
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
            body = [self._expect("websocket.http.response.body")]
            while body[-1].get("more_body", False):
                body.append(self._expect("websocket.http.response.body"))
            content = b"".join(part.get("body", b"") for part in body)
            raise WebSocketDenialResponse(message["status"], headers=message.get("headers"), content=content)
        if message["type"] != kind:
            raise FwlabError(f"The app sent {message['type']!r} where {kind!r} was due.")
        return message

    # What follows runs in the app's event loop.

    def _deliver(self, message: Message) -> None:
        if message["type"] == "websocket.disconnect":
            self._goodbye = message
        with contextlib.suppress(anyio.ClosedResourceError):  # the app has ended
            self._to_app.send_nowait(message)

    async def _give(self) -> Message:
        if self._goodbye is not None and self._noticed.is_set():  # it said goodbye once: the app may hear it again
            await checkpoint()
            return self._goodbye
        message = await self._inbox.receive()
        if message["type"] == "websocket.disconnect":
            self._noticed.set()
        return message

    async def _take(self, message: Message) -> None:
        await checkpoint()
        if message["type"] == "websocket.close":
            self._closed_with = (message.get("code", 1000), message.get("reason") or "")
        elif self._left or self._noticed.is_set():  # as with a server, sending fails once the app can know
            self._noticed.set()
            raise OSError("The client has closed the WebSocket.")
        self._from_app.put(message)

    def _app_ended(self) -> None:
        self._inbox.close()
        self._to_app.close()
        if self._error is not None:
            self._closed_with = (1011, "")
        self._from_app.put(None)

    def _hang_up(self) -> bool:
        if self._goodbye is None:
            self._deliver({"type": "websocket.disconnect", "code": 1000, "reason": ""})
        return True
