"""A client for tests: httpx's API, answered by the app in this process, without a server.

The app runs in an event loop of its own in another thread, so the client works from a plain test function and from a
notebook cell alike. Used as a context manager it runs the app's lifespan around the requests. What a server does for
a single request is in ``_http_exchange.py``, and for a WebSocket in ``_websocket_session.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import unquote

import anyio
import anyio.abc
import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal

from fwlab._app_call import CalledApp
from fwlab._http_exchange import HTTPExchange
from fwlab._websocket_session import WebSocketDenialResponse, WebSocketTestSession
from fwlab.exceptions import FwlabError
from fwlab.types import ASGIApp, Message, Scope

__all__ = ["TestClient", "WebSocketDenialResponse", "WebSocketTestSession"]


class TestClient(httpx.Client):
    """Sends requests to an app in this process.

    Args:
        app: any ASGI application.
        base_url: what relative URLs are joined to.
        raise_server_exceptions: let an exception of a handler reach the test, instead of the 500 that a client gets.
        root_path: where a proxy would have mounted the app.
        backend: the event loop's kind.
        backend_options: for :func:`anyio.run`, such as ``{"use_uvloop": True}``.
        cookies: sent with each request; those that the app sets are kept, too.
        headers: sent with each request.
        follow_redirects: ask again where a redirect leads.
        client: the address that the app sees the requests come from.
        timeout: how long an app may be silent, in seconds, before the test fails; None waits for ever.

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
        cookies: Any = None,
        headers: Mapping[str, str] | None = None,
        follow_redirects: bool = True,
        client: tuple[str, int] = ("testclient", 50000),
        *,
        timeout: float | None = 60.0,
    ) -> None:
        self.app = app
        self.app_state: dict[str, Any] = {}
        self.portal: BlockingPortal | None = None
        self._backend: dict[str, Any] = {"backend": backend, "backend_options": backend_options}
        self._called = CalledApp(app, self.open_portal, raise_server_exceptions)
        super().__init__(
            base_url=base_url,
            cookies=cookies,
            headers={"user-agent": "testclient", **(headers or {})},
            follow_redirects=follow_redirects,
            timeout=timeout,
            transport=_AppTransport(self._called, self.app_state, root_path, client),
        )

    def websocket_connect(
        self, url: str, subprotocols: Sequence[str] | None = None, **options: Any
    ) -> WebSocketTestSession:
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
        headers = httpx.Headers(options.pop("headers", None))
        for name, value in _HANDSHAKE.items():
            headers.setdefault(name, value)
        if subprotocols is not None:
            headers.setdefault("sec-websocket-protocol", ", ".join(subprotocols))
        extensions = {**options.pop("extensions", {}), "websocket": True}
        response = self.request("GET", url, headers=headers, extensions=extensions, **options)
        session: WebSocketTestSession = response.extensions["websocket_session"]
        return session

    @contextmanager
    def open_portal(self) -> Iterator[BlockingPortal]:
        """Give the way into the app's event loop: the one the lifespan runs in, or else one for a single request."""
        if self.portal is not None:
            yield self.portal
        else:
            with start_blocking_portal(**self._backend) as portal:
                yield portal

    def __enter__(self) -> Self:
        """Start the app: its lifespan up to the ``yield``."""
        if self.portal is not None:
            raise FwlabError("This TestClient is entered already; its app runs once at a time.")
        with ExitStack() as stack:
            stack.callback(self.app_state.clear)
            portal = stack.enter_context(start_blocking_portal(**self._backend))
            lifespan = _Lifespan(self.app, self.app_state)
            ended, _ = portal.start_task(lifespan.run)
            stack.callback(ended.result)
            stack.callback(portal.call, lifespan.stop)
            stack.callback(self._end_calls)
            stack.callback(setattr, self, "portal", None)
            self.portal = portal
            self._running = stack.pop_all()
        return self

    def _end_calls(self) -> None:
        for call in list(self._called.calls):
            call.end()

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        """Stop the app: the rest of its lifespan. The client can still be used, and be entered again."""
        self._running.__exit__(exc_type, exc_value, traceback)


_HANDSHAKE = {"connection": "upgrade", "sec-websocket-key": "testserver==", "sec-websocket-version": "13"}


class _Lifespan:
    """An app's lifespan between start-up and shut-down, in the event loop that its requests share."""

    def __init__(self, app: ASGIApp, state: dict[str, Any]) -> None:
        self._app = app
        self._state = state

    async def run(self, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        """Run it; its start is reported, and its exceptions come through."""
        self._shutdown = anyio.Event()
        messages = iter(["lifespan.startup"])
        failures: list[str] = []

        async def receive() -> Message:
            kind = next(messages, None)
            if kind is None:
                await self._shutdown.wait()
                kind = "lifespan.shutdown"
            return {"type": kind}

        async def send(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                task_status.started()
            elif message["type"].endswith(".failed"):
                failures.append(message.get("message", ""))

        scope: Scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": self._state}
        await self._app(scope, receive, send)
        if failures:
            raise RuntimeError(failures[0])

    async def stop(self) -> None:
        """Let it go on after its ``yield``."""
        self._shutdown.set()


class _AppTransport(httpx.BaseTransport):
    """Answers httpx's requests by calling an ASGI app."""

    def __init__(self, called: CalledApp, state: dict[str, Any], root_path: str, client: tuple[str, int]) -> None:
        self._called = called
        self._state = state
        self._root_path = root_path
        self._client = client

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        scope = self._scope(request)
        if scope["type"] == "http":
            return HTTPExchange(self._called, scope, request).start()
        session = WebSocketTestSession(self._called, scope, request)
        return httpx.Response(101, request=request, extensions={"websocket_session": session})

    def _scope(self, request: httpx.Request) -> Scope:
        url = request.url
        scheme = url.scheme
        raw_path, _, query = url.raw_path.partition(b"?")
        scope: Scope = {
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "path": unquote(raw_path.decode("ascii")),
            "raw_path": raw_path,
            "query_string": query,
            "root_path": self._root_path,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": self._client,
            "server": (url.host, url.port or {"http": 80, "ws": 80}.get(scheme, 443)),
            "state": self._state.copy(),
        }
        if scheme in ("ws", "wss") or "websocket" in request.extensions:
            offered = request.headers.get("sec-websocket-protocol", "")
            scope["type"] = "websocket"
            scope["scheme"] = scheme.replace("http", "ws")
            scope["subprotocols"] = [name.strip() for name in offered.split(",") if name.strip()]
            scope["extensions"] = {"websocket.http.response": {}}
        else:
            scope["type"] = "http"
            scope["scheme"] = scheme
            scope["method"] = request.method
            scope["extensions"] = {"http.response.debug": {}, "http.response.trailers": {}}
        return scope
