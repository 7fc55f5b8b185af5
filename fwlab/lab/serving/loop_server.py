"""uvicorn as a task of an event loop that is already running, above all a notebook kernel's.

Left to itself, uvicorn there ends the kernel when its port is busy, takes the interrupt key from it, and keeps the port
when the cell is run again. Here the socket is bound first, the signals stay where they were, and an application's
failure is an exception. The other kinds of servers run this one: in a thread's loop, in the loop of each process.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import TYPE_CHECKING, Any, cast

import uvicorn
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from fwlab.lab.errors import ServeError
from fwlab.lab.serving import blocking_client, request_counts
from fwlab.lab.serving.failed_tasks import FailedTasks
from fwlab.lab.serving.forks import keep_from_forks
from fwlab.lab.serving.forwarded_prefix import with_forwarded_prefix
from fwlab.lab.serving.labelled_output import clean_context
from fwlab.lab.serving.lifespan import Lifespan
from fwlab.lab.serving.process_pool import keep_processes
from fwlab.lab.serving.server import Server
from fwlab.lab.serving.server_log import ServedBy, current_server, show_learners_lines
from fwlab.lab.trace import traced

if TYPE_CHECKING:
    import socket
    from collections.abc import Generator, Iterator

    from fwlab.types import ASGIApp

GRACE = 1
"""Seconds that requests in flight have to end when their server is stopped."""


class LoopServer(Server):
    """A server in the running event loop. It runs while the loop does: what blocks the loop holds it up.

    Args:
        app, name: as in :func:`~fwlab.lab.serve`.
        listening: the socket, which belongs to the server from now on.
        counts: where to count requests; a list of its own without it.
        alone: whether nobody else accepts connections at this socket, so that a blocking call to it from the loop's own
            thread would wait for ever, and is explained instead.
        access_log: whether uvicorn logs each request.
    """

    where = "loop"

    def __init__(
        self,
        app: ASGIApp,
        name: str,
        listening: socket.socket,
        *,
        counts: request_counts.Cells | None = None,
        alone: bool = True,
        access_log: bool = False,
    ) -> None:
        super().__init__(app, name, listening)
        show_learners_lines()
        self._counts_ = [0] * request_counts.NUMBERS if counts is None else counts
        self._alone = alone
        self._socket = listening
        self._loop = asyncio.get_running_loop()
        self._failed_tasks = FailedTasks(self._loop)
        self._lifespan = Lifespan(app)
        served = request_counts.counted(traced(app), self._counts_, self._lifespan.state)
        self._uvicorn = _Uvicorn(
            uvicorn.Config(
                # The prefix is believed to a proxy on this machine: so it is looked at before X-Forwarded-For changes
                # who the client is said to be.
                with_forwarded_prefix(_with_forwarded_client(served)),
                proxy_headers=False,
                lifespan="off",  # ours, see above
                interface="asgi3",
                log_config=None,  # the process's logging stays as it is
                log_level="warning",
                access_log=access_log,
                workers=1,
                timeout_graceful_shutdown=GRACE,
            )
        )
        keep_from_forks(self)
        keep_processes()
        self._task = self._loop.create_task(self._run(), name=f"fwlab-serve-{name}", context=clean_context())
        self._task.add_done_callback(lambda _: self._uvicorn.ready.set())

    @property
    def running(self) -> bool:
        """Whether the server takes requests."""
        ended = self._uvicorn.should_exit or self._task.done()
        return self._uvicorn.started and not ended and self._loop.is_running()

    @property
    def served(self) -> int:
        """How many HTTP requests the application is done with, answered or failed."""
        return self._counts_[request_counts.ENDED]

    @property
    def failed(self) -> int:
        """How many of those served were answered with a status from 500 on, or not at all."""
        return self._counts_[request_counts.FAILED]

    @property
    def in_flight(self) -> int:
        """How many HTTP requests are inside the application at this moment."""
        return request_counts.in_flight(self._counts_)

    async def stop(self) -> None:
        """Stop; see :meth:`fwlab.lab.Server.stop`."""
        if self._task.done() and self._uvicorn.should_exit:  # its loop may be busy, running virtual time for one
            return
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

    async def started(self) -> LoopServer:
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

    def descriptors(self) -> Iterator[int]:
        """The files that no fork of this process may keep: the listening socket, and that of each connection."""
        yield self._socket.fileno()
        for connection in list(self._uvicorn.server_state.connections):
            accepted = connection.transport.get_extra_info("socket")
            if accepted is not None:
                yield accepted.fileno()

    async def _run(self) -> None:
        current_server.set(ServedBy(self.name, self._uvicorn))
        try:
            await self._lifespan.startup()
            if self._alone:
                blocking_client.explain_blocking_calls(self.port)
            await self._uvicorn.serve(sockets=[self._socket])
        except SystemExit as exit_:  # uvicorn's way to give up; it would end the loop, and with it the kernel
            raise ServeError(
                f"uvicorn gave up on {self.url} (exit status {exit_.code}); it logged the reason above."
            ) from None
        finally:
            blocking_client.forget(self.port)
            await self._uvicorn.let_go(self._socket)
            try:
                await self._lifespan.shutdown()
            finally:
                self._failed_tasks.close()


def _with_forwarded_client(app: ASGIApp) -> ASGIApp:
    trusted = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")  # as uvicorn has it
    return cast("ASGIApp", ProxyHeadersMiddleware(cast("Any", app), trusted))


class _Uvicorn(uvicorn.Server):
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
            await asyncio.wait(list(self.server_state.tasks), timeout=GRACE)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
