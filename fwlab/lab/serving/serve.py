"""``serve(app)``: start a server, in the loop that is running, in a thread or in processes; and find them all again.

Servers have names, and of one name there is one: a cell that is run again replaces its server and keeps the port.
"""

from __future__ import annotations

import asyncio
import html
import logging
import os
from typing import TYPE_CHECKING, Any, Literal, get_args

from fwlab.lab.errors import ServeError
from fwlab.lab.serving.app_path import app_at, check_app_path
from fwlab.lab.serving.listening import listen
from fwlab.lab.serving.loop_server import LoopServer
from fwlab.lab.serving.process_server import ProcessServer
from fwlab.lab.serving.thread_server import ThreadServer

if TYPE_CHECKING:
    import socket
    from collections.abc import Generator
    from types import TracebackType

    from fwlab.lab.serving.server import Server
    from fwlab.types import ASGIApp

Where = Literal["loop", "thread", "process"]

MOST_WORKERS = 64
"""How many worker processes one server may have."""

_servers: dict[str, Server] = {}  # by name; a strong reference, for an event loop keeps none to its tasks


def serve(
    app: ASGIApp | str, *, where: Where = "loop", workers: int = 1, name: str = "main", port: int = 0
) -> Starting:
    """Serve an ASGI application over real TCP on 127.0.0.1.

    Run the same cell again and the new server takes the place, and the port, of the old one::

        server = await serve(app)
        ...
        await server.stop()

        async with serve(app) as server:      # or: stopped at the end of the block
            ...

        server = await serve("shop:app", where="process", workers=4)

    - ``where="loop"``: in the running event loop. A cell that awaits lets the server answer, a cell that computes or
      sleeps holds it up.
    - ``where="thread"``: in an event loop of its own, in a thread of this process.
    - ``where="process"``: in real uvicorn workers that share one socket, each with its own copy of the application;
      an app of a notebook's cell is sent to them by value. They end with this process, however that ends.
      :func:`~fwlab.lab.trace` does not see into them.

    What a handler prints, and the traceback of one that fails, appear in the cell that is running at that moment; from
    a thread or a process, each line begins with the server's name.

    Args:
        app: any ASGI 3 application: fwlab's, FastAPI's, Django's, your own. Or its path, ``"module:name"``: here, a
            module that was imported already stays as it is; worker processes import it anew.
        where: what runs it.
        workers: how many processes, from 1 to 64; more than one only with ``where="process"``.
        name: servers of different names run side by side; of one name there is one.
        port: the TCP port; 0 takes a free one (or again that of the server which this one replaces).

    Returns:
        What ``await`` and ``async with`` turn into a started :class:`~fwlab.lab.Server`.

    Raises:
        ServeError: a bad argument (at once); a busy port, an application that cannot be imported, sent to a process, or
            whose start-up fails (when awaited).
    """
    _check(app, where, workers, name, port)
    return Starting(app, where, workers, name, port)


def servers() -> Servers:
    """Return the servers that are running, in the order of their start.

    Example:
        >>> servers()
        no server is running
    """
    return Servers(server for server in _servers.values() if server.running)


async def stop_all() -> None:
    """Stop every server that :func:`serve` started.

    Raises:
        ServeError: an application's shutdown failed; the servers have stopped nevertheless.
    """
    ends = await asyncio.gather(*(server.stop() for server in list(_servers.values())), return_exceptions=True)
    errors = [end for end in ends if isinstance(end, BaseException)]
    if len(errors) > 1 and all(isinstance(error, ServeError) for error in errors):
        raise ServeError("\n".join(map(str, errors)))
    if errors:
        raise errors[0]


class Servers(tuple["Server", ...]):
    """Running servers, which a notebook shows as a list."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n".join(map(repr, self)) or "no server is running"

    def _repr_html_(self) -> str:
        return "".join(server._repr_html_() for server in self) or f"<div>{html.escape(repr(self))}</div>"


class Starting:
    """A server about to start: ``await`` it, or enter it with ``async with``."""

    def __init__(self, app: ASGIApp | str, where: Where, workers: int, name: str, port: int) -> None:
        self._app = app
        self._where = where
        self._workers = workers
        self._name = name
        self._port = port
        self._server: Server | None = None

    def __await__(self) -> Generator[Any, None, Server]:
        return self._start().__await__()

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

    async def _start(self) -> Server:
        in_processes = self._where == "process"
        app = app_at(self._app) if isinstance(self._app, str) and not in_processes else self._app
        listening = await self._listen()
        try:
            server = await self._open(app, listening)
        except BaseException:
            listening.close()
            raise
        overtaken = _servers.pop(self._name, None)  # by which this one was, if it started in the meantime
        _servers[self._name] = server
        if overtaken is not None and overtaken.running:
            await _retire(overtaken)
        return server

    async def _listen(self) -> socket.socket:
        old = _servers.get(self._name)
        if old is not None and self._port in (0, old.port):
            await _retire(old)
            return listen(old.port, or_any=self._port == 0)
        try:
            listening = listen(self._port)
        except ServeError as error:
            raise _with_holder(error, self._port) from None
        if old is not None:
            await _retire(old)
        return listening

    async def _open(self, app: ASGIApp | str, listening: socket.socket) -> Server:
        if self._where == "process":
            return await ProcessServer(app, self._name, listening, self._workers).start()
        assert not isinstance(app, str)
        if self._where == "thread":
            return await ThreadServer(app, self._name, listening).start()
        return await LoopServer(app, self._name, listening).started()


async def _retire(old: Server) -> None:
    """Stop the server that a new one replaces; a failure of the old one must not keep the new one from starting."""
    try:
        await old.stop()
    except ServeError:
        logging.getLogger("fwlab.lab").exception("The server %r that was replaced did not end well.", old.name)


def _with_holder(error: ServeError, port: int) -> ServeError:
    """Say which of our own servers it is that has the port."""
    holder = next((server.name for server in _servers.values() if server.port == port and server.running), None)
    if holder is None:
        return error
    return ServeError(
        f"Port {port} is taken by the server named {holder!r}. Leave `port` out to get a free one, stop that server, "
        f"or take its place with name={holder!r}."
    )


def _check(app: object, where: object, workers: object, name: object, port: object) -> None:
    if isinstance(app, str):
        check_app_path(app)
    elif not callable(app):
        raise ServeError(f"serve(app): an ASGI application is callable, and this is {app!r}. Pass the app itself.")
    if where not in get_args(Where):
        raise ServeError(f"serve(where=...): a server runs in the 'loop', a 'thread' or a 'process'; not in {where!r}.")
    if not isinstance(workers, int) or isinstance(workers, bool) or not 1 <= workers <= MOST_WORKERS:
        raise ServeError(f"serve(workers=...): a whole number from 1 to {MOST_WORKERS}, and this is {workers!r}.")
    if workers > 1 and where != "process":
        raise ServeError(f"serve(workers={workers}): several workers are several processes; add where='process'.")
    if where == "process" and os.name != "posix":
        raise ServeError("serve(where='process') needs Linux or macOS, where processes share a socket; take 'thread'.")
    if not isinstance(name, str) or not name:
        raise ServeError(f"serve(name=...): a name is a text such as 'main', and this is {name!r}.")
    if not isinstance(port, int) or isinstance(port, bool) or not 0 <= port <= 65535:
        raise ServeError(
            f"serve(port=...): a port is a whole number from 1 to 65535, or 0 for a free one; not {port!r}."
        )
