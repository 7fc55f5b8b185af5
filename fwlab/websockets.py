"""A WebSocket: a connection on which both sides send messages until one of them closes it.

:class:`WebSocket` is what a handler declared with ``@app.websocket`` gets. It keeps the order of things (accept before
anything is sent, nothing after the close), so a mistake of a handler is named here and not somewhere in the server.
"""

import enum
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from typing import Any, Literal, TypeVar

from fwlab.encoders import to_json_bytes
from fwlab.exceptions import FwlabError, WebSocketException
from fwlab.requests import HTTPConnection
from fwlab.types import ASGIApp, Message, RawHeader, Receive, Scope, Send

T = TypeVar("T")
Mode = Literal["text", "binary"]


class WebSocketState(enum.Enum):
    """How far one side of a connection is."""

    CONNECTING = 0
    CONNECTED = 1
    DISCONNECTED = 2


class WebSocketDisconnect(Exception):
    """The other side has closed the connection.

    Args:
        code: why, as a number of RFC 6455 (``fwlab.status.WS_…``): 1000 all done, 1001 page left, 1006 broken off.
        reason: why, in words.
    """

    def __init__(self, code: int = 1000, reason: str | None = None) -> None:
        self.code, self.reason = code, reason or ""
        super().__init__(code, self.reason)


class InvalidJSON(json.JSONDecodeError, WebSocketException):
    """A message that should have been JSON and is not; where no handler catches it, it closes with code 1007."""

    def __init__(self, doc: str) -> None:
        json.JSONDecodeError.__init__(self, "Invalid JSON", doc, 0)
        WebSocketException.__init__(self, 1007, "Invalid JSON")


def close_message(code: int = 1000, reason: str | None = None) -> Message:
    """Return ASGI's word for closing; the reason is cut to the 123 bytes that the protocol allows.

    Example:
        >>> close_message(1008, "Who are you?")
        {'type': 'websocket.close', 'code': 1008, 'reason': 'Who are you?'}
    """
    return {"type": "websocket.close", "code": code, "reason": (reason or "").encode()[:123].decode(errors="ignore")}


