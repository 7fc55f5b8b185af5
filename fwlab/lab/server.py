"""``serve(app)``: one safe way to run uvicorn in an event loop that is already running, above all a notebook kernel's.

Left to itself, uvicorn there ends the kernel when its port is busy, takes the interrupt key from it, and keeps the port
when the cell is run again. Here the socket is bound first, the signals stay where they were, an application's failure
is an exception in the cell, and a new server takes the place of the old one of the same name.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import errno
import html
import logging
import os
import socket
from typing import TYPE_CHECKING, Any

import uvicorn

from fwlab.lab import blocking_client
from fwlab.lab.errors import ServeError
from fwlab.lab.lifespan import Lifespan
from fwlab.lab.server_log import current_server, show_learners_lines
from fwlab.lab.trace import traced

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import TracebackType

    from fwlab.types import ASGIApp, Receive, Scope, Send

_HOST = "127.0.0.1"
_BACKLOG = 2048  # connections that may wait to be accepted, as uvicorn has it
_GRACE = 1  # seconds that requests in flight have to end when their server is stopped

_servers: dict[str, Server] = {}  # by name; a strong reference, for an event loop keeps none to its tasks


def serve(app: ASGIApp, *, name: str = "main", port: int = 0) -> Starting:
    """Serve an ASGI application from the running event loop, over real TCP on 127.0.0.1.

    Run the same cell again and the new server takes the place, and the port, of the old one::

        server = await serve(app)
        ...
        await server.stop()

        async with serve(app) as server:      # or: stopped at the end of the block
            ...

    The server runs while the loop does: a cell that awaits lets it answer, a cell that computes or sleeps holds it up.
    What a handler prints appears in the cell that is running at that moment.

    Args:
        app: any ASGI 3 application: fwlab's, FastAPI's, Django's, your own.
        name: servers of different names run side by side; of one name there is one.
        port: the TCP port; 0 takes a free one (or again that of the server which this one replaces).

    Returns:
        What ``await`` and ``async with`` turn into a started :class:`Server`.

    Raises:
        ServeError: a bad argument (at once); a busy port, or an application whose start-up fails (when awaited).
    """
    _check(app, name, port)
    return Starting(app, name, port)


class Starting:
    """A server about to start: ``await`` it, or enter it with ``async with``."""

    def __init__(self, app: ASGIApp, name: str, port: int) -> None:
        self._app = app
        self._name = name
        self._port = port
        self._server: Server | None = None

    def __await__(self) -> Generator[Any, None, Server]:
        return _start(self._app, self._name, self._port).__await__()

    async def __aenter__(self) -> Server:
        self._server = await self
        return self._server

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._server is not None:
            await self._server.stop()

    def __repr__(self) -> str:
        return "<a server that has not started: write `server = await serve(app)`>"


class Server:
    """A running server; made by :func:`serve`.

    Attributes:
        url: its address for clients on this machine, ``"http://127.0.0.1:PORT"``.
        port: the number in it.
        name, app: what :func:`serve` was given.
    """

    def __init__(self, app: ASGIApp, name: str, listening: socket.socket) -> None:
        self.app = app
        self.name = name
        self.port: int = listening.getsockname()[1]
        self.url = f"http://{_HOST}:{self.port}"
        self._socket = listening
        self._loop = asyncio.get_running_loop()
        self._lifespan = Lifespan(app)
        self._uvicorn = _LoopServer(
            uvicorn.Config(
                _with_state(traced(app), self._lifespan.state),
                lifespan="off",  # ours, see above
                interface="asgi3",
                log_config=None,  # the process's logging stays as it is
                log_level="warning",
                access_log=False,
                workers=1,
                timeout_graceful_shutdown=_GRACE,
            )
        )
        # An empty context: a kernel keeps "the cell that prints go to" in a context variable, and a copy of it would
        # send each handler's print to the cell that started the server, long finished.
        self._task = self._loop.create_task(self._run(), name=f"fwlab-serve-{name}", context=contextvars.Context())
        self._task.add_done_callback(lambda _: self._uvicorn.ready.set())

    @property
    def running(self) -> bool:
        """Whether the server takes requests."""
        ended = self._uvicorn.should_exit or self._task.done()
        return self._uvicorn.started and not ended and self._loop.is_running()

    async def stop(self) -> None:
        """Stop: take no new connections, give requests in flight a second to end, shut the application down.

        To stop a stopped server does nothing. It takes about 0.2 s, as uvicorn looks ten times a second.

        Raises:
            ServeError: the application's own shutdown failed; the server has stopped nevertheless.
        """
        if not self._loop.is_running():  # it is gone, or rests; so nobody answers, but the port is still held
            self._uvicorn.should_exit = True
            self._uvicorn.close(self._socket)
            return
        if self._loop is not asyncio.get_running_loop():
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self.stop(), self._loop))
            return
        first = not self._uvicorn.should_exit
        self._uvicorn.should_exit = True
        await asyncio.wait([self._task])  # not `await self._task`: a cancelled cell must not cancel the clean-up
        if first and not self._task.cancelled():
            self._task.result()

    async def _started(self) -> Server:
        """Wait until the server takes requests; raise what kept it from that."""
        try:
            await self._uvicorn.ready.wait()
        except asyncio.CancelledError:
            self._task.cancel()
            await asyncio.wait([self._task])
            raise
        if self._task.done():
            self._task.result()
            raise ServeError(f"The server {self.name!r} was stopped while it started.")
        return self

    async def _run(self) -> None:
        current_server.set(self._uvicorn)
        try:
            await self._lifespan.startup()
            blocking_client.explain_blocking_calls(self.port)
            await self._uvicorn.serve(sockets=[self._socket])
        except SystemExit as exit_:  # uvicorn's way to give up; it would end the loop, and with it the kernel
            raise ServeError(
                f"uvicorn gave up on {self.url} (exit status {exit_.code}); it logged the reason above."
            ) from None
        finally:
            blocking_client.forget(self.port)
            await self._uvicorn.let_go(self._socket)
            await self._lifespan.shutdown()

    def __repr__(self) -> str:
        return f"<Server {self.name!r} at {self.url}, {'running' if self.running else 'stopped'}>"

    def _repr_html_(self) -> str:
        address = html.escape(self.url)
        link = f'<a href="{address}" target="_blank">{address}</a>' if self.running else f"<s>{address}</s>, stopped"
        return f"<div>Server <b>{html.escape(self.name)}</b>: {link}</div>"


class _LoopServer(uvicorn.Server):
    """uvicorn's server with two changes: it leaves the signals alone, and says when it is ready."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave SIGINT and SIGTERM with those who had them: a kernel needs its interrupt."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, then say so."""
        await super().startup(sockets)
        self.ready.set()

    def close(self, listening: socket.socket) -> None:
        """Listen no more; the loop need not run for this."""
        for server in getattr(self, "servers", []):
            server.close()
        listening.close()

    async def let_go(self, listening: socket.socket) -> None:
        """Leave neither a socket nor a task behind, however the server came to its end."""
        self.close(listening)
        if self.server_state.tasks:  # cancelled by now; a moment to send their last words
            await asyncio.wait(list(self.server_state.tasks), timeout=_GRACE)
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def _check(app: object, name: object, port: object) -> None:
    if not callable(app):
        raise ServeError(f"serve(app): an ASGI application is callable, and this is {app!r}. Pass the app itself.")
    if not isinstance(name, str) or not name:
        raise ServeError(f"serve(name=...): a name is a text such as 'main', and this is {name!r}.")
    if not isinstance(port, int) or isinstance(port, bool) or not 0 <= port <= 65535:
        raise ServeError(
            f"serve(port=...): a port is a whole number from 1 to 65535, or 0 for a free one; not {port!r}."
        )


