"""A client for tests: httpx's API, answered by the app in this process, without a server.

The app runs in an event loop of its own in another thread, so the client works from a plain test function and from a
notebook cell alike. A request is answered when the app's call for it has ended, with all of its response. A WebSocket
and the app's lifespan are conversations between the test, which waits in its thread, and the app, which runs in its
loop.
"""

import json
import math
from collections.abc import Mapping, Sequence
from concurrent.futures import wait
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from typing import Any, ClassVar, Literal, Self

import anyio
import anyio.abc
import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal

from fwlab.exceptions import FwlabError
from fwlab.types import ASGIApp, Message, Scope
from fwlab.websockets import WebSocketDisconnect

__all__ = ["TestClient", "WebSocketDenialResponse", "WebSocketTestSession"]

Mode = Literal["text", "binary"]

# How long an app may go on when the test has left, in seconds. One that waits for a message is told at once.
_GRACE = 1.0
_WHOLE = ["http.response.start", "http.response.body"]
_HANDSHAKE = {"connection": "upgrade", "sec-websocket-key": "testserver==", "sec-websocket-version": "13"}


class TestClient(httpx.Client):
    """Sends requests to an app in this process.

    Args:
        app: any ASGI application.
        base_url: what relative URLs are joined to.
        raise_server_exceptions: let an exception of a handler reach the test, instead of the 500 that a client gets.
        root_path: where a proxy would have mounted the app.
        backend: the event loop's kind.
        backend_options: for :func:`anyio.run`, such as ``{"use_uvloop": True}``.
        headers: sent with each request.
        client: the address that the app sees the requests come from.
        **options: those of :class:`httpx.Client`. ``cookies`` are sent with each request; those that the app sets are
            kept, too. ``follow_redirects`` (default True): ask again where a redirect leads. ``timeout`` (default 60):
            how long an app may be silent, in seconds, before the test fails; None waits for ever.

    Attributes:
        app_state: what the lifespan yielded; each request has a copy of it.
        portal: the way into the app's event loop while its lifespan runs, else None.

    Example:
        >>> from fwlab import App
        >>> app = App()
        >>> @app.get("/menu")
        ... async def menu(): return ["burger"]
        >>> with TestClient(app) as client:
        ...     client.get("/menu").json()
        ['burger']
    """

    __test__ = False

    def __init__(
        self,
        app: ASGIApp,
        base_url: str = "http://testserver",
        raise_server_exceptions: bool = True,
        root_path: str = "",
        backend: Literal["asyncio", "trio"] = "asyncio",
        backend_options: dict[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        client: tuple[str, int] = ("testclient", 50000),
        **options: Any,
    ) -> None:
        self.app = app
        self.app_state: dict[str, Any] = {}
        self.portal: BlockingPortal | None = None
        self.raise_server_exceptions = raise_server_exceptions
        self._backend: dict[str, Any] = {"backend": backend, "backend_options": backend_options}
        self.conversations: list[_Conversation] = []  # with the app, those that have not ended
        told = {"user-agent": "testclient", **(headers or {})}
        transport = _AppTransport(self, {"asgi": {"version": "3.0"}, "root_path": root_path, "client": client})
        options = {"follow_redirects": True, "timeout": 60.0, **options, "transport": transport}
        super().__init__(base_url=base_url, headers=told, **options)

    def websocket_connect(
        self, url: str, subprotocols: Sequence[str] | None = None, **options: Any
    ) -> "WebSocketTestSession":
        """Return a WebSocket that connects when it is entered with ``with``.

        Args:
            url: as for a request; ``ws://…`` or a path.
            subprotocols: those that the client offers.
            **options: as for a request: ``headers=``, ``params=``, ``cookies=``, ``timeout=``.

        Example:
            >>> from fwlab import App, WebSocket
            >>> app = App()
            >>> @app.websocket("/bell")
            ... async def bell(websocket: WebSocket):
            ...     await websocket.accept()
            ...     await websocket.send_text("ding")
            >>> with TestClient(app).websocket_connect("/bell") as session:
            ...     session.receive_text()
            'ding'
        """
        headers = httpx.Headers(_HANDSHAKE)
        if subprotocols is not None:
            headers["sec-websocket-protocol"] = ", ".join(subprotocols)
        headers.update(options.pop("headers", None))
        response = self.request("GET", url, headers=headers, extensions={"websocket": True}, **options)
        session: WebSocketTestSession = response.extensions["websocket_session"]
        return session

    def open_portal(self) -> AbstractContextManager[BlockingPortal]:
        """Give the way into the app's event loop: the one the lifespan runs in, or else one for a single call."""
        if self._backend["backend"] == "trio":
            from trio.lowlevel import in_trio_run  # whoever asks for it has it

            if in_trio_run():  # trio refuses to wait in its own thread, and the portal would never close
                raise FwlabError('A TestClient(backend="trio") cannot be used in a trio loop: use backend="asyncio".')
        return start_blocking_portal(**self._backend) if self.portal is None else nullcontext(self.portal)

    def __enter__(self) -> Self:
        """Start the app: its lifespan up to the ``yield``."""
        if self.portal is not None:
            raise FwlabError("This TestClient is entered already; its app runs once at a time.")
        with ExitStack() as stack:
            stack.callback(self.app_state.clear)
            stack.callback(setattr, self, "portal", None)
            self.portal = stack.enter_context(self.open_portal())
            scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": self.app_state}
            stack.enter_context(_Lifespan(self, scope, self.timeout.read))
            self._running = stack.pop_all()
        return self

    def __exit__(self, *exc_info: Any) -> None:
        """Stop the app: the rest of its lifespan. The client can still be used, and be entered again."""
        self._running.__exit__(*exc_info)


class _AppTransport(httpx.BaseTransport):
    """Answers httpx's requests by calling an ASGI app."""

    def __init__(self, client: TestClient, scope: Scope) -> None:
        self._client = client
        self._scope = scope  # what is the same for all

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url, headers = request.url, request.headers
        raw_path, _, query = url.raw_path.partition(b"?")
        scope: dict[str, Any] = {
            **self._scope,
            "http_version": "1.1",
            "scheme": url.scheme,
            "path": url.path,
            "raw_path": raw_path,
            "query_string": query,
            "headers": [(name.lower(), value) for name, value in headers.raw],
            "server": (url.host, url.port or {"http": 80, "ws": 80}.get(url.scheme, 443)),
            "state": self._client.app_state.copy(),
        }
        timeout = request.extensions["timeout"]["read"]
        if "websocket" not in request.extensions:
            scope |= {"type": "http", "method": request.method}
            return _Exchange(self._client, scope, timeout).response_to(request)
        scope |= {"type": "websocket", "scheme": url.scheme.replace("http", "ws")}
        scope["subprotocols"] = headers.get_list("sec-websocket-protocol", split_commas=True)
        scope["extensions"] = {"websocket.http.response": {}}
        return httpx.Response(101, extensions={"websocket_session": WebSocketTestSession(self._client, scope, timeout)})


class _Conversation:
    """A call of the app with which the test talks: a stream of messages to it and one from it.

    The test calls what is plain, from its thread; what is ``async`` runs in the app's event loop.
    """

    _goodbye: ClassVar[Message]  # what the app hears when the test leaves
    _error: BaseException | None = None  # what the app raised

    def __init__(self, client: TestClient, scope: Scope, timeout: float | None) -> None:
        self.scope = scope
        self._client = client
        self._timeout = timeout
        self._title = f"{scope.get('method', scope['type'])} {scope.get('path', '')}".strip()

    def _begin(self) -> None:
        """Call the app, and go on while it runs."""
        with ExitStack() as stack:
            self._entered = stack.enter_context(self._client.open_portal())
            self._from_app, self._reader = anyio.create_memory_object_stream[Message](math.inf)
            self._to_app, self._inbox = anyio.create_memory_object_stream[Message](math.inf)
            self._future, self._cancel_scope = self._entered.start_task(self._run)
            stack.callback(self._reader.close)
            stack.callback(self._to_app.close)
            self._client.conversations.append(self)
            stack.callback(self._client.conversations.remove, self)
            self._exits = stack.pop_all()

    def end(self) -> None:
        """Leave, and wait until the app has ended; one that goes on is cancelled, so that no test hangs."""
        if self in self._client.conversations:
            with self._exits:
                self.send(self._goodbye)
                if wait([self._future], _GRACE).not_done:
                    self._portal.call(self._cancel_scope.cancel)
                    wait([self._future])

    def _raise_error(self) -> None:
        if self._error is not None and self._client.raise_server_exceptions:
            raise self._error

    def send(self, message: Message) -> None:
        """Send a message in ASGI's words; an app that has ended does not read it."""
        self._portal.call(self._deliver, message)

    def _receive(self, due: str, most: float = 1) -> list[Message]:
        """Return what the app sends next, so many messages; fewer if it ends."""
        return self._portal.call(self._next, due, most)

    @property
    def _portal(self) -> BlockingPortal:
        if self not in self._client.conversations:
            raise FwlabError(f"{self._title} is not open; use it within `with client.websocket_connect(…):`.")
        return self._entered

    # What follows runs in the app's event loop.

    async def _run(self, *, task_status: anyio.abc.TaskStatus[anyio.CancelScope]) -> None:
        try:
            with self._from_app, self._inbox, anyio.CancelScope() as cancel_scope:
                task_status.started(cancel_scope)
                await self._client.app(self.scope, self._give, self._take)
        except (Exception, KeyboardInterrupt, SystemExit) as error:  # all but a cancellation
            self._error = error

    async def _give(self) -> Message:
        """Return the app's next message: its ``receive``."""
        try:
            message = self._inbox.receive_nowait()  # an app that asks without waiting is told, too
        except anyio.WouldBlock:
            message = await self._inbox.receive()
        if message["type"] == self._goodbye["type"]:
            self._deliver(message)  # again and again
        return message

    async def _take(self, message: Message) -> None:
        """Take a message from the app: its ``send``."""
        await self._from_app.send(message)

    async def _next(self, due: str, most: float) -> list[Message]:
        sent: list[Message] = []
        try:
            with suppress(anyio.EndOfStream), anyio.fail_after(self._timeout):
                while len(sent) < most:
                    sent.append(await self._reader.receive())
        except TimeoutError:
            hint = f"for {self._timeout:g} s; if it needs longer, pass another timeout=."
            raise httpx.ReadTimeout(f"{self._title}: the app has not {due} {hint}") from None
        return sent

    def _deliver(self, message: Message) -> None:
        with suppress(anyio.BrokenResourceError):  # the app has ended
            self._to_app.send_nowait(message)


class _Lifespan(_Conversation):
    """The app's lifespan, started and stopped around what is between."""

    _goodbye: ClassVar[Message] = {"type": "lifespan.shutdown"}

    def __enter__(self) -> None:
        self._begin()
        self._go_through("startup")

    def __exit__(self, *_: object) -> None:
        while (other := self._client.conversations[-1]) is not self:
            other.end()
        self._go_through("shutdown")

    def _go_through(self, phase: str) -> None:
        answer: Message = {"type": "nothing"}
        try:
            self.send({"type": f"lifespan.{phase}"})
            answer = [answer, *self._receive(f"completed its {phase}")][-1]
        finally:
            completed = answer["type"] == f"lifespan.{phase}.complete"
            if phase == "shutdown" or not completed:
                self.end()
        if self._error is not None or not completed:
            raise self._error or RuntimeError(answer.get("message") or f"The app has not completed its {phase}.")


class _Exchange(_Conversation):
    """A request, and the whole response to it."""

    _goodbye: ClassVar[Message] = {"type": "http.disconnect"}

    def response_to(self, request: httpx.Request) -> httpx.Response:
        """Call the app, wait until it has ended, and return what it sent."""
        message = {"type": "http.request", "body": request.read(), "more_body": False}
        try:
            self._begin()
            self.send(message)
            sent = self._receive("ended its answer", math.inf)
        finally:
            self.end()
        self._raise_error()
        if [message["type"] for message in sent[:2]] != _WHOLE or sent[-1].get("more_body", False):
            if self._client.raise_server_exceptions:
                raise FwlabError(f"{self._title}: a response is one start and a body that ends; the app sent {sent}.")
            return httpx.Response(500)
        body = b"".join(message.get("body", b"") for message in sent[1:] if request.method != "HEAD")
        return httpx.Response(sent[0]["status"], headers=sent[0].get("headers"), stream=httpx.ByteStream(body))

    async def _take(self, message: Message) -> None:
        await super()._take(message)
        if message["type"] == _WHOLE[1] and not message.get("more_body", False):
            self._deliver(self._goodbye)


class WebSocketDenialResponse(httpx.Response, WebSocketDisconnect):  # type: ignore[misc]
    """Raised when the app refuses a WebSocket with an HTTP response; it is that response."""

    code = 1006
    reason = ""


class WebSocketTestSession(_Conversation):
    """A WebSocket, connected while its ``with`` block lasts: see :meth:`TestClient.websocket_connect`.

    Attributes:
        scope: what the app is called with.
        accepted_subprotocol: the one that the app chose.
        extra_headers: those that the app sent with its acceptance.
    """

    _goodbye: ClassVar[Message] = {"type": "websocket.disconnect", "code": 1000, "reason": ""}
    _closed_with: tuple[int, str] = (1000, "")
    accepted_subprotocol: str | None = None
    extra_headers: list[tuple[bytes, bytes]]

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

    def send_text(self, data: str) -> None:
        """Send a text."""
        self.send({"type": "websocket.receive", "text": data})

    def send_bytes(self, data: bytes) -> None:
        """Send bytes."""
        self.send({"type": "websocket.receive", "bytes": data})

    def send_json(self, data: Any, mode: Mode = "text") -> None:
        """Send a value as JSON, as text or as bytes."""
        text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
        self.send_text(text) if mode == "text" else self.send_bytes(text.encode())

    def close(self, code: int = 1000, reason: str | None = None) -> None:
        """Close the WebSocket; what the app sent before it noticed can still be received."""
        self.send({"type": "websocket.disconnect", "code": code, "reason": reason or ""})

    def receive(self) -> Message:
        """Return the app's next message in ASGI's words.

        Raises:
            WebSocketDisconnect: the app has ended.
            httpx.ReadTimeout: it sends nothing for too long.
        """
        for message in self._receive("sent anything"):
            if message["type"] == "websocket.close":
                self._closed_with = (message.get("code", 1000), message.get("reason") or "")
            return message
        self._raise_error()
        raise WebSocketDisconnect(*((1011, "") if self._error else self._closed_with))

    def receive_text(self) -> str:
        """Return the app's next message, a text.

        Raises:
            WebSocketDisconnect: the app has closed the WebSocket or ended.
        """
        return str(self._receive_part("text"))

    def receive_bytes(self) -> bytes:
        """Return the app's next message, bytes; raises as :meth:`receive_text` does."""
        return bytes(self._receive_part("bytes"))

    def receive_json(self, mode: Mode = "text") -> Any:
        """Return the app's next message, JSON as text or as bytes; raises as :meth:`receive_text` does."""
        return json.loads(self._receive_part("text" if mode == "text" else "bytes"))

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