async def respond(response: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request with a response, or refuse a WebSocket with it; where the server cannot do that, close it."""

    async def deny(message: Message) -> None:
        await send({**message, "type": f"websocket.{message['type']}"})

    if scope["type"] != "websocket":
        await response(scope, receive, send)
    elif "websocket.http.response" in (scope.get("extensions") or {}):
        await response(scope, receive, deny)
    else:
        await send(close_message())


class WebSocket(HTTPConnection):
    """A connection on which both sides send when they like; a handler that annotates an argument with it gets one.

    Attributes:
        client_state: how far the client is.
        application_state: how far the handler is.

    Example:
        >>> from fwlab import App, WebSocket
        >>> app = App()
        >>> @app.websocket("/echo")
        ... async def echo(websocket: WebSocket):
        ...     await websocket.accept()
        ...     async for text in websocket.iter_text():
        ...         await websocket.send_text(text)
    """

    client_state = application_state = WebSocketState.CONNECTING

    async def receive(self) -> Message:
        """Return the client's next message in ASGI's words.

        Raises:
            FwlabError: the client's disconnect was received already.
        """
        if self.client_state is WebSocketState.DISCONNECTED:
            raise FwlabError("The client has disconnected; there is nothing to receive any more.")
        message = await self._receive()
        gone = message["type"] == "websocket.disconnect"
        self.client_state = WebSocketState.DISCONNECTED if gone else WebSocketState.CONNECTED
        return message

    async def send(self, message: Message) -> None:
        """Send a message in ASGI's words.

        Raises:
            WebSocketDisconnect: the client has gone.
            FwlabError: the message is out of order, or the connection is closed.
        """
        state, kind = self.application_state, message["type"]
        if (state, kind) not in _NEXT:
            name = "closed" if state is WebSocketState.DISCONNECTED else state.name.lower()
            hint = "; call `await websocket.accept()` first" if state is WebSocketState.CONNECTING else ""
            raise FwlabError(f"A WebSocket that is {name} cannot send {kind!r}{hint}.")
        self.application_state = _NEXT[state, kind]
        try:
            await self._send(message)
        except OSError:
            self.application_state = WebSocketState.DISCONNECTED
            raise WebSocketDisconnect(1006) from None

    async def accept(self, subprotocol: str | None = None, headers: Iterable[RawHeader] | None = None) -> None:
        """Take the connection on.

        Args:
            subprotocol: one of ``scope["subprotocols"]``, those that the client offers.
            headers: added to the server's answer.
        """
        if self.client_state is WebSocketState.CONNECTING:
            await self.receive()
        await self.send({"type": "websocket.accept", "subprotocol": subprotocol, "headers": list(headers or ())})

    async def _receive_part(self, part: str) -> Any:
        if self.application_state is not WebSocketState.CONNECTED:
            raise FwlabError("The WebSocket is not connected; call `await websocket.accept()` first.")
        message = await self.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005), message.get("reason"))
        if message.get(part) is None:
            raise WebSocketException(1003, f"Expected a message of {part}")
        return message[part]

    async def receive_text(self) -> str:
        """Return the next message, a text.

        Raises:
            WebSocketDisconnect: the client has closed the connection.
            WebSocketException: with code 1003, with which the connection closes, when the message is bytes.
        """
        return str(await self._receive_part("text"))

    async def receive_bytes(self) -> bytes:
        """Return the next message, bytes; raises as :meth:`receive_text` does."""
        return bytes(await self._receive_part("bytes"))

    async def receive_json(self, mode: Mode = "text") -> Any:
        """Return the next message, which is JSON, as text or as bytes.

        Raises:
            WebSocketDisconnect: the client has closed the connection.
            InvalidJSON: it is not JSON; both a ``json.JSONDecodeError`` and a ``WebSocketException`` of code 1007.
        """
        data = await self._receive_part(_PARTS[mode])
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            raise InvalidJSON(data if isinstance(data, str) else data.decode(errors="replace")) from None

    def iter_text(self) -> AsyncIterator[str]:
        """Yield each text until the client closes the connection."""
        return _until_closed(self.receive_text)

    def iter_bytes(self) -> AsyncIterator[bytes]:
        """Yield the bytes of each message until the client closes the connection."""
        return _until_closed(self.receive_bytes)

    def iter_json(self) -> AsyncIterator[Any]:
        """Yield the JSON value of each message until the client closes the connection."""
        return _until_closed(self.receive_json)

    async def send_text(self, data: str) -> None:
        """Send a text; raises as :meth:`send` does."""
        await self.send({"type": "websocket.send", "text": data})

    async def send_bytes(self, data: bytes) -> None:
        """Send bytes; raises as :meth:`send` does."""
        await self.send({"type": "websocket.send", "bytes": data})

    async def send_json(self, data: Any, mode: Mode = "text") -> None:
        """Send a value as JSON, as text or as bytes: whatever a :class:`JSONResponse` can write."""
        part, encoded = _PARTS[mode], to_json_bytes(data)
        await self.send({"type": "websocket.send", part: encoded.decode() if part == "text" else encoded})

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        """Close the connection; before it was accepted that refuses it, and the client gets HTTP status 403.

        Args:
            code: why, as a number (``fwlab.status.WS_…``).
            reason: why, in words; what exceeds 123 bytes is cut off.
        """
        await self.send(close_message(code, reason))


# What the handler may send in which state, and the state that it is in then.
_NEXT = {
    (WebSocketState.CONNECTING, "websocket.accept"): WebSocketState.CONNECTED,
    (WebSocketState.CONNECTING, "websocket.close"): WebSocketState.DISCONNECTED,
    (WebSocketState.CONNECTED, "websocket.send"): WebSocketState.CONNECTED,
    (WebSocketState.CONNECTED, "websocket.close"): WebSocketState.DISCONNECTED,
}


_PARTS: Mapping[Mode, str] = {"text": "text", "binary": "bytes"}  # of a message that has JSON


async def _until_closed(receive: Callable[[], Awaitable[T]]) -> AsyncIterator[T]:
    try:
        while True:
            yield await receive()
    except WebSocketDisconnect:
        return
