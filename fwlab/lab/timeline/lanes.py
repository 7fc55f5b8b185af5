"""What fwlab's apps do in worker threads and worker processes, told by the one place that sends it there."""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, TypeVar

from fwlab import concurrency
from fwlab.lab.timeline.recorder import followed
from fwlab.lab.timeline.records import Job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fwlab.lab.timeline.recorder import Recorder
    from fwlab.lab.timeline.records import RequestRecord
    from fwlab.types import Function

T = TypeVar("T")

_lock = threading.Lock()
_watching: list[Recorder] = []


@contextmanager
def lanes_watched(recorder: Recorder) -> Iterator[None]:
    """Have fwlab's dispatch of lanes tell a recorder, while the block runs."""
    with _lock:
        _watching.append(recorder)
        concurrency.watch = _Watch()
    try:
        yield
    finally:
        with _lock:
            _watching.remove(recorder)
            if not _watching:
                concurrency.watch = None


class _Watch:
    """Who looks on; see ``concurrency.watch``."""

    def in_thread(self, function: Callable[..., T]) -> Callable[..., T]:
        """Return what is to run in the thread: the function, with a clock beside it."""
        requests = _at_work()
        if not requests:
            return function
        jobs = [(recorder, Job("thread", _name_of(function), 0.0)) for recorder, _ in requests]
        for (recorder, request), (_, job) in zip(requests, jobs, strict=True):
            recorder.ask(request, job, has_token=getattr(function, "__name__", "") == "__exit__")

        def timed(*args: Any, **kwargs: Any) -> T:
            for recorder, job in jobs:
                job.worker = threading.get_ident()
                job.started = recorder.clock()
            cpu = time.thread_time()
            try:
                return function(*args, **kwargs)
            finally:
                cpu = time.thread_time() - cpu
                for recorder, job in jobs:
                    job.cpu, job.ended = cpu, recorder.clock()
                    recorder.over(job)

        return timed

    async def in_process(self, function: Function, kwargs: dict[str, Any]) -> Any:
        """Run a function in a process, with a clock beside it."""
        requests = _at_work()
        if not requests:
            return await concurrency.run_in_process(function, kwargs)
        jobs = [(recorder, Job("process", _name_of(function), 0.0)) for recorder, _ in requests]
        for (recorder, request), (_, job) in zip(requests, jobs, strict=True):
            recorder.ask(request, job, has_token=False)
        try:
            result, worker, started, ended, cpu = await concurrency.run_in_process(_timed(function), kwargs)
        except BaseException:
            for recorder, job in jobs:
                job.started, job.ended = job.asked, recorder.clock()
            raise
        finally:
            for recorder, job in jobs:
                recorder.over(job)
        for recorder, job in jobs:
            # One clock for all processes of a machine; where it is not, what is seen from here bounds what was there.
            job.worker, job.cpu = worker, cpu
            job.started = min(max(job.asked, started), recorder.clock())
            job.ended = min(max(job.started, ended), recorder.clock())
        return result


def _at_work() -> Sequence[tuple[Recorder, RequestRecord]]:
    """Return the requests that the running code works for, each with its recorder."""
    marked = followed.get()
    told = {recorder for recorder, _ in marked}
    steps = [(recorder, recorder.at_work()) for recorder in _watching if recorder not in told]
    return [*marked, *((recorder, request) for recorder, request in steps if request is not None)]


def _timed(function: Function) -> Function:
    """Return a function that says, besides its result, where it ran, when, and how much it computed.

    It goes to the process by value, and takes nothing of the laboratory along.
    """

    @wraps(function)
    def timed(**kwargs: Any) -> Any:
        started, cpu = time.perf_counter(), time.thread_time()
        result = function(**kwargs)
        return result, os.getpid(), started, time.perf_counter(), time.thread_time() - cpu

    return timed


def _name_of(function: Any) -> str:
    while isinstance(function, partial):
        function = function.func
    manager = getattr(function, "__self__", None)
    function = getattr(manager, "func", function)  # a dependency that yields, which is entered and left
    name: str = getattr(function, "__qualname__", type(function).__name__)
    return name.rpartition("<locals>.")[2]
