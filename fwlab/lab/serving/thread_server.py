"""``serve(app, where="thread")``: the application in this process, in an event loop that no cell can block.

It shares the process with the cells: globals, the debugger, and the interpreter's lock, so that work for the processor
still holds both up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fwlab.lab.serving.labelled_output import LabelledOutput
from fwlab.lab.serving.loop_server import LoopServer
from fwlab.lab.serving.loop_thread import ThreadedServer

if TYPE_CHECKING:
    import socket

    from fwlab.types import ASGIApp


class ThreadServer(ThreadedServer):
    """A server in a thread of its own. Blocking calls to it from a cell are answered.

    What its handlers print has the server's name before each line.

    Args:
        app, name: as in :func:`~fwlab.lab.serve`.
        listening: the socket, which belongs to the server from now on.
    """

    where = "thread"

    def __init__(self, app: ASGIApp, name: str, listening: socket.socket) -> None:
        super().__init__(app, name, listening)
        self._asgi = app
        self._socket = listening
        self._server: LoopServer | None = None
        self._output: LabelledOutput | None = None

    @property
    def running(self) -> bool:
        """Whether the server takes requests."""
        return self._server is not None and self._ending is None and self._server.running

    @property
    def served(self) -> int:
        """How many HTTP requests the application is done with, answered or failed."""
        return 0 if self._server is None else self._server.served

    @property
    def failed(self) -> int:
        """How many of those served were answered with a status from 500 on, or not at all."""
        return 0 if self._server is None else self._server.failed

    @property
    def in_flight(self) -> int:
        """How many HTTP requests are inside the application at this moment."""
        return 0 if self._server is None else self._server.in_flight

    async def _open(self) -> None:
        self._output = LabelledOutput()
        try:
            self._server = await LoopServer(self._asgi, self.name, self._socket).started()
        except BaseException:
            self._output.close()
            raise

    async def _close(self) -> None:
        assert self._server is not None
        assert self._output is not None
        try:
            await self._server.stop()
        finally:
            self._output.close()
