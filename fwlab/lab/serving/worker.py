"""A worker process of ``serve(app, where="process")``: what runs in it.

It gets an application and a listening socket that it shares with its siblings, runs uvicorn, and ends when the other
end of its standard input does. The system closes that when the notebook's kernel is gone, however it went: no signal,
no operating system's speciality is needed for a worker to die with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import mmap
import os
import pickle
import signal
import socket
import sys
import threading
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fwlab.lab.errors import ServeError
from fwlab.lab.serving import request_counts
from fwlab.lab.serving.labelled_output import label
from fwlab.lab.serving.lifespan import SHUTDOWN_LIMIT
from fwlab.lab.serving.loop_server import GRACE, LoopServer

if TYPE_CHECKING:
    from collections.abc import Callable

    from fwlab.lab.serving.sent_app import SentApp

END_LIMIT = GRACE + SHUTDOWN_LIMIT + 2
"""Seconds within which a worker has ended that was told to."""

_BLOCKED = 1.0  # seconds after which a loop that does not take notice of the end counts as blocked


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker needs to know. The files' numbers are the same in both processes."""

    app: SentApp
    server: str
    place: int
    """Which of the server's workers it is, from 0."""
    workers: int
    family: int
    listening: int
    counts: int
    messages: int
    access_log: bool


def main() -> None:
    """Run the worker: read the :class:`Job` from standard input, serve, end with the input."""
    job: Job = pickle.load(sys.stdin.buffer)
    signal.signal(signal.SIGINT, lambda *_: None)  # the interrupt key is for the one who started us
    for descriptor in (job.listening, job.counts, job.messages):
        os.set_inheritable(descriptor, False)  # so that no program that the application starts keeps the port
    end = _End(_take_input())
    label.set(job.server)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    with os.fdopen(job.messages, "w", encoding="utf-8") as messages:

        def tell(**message: str | None) -> None:
            with contextlib.suppress(OSError):  # nobody is there to hear it
                print(json.dumps(message), file=messages, flush=True)

        try:
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                runner.run(_serve(job, end, tell))
        except ServeError as error:
            cause = error.__cause__
            tell(failed=str(error), traceback="".join(traceback.format_exception(cause)) if cause else None)
        sys.stdout.flush()
    end.within(_BLOCKED)  # a thread of the application's own must not keep the process


async def _serve(job: Job, end: _End, tell: Callable[..., None]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    end.when_told(lambda: loop.call_soon_threadsafe(_take_notice, end, stop))
    app = job.app.load()
    # The protocol written out: see listening.py; and not every system can be asked for it.
    listening = socket.socket(socket.AddressFamily(job.family), socket.SOCK_STREAM, socket.IPPROTO_TCP, job.listening)
    server = LoopServer(
        app,
        job.server,
        listening,
        counts=_counts(job),
        alone=job.workers == 1,
        access_log=job.access_log,
    )
    if job.access_log:
        _log_requests()
    started = asyncio.ensure_future(server.started())
    stopped = asyncio.ensure_future(stop.wait())
    await asyncio.wait([started, stopped], return_when=asyncio.FIRST_COMPLETED)
    if not started.done():
        started.cancel()
        await asyncio.wait([started])
        return
    try:
        started.result()
        tell(ready=None)
        await stop.wait()
        await server.stop()
    finally:
        stopped.cancel()


def _take_notice(end: _End, stop: asyncio.Event) -> None:
    end.noticed.set()
    stop.set()


class _End:
    """The end that comes from outside: the input's, watched by a thread, for the loop may be blocked."""

    def __init__(self, lifeline: int) -> None:
        self.noticed = threading.Event()
        self._lock = threading.Lock()
        self._told = False
        self._callback: Callable[[], object] | None = None
        threading.Thread(target=self._watch, args=(lifeline,), name="fwlab-lifeline", daemon=True).start()

    def when_told(self, callback: Callable[[], object]) -> None:
        """Call this when the end has come; at once, where it has."""
        with self._lock:
            self._callback = callback
            told = self._told
        if told:
            callback()

    def within(self, seconds: float) -> None:
        """End the process after so many seconds, whatever it does."""
        timer = threading.Timer(seconds, os._exit, args=(0,))
        timer.daemon = True
        timer.start()

    def _watch(self, lifeline: int) -> None:
        while os.read(lifeline, 1024):
            pass
        self.within(END_LIMIT - 1)
        with self._lock:
            self._told = True
            callback = self._callback
        if callback is not None:
            callback()
        if not self.noticed.wait(_BLOCKED):
            os._exit(1)  # a blocked loop cannot clean up, and would hold the port


def _take_input() -> int:
    """Return the standard input under another number; handlers that read it get nothing, at once."""
    lifeline = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return lifeline


def _counts(job: Job) -> request_counts.Cells:
    return request_counts.of_worker(memoryview(mmap.mmap(job.counts, 0)).cast("Q"), job.place)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return what uvicorn's workers use: uvloop where it is installed."""
    try:
        import uvloop
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


def _log_requests() -> None:
    log = logging.getLogger("uvicorn.access")
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