async def _start(app: ASGIApp, name: str, port: int) -> Server:
    show_learners_lines()
    old = _servers.get(name)
    if old is not None and port in (0, old.port):
        await _retire(old)
        listening = _listen(old.port, or_any=port == 0)
    else:
        listening = _listen(port)
        if old is not None:
            await _retire(old)
    server = await Server(app, name, listening)._started()
    _servers[name] = server
    return server


async def _retire(old: Server) -> None:
    """Stop the server that a new one replaces; a failure of the old one must not keep the new one from starting."""
    try:
        await old.stop()
    except ServeError:
        logging.getLogger("fwlab.lab").exception("The server %r that was replaced did not end well.", old.name)


def _listen(port: int, *, or_any: bool = False) -> socket.socket:
    """Listen on the port (0: a free one); with ``or_any``, to a free one where this one is taken."""
    # IPPROTO_TCP written out: asyncio sets TCP_NODELAY only where it sees it, and without TCP_NODELAY each answer on a
    # kept connection waits 40 ms for the client's acknowledgement (Nagle's algorithm against delayed ACK).
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":  # elsewhere it would share a port that is in use
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((_HOST, port))
        sock.listen(_BACKLOG)
    except OSError as error:
        sock.close()
        if or_any:
            return _listen(0)
        raise ServeError(_why_not(port, error)) from None
    sock.setblocking(False)
    return sock


def _why_not(port: int, error: OSError) -> str:
    if error.errno != errno.EADDRINUSE:
        return f"Port {port} cannot be used: {error.strerror}. Leave `port` out to get a free one."
    holder = next((server.name for server in _servers.values() if server.port == port and server.running), None)
    if holder is None:
        return f"Port {port} is taken by another program. Leave `port` out to get a free one, or stop that program."
    return (
        f"Port {port} is taken by the server named {holder!r}. Leave `port` out to get a free one, stop that server, "
        f"or take its place with name={holder!r}."
    )


def _with_state(app: ASGIApp, state: dict[str, Any]) -> ASGIApp:
    """Hand each request a copy of what the application stored at start-up."""

    async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = state.copy()
        await app(scope, receive, send)

    return with_state
