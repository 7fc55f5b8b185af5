"""A client for tests: httpx's API, answered by the app in this process, without a server.

The app runs in an event loop of its own in another thread, so the client works from a plain test function and from a
notebook cell alike. Used as a context manager it runs the app's lifespan around the requests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import unquote

import anyio
import anyio.abc
import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal

from fwlab.types import ASGIApp, Message, Scope


class TestClient(httpx.Client):
    """Sends requests to an app in this process.

    Args:
        app: any ASGI application.
        base_url: what relative URLs are joined to.
        raise_server_exceptions: let an exception of a handler reach the test, instead of the 500 that a client gets.
        root_path: where a proxy would have mounted the app.
        backend: the event loop's kind.
        cookies: sent with each request.
        headers: sent with each request.
        follow_redirects: ask again where a redirect leads.
        client: the address that the app sees the requests come from.

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
        *,
        raise_server_exceptions: bool = True,
        root_path: str = "",
        backend: Literal["asyncio", "trio"] = "asyncio",
        cookies: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        follow_redirects: bool = True,
        client: tuple[str, int] = ("testclient", 50000),
    ) -> None:
        self.app = app
        self._backend = backend
        self._lifespan: _RunningLifespan | None = None
        super().__init__(
            base_url=base_url,
            cookies=dict(cookies or {}),
            headers={"user-agent": "testclient", **(headers or {})},
            follow_redirects=follow_redirects,
            transport=_AppTransport(self, raise_server_exceptions, root_path, client),
        )

    @contextmanager
    def portal(self) -> Iterator[BlockingPortal]:
        """Give the way into the app's event loop: the one the lifespan runs in, or else one for a single request."""
        if self._lifespan is not None:
            yield self._lifespan.portal
        else:
            with start_blocking_portal(backend=self._backend) as portal:
                yield portal

    @property
    def state(self) -> dict[str, Any]:
        """What the app's lifespan yielded, for each request anew."""
        return dict(self._lifespan.state) if self._lifespan is not None else {}

    def __enter__(self) -> Self:
        """Start the app: its lifespan up to the ``yield``."""
        super().__enter__()
        self._lifespan = _RunningLifespan(self.app, self._backend)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        """Stop the app: the rest of its lifespan."""
        lifespan, self._lifespan = self._lifespan, None
        try:
            super().__exit__(exc_type, exc_value, traceback)
        finally:
            if lifespan is not None:
                lifespan.stop()


class _RunningLifespan:
    """An app's lifespan between start-up and shut-down, in an event loop that its requests share."""

    def __init__(self, app: ASGIApp, backend: str) -> None:
        self.state: dict[str, Any] = {}
        self._app = app
        self._portal_manager = start_blocking_portal(backend=backend)
        self.portal = self._portal_manager.__enter__()
        try:
            self._shutdown: anyio.Event = self.portal.call(anyio.Event)
            self._ended: Future[None]
            self._ended, _ = self.portal.start_task(self._run)
        except BaseException:
            self._portal_manager.__exit__(None, None, None)
            raise

    def stop(self) -> None:
        """Let the lifespan go on after its ``yield`` and wait for its end; its exception comes through."""
        try:
            self.portal.call(self._shutdown.set)
            self._ended.result()
        finally:
            self._portal_manager.__exit__(None, None, None)

    async def _run(self, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        messages = iter(["lifespan.startup"])

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

        failures: list[str] = []
        scope: Scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": self.state}
        await self._app(scope, receive, send)
        if failures:
            raise RuntimeError(failures[0])


class _AppTransport(httpx.BaseTransport):
    """Answers httpx's requests by calling an ASGI app."""

    def __init__(
        self, owner: TestClient, raise_server_exceptions: bool, root_path: str, client: tuple[str, int]
    ) -> None:
        self._owner = owner
        self._raise_server_exceptions = raise_server_exceptions
        self._root_path = root_path
        self._client = client

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        exchange = _Exchange(request.read())
        with self._owner.portal() as portal:
            try:
                portal.call(exchange.run, self._owner.app, self._scope(request))
            except Exception:
                if self._raise_server_exceptions:
                    raise
        if exchange.status is None:
            return httpx.Response(500, request=request)
        return httpx.Response(exchange.status, headers=exchange.headers, content=exchange.body, request=request)

    def _scope(self, request: httpx.Request) -> Scope:
        url = request.url
        raw_path, _, query = url.raw_path.partition(b"?")
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "path": unquote(raw_path.decode("ascii")),
            "raw_path": raw_path,
            "query_string": query,
            "root_path": self._root_path,
            "scheme": url.scheme,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": self._client,
            "server": (url.host, url.port or {"http": 80, "https": 443}[url.scheme]),
            "state": self._owner.state,
        }


class _Exchange:
    """One request's body on its way in, and its response on the way out."""

    def __init__(self, body: bytes) -> None:
        self._request_body: bytes | None = body
        self.status: int | None = None
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""

    async def run(self, app: ASGIApp, scope: Scope) -> None:
        self._answered = anyio.Event()
        await app(scope, self._receive, self._send)

    async def _receive(self) -> Message:
        if self._request_body is not None:
            body, self._request_body = self._request_body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._answered.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers", []))
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            if not message.get("more_body", False):
                self._answered.set()
