"""``serve(app, where="process")``: real uvicorn workers that share one socket, as in production.

The operating system hands each connection to a worker that is free to take it. A thread of this process starts the
workers, shows what they print, and puts a new one in the place of one that died. They cannot outlive this process:
see ``worker.py``.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import mmap
import tempfile
from typing import TYPE_CHECKING, Any

from fwlab.lab.errors import ServeError
from fwlab.lab.progress import ProgressBar
from fwlab.lab.serving import request_counts
from fwlab.lab.serving.forks import keep_from_forks
from fwlab.lab.serving.labelled_output import print_labelled
from fwlab.lab.serving.loop_thread import ThreadedServer
from fwlab.lab.serving.sent_app import send_app
from fwlab.lab.serving.worker import Job
from fwlab.lab.serving.worker_process import WorkerProcess

if TYPE_CHECKING:
    import socket
    from collections.abc import Coroutine, Iterator

    from fwlab.types import ASGIApp

_VAIN = 3  # workers in a row that died without having served a request; then no more are started in this place


class ProcessServer(ThreadedServer):
    """A server in worker processes. Each has its own copy of the application: what one stores, the others do not see.

    Args:
        app: the application, or its path ``"module:name"``, which each worker imports.
        name: as in :func:`~fwlab.lab.serve`.
        listening: the socket, which belongs to the server from now on.
        workers: how many processes.
        reloads: whether :meth:`restart` will be called: then each request is printed, and connections wait while there
            is no worker.

    Raises:
        ServeError: the application cannot be sent to another process.
    """

    where = "process"

    def __init__(
        self, app: ASGIApp | str, name: str, listening: socket.socket, workers: int, *, reloads: bool = False
    ) -> None:
        super().__init__(app, name, listening, workers)
        self._sent = send_app(app)
        self._socket = listening
        self._reloads = reloads
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the server
        self._file.truncate(8 * request_counts.NUMBERS * workers)
        self._memory = mmap.mmap(self._file.fileno(), 0)
        numbers = memoryview(self._memory).cast("Q")
        self._cells = [request_counts.of_worker(numbers, place) for place in range(workers)]
        self._processes: list[WorkerProcess | None] = [None] * workers
        self._keeping: list[asyncio.Task[None]] = []
        self._restarting: asyncio.Task[Any] | None = None
        self._given_up: concurrent.futures.Future[None] = concurrent.futures.Future()
        keep_from_forks(self)

    @property
    def running(self) -> bool:
        """Whether the server takes requests. They wait, where the only worker is being replaced."""
        return self._ending is None and self._socket.fileno() >= 0

    @property
    def served(self) -> int:
        """How many HTTP requests the workers are done with, answered or failed."""
        return sum(cells[request_counts.ENDED] for cells in self._cells)

    @property
    def failed(self) -> int:
        """How many of those served were answered with a status from 500 on, or not at all."""
        return sum(cells[request_counts.FAILED] for cells in self._cells)

    @property
    def in_flight(self) -> int:
        """How many HTTP requests are inside the workers at this moment."""
        return sum(request_counts.in_flight(cells) for cells in self._cells)

    @property
    def pids(self) -> list[int]:
        """The numbers of the worker processes."""
        return [process.pid for process in self._processes if process is not None]

    def descriptors(self) -> Iterator[int]:
        """The files that no fork of this process may keep: the listening socket."""
        yield self._socket.fileno()

    async def restart(self) -> None:
        """End the workers, and start new ones, which import the application anew. Connections wait meanwhile.

        Raises:
            ServeError: the new ones do not start. The server stays, with nobody to answer, until the next restart.
        """
        await asyncio.wrap_future(self._thread.submit(self._restart()))

    async def given_up(self) -> None:
        """Wait until there is no worker left, and none to come, because they died again and again."""
        await asyncio.shield(asyncio.wrap_future(self._given_up))

    async def _open(self) -> None:
        try:
            await self._start_all()
        except BaseException:
            self._let_go()
            raise

    async def _close(self) -> None:
        if self._restarting is not None:
            self._restarting.cancel()
            await asyncio.wait([self._restarting])
        try:
            await self._stop_all()
        finally:
            self._let_go()

    async def _restart(self) -> None:
        self._restarting = asyncio.current_task()
        try:
            await self._stop_all()
            await self._start_all()
        finally:
            self._restarting = None

    async def _start_all(self) -> None:
        try:
            with ProgressBar(self.workers, " workers") as bar:
                await _all([self._start(place, bar) for place in range(self.workers)])
        except BaseException:
            started = [process for process in self._processes if process is not None]
            self._processes = [None] * self.workers
            await _all([process.kill() for process in started])
            raise
        self._keeping = [asyncio.create_task(self._keep(place)) for place in range(self.workers)]

    async def _stop_all(self) -> None:
        for task in self._keeping:
            task.cancel()
        if self._keeping:
            await asyncio.wait(self._keeping)
        processes = [process for process in self._processes if process is not None]
        self._processes = [None] * self.workers
        try:
            await _all([process.stop() for process in processes])
        finally:
            for cells in self._cells:
                cells[request_counts.STARTED] = cells[request_counts.ENDED]

    async def _start(self, place: int, bar: ProgressBar | None = None) -> None:
        says = self.name if self.workers == 1 else f"{self.name} {place + 1}"
        job = Job(
            app=self._sent,
            server=self.name,
            place=place,
            workers=self.workers,
            family=self._socket.family,
            listening=self._socket.fileno(),
            counts=self._file.fileno(),
            messages=-1,
            access_log=self._reloads,
        )
        process = WorkerProcess(job, says)
        await process.start()
        self._processes[place] = process
        if bar is not None:
            bar.update()

    async def _keep(self, place: int) -> None:
        """Put a new worker in the place of one that died, as long as that is of use."""
        cells, in_vain = self._cells[place], 0
        while (process := self._processes[place]) is not None:
            served_before = cells[request_counts.ENDED]
            how = await process.ended()
            self._processes[place] = None
            cells[request_counts.STARTED] = cells[request_counts.ENDED]  # what it was at is lost
            in_vain = in_vain + 1 if cells[request_counts.ENDED] == served_before else 0
            said = f"worker {place + 1} (process {process.pid}) {how}"
            while self._processes[place] is None and in_vain < _VAIN:
                self._say(f"{said}; a new one takes its place")
                try:
                    await self._start(place)
                except ServeError as error:  # it may have died of the first request, before it said that it is ready
                    in_vain += 1
                    said = f"worker {place + 1} does not start: {str(error).rstrip('.')}"
            if self._processes[place] is None:
                self._say(f"{said}, {_VAIN} times in a row without having served a request. It is not started again.")
        if not any(self._processes) and not self._reloads:
            self._socket.close()  # so that clients are refused, and do not wait for nobody
            if not self._given_up.done():
                self._given_up.set_result(None)

    def _say(self, text: str) -> None:
        print_labelled(self.name, text)

    def _let_go(self) -> None:
        self._socket.close()
        self._cells = [[cells[0], cells[1]] for cells in self._cells]  # the last numbers stay readable
        with contextlib.suppress(BufferError):  # somebody still looks at a number in it; then it goes with them
            self._memory.close()
        self._file.close()


async def _all(coroutines: list[Coroutine[Any, Any, None]]) -> None:
    """Run all side by side, each to its end; then raise the first error. Where one fails to start, all are ended."""
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        await asyncio.gather(*tasks, return_exceptions=True)
    except asyncio.CancelledError:
        if tasks:
            await asyncio.wait(tasks)
        raise
    errors = [error for task in tasks if (error := task.exception()) is not None]
    if errors:
        raise errors[0]
