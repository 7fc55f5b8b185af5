"""Which requests have a worker thread or wait for one, as far as AnyIO's capacity limiter tells.

fwlab tells of each function that it sends to a thread; other frameworks do not. But AnyIO's limiter says who borrows
its tokens, and how many wait. Looked at before and after a request's step, that shows whether the request waits for a
token or has one; not when its thread begins and ends.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import anyio
from anyio import to_thread

from fwlab.lab.timeline.records import Job

if TYPE_CHECKING:
    from fwlab.lab.timeline.records import RequestRecord


class Tokens:
    """The default limiter of an event loop.

    Args:
        loop: the one that is running; ``None`` where a coroutine is driven without any, and there are no threads.

    Attributes:
        thread: the identifier of the loop's thread.
        limiter: AnyIO's, of threads.
        asked_for: jobs that fwlab's dispatch told of, and that are not over.
    """

    def __init__(self, loop: object) -> None:
        self.thread = threading.get_ident()
        self.asked_for: set[Job] = set()
        self.limiter = None if loop is None else to_thread.current_default_thread_limiter()
        self._waiting = 0
        self._unknown: dict[RequestRecord, Job] = {}
        """The job of each request that is seen from the loop's side alone, and is not over."""

    @property
    def limit(self) -> float | None:
        """How many threads there may be at a time."""
        return None if self.limiter is None else self.limiter.total_tokens

    @property
    def left(self) -> bool:
        """Whether a token is to be had at once."""
        return self.limiter is None or self.limiter.available_tokens > 0

    def ask(self, job: Job) -> None:
        """A job is asked for: note whether it must wait for a token.

        It will take its token in a later turn of the loop, so those that were asked for before it count, too.
        """
        before = sum(other.lane == job.lane for other in list(self.asked_for))
        limiter = self.limiter if job.lane == "thread" else _processes()
        if limiter is not None:
            job.queued = max(before, limiter.borrowed_tokens) >= limiter.total_tokens
        self.asked_for.add(job)

    def step_begins(self, request: RequestRecord, now: float) -> None:
        """A request goes on: its thread is done, or it has its token."""
        limiter = self.limiter
        if limiter is not None:
            self._waiting = 0 if limiter.available_tokens > 0 else limiter.statistics().tasks_waiting
        if self._unknown:
            job = self._unknown.get(request)
            if job is not None and job.started is not None:
                job.ended = now
                del self._unknown[request]

    def step_ends(self, request: RequestRecord, now: float) -> None:
        """A request waits for something: a token, its thread, or anything else."""
        limiter = self.limiter
        if limiter is None or not limiter.borrowed_tokens or (request.jobs and request.jobs[-1].seen_inside):
            return
        state = limiter.statistics()
        job = self._unknown.get(request)
        task = anyio.get_current_task().id
        if any(id(borrower) == task for borrower in state.borrowers):
            if job is None:
                job = self._unknown[request] = _new_job(request, now, queued=False)
            job.started = now
        elif job is None and state.tasks_waiting > self._waiting:
            self._unknown[request] = _new_job(request, now, queued=True)


def _processes() -> anyio.CapacityLimiter:
    from anyio import to_process  # takes long to load, and who runs something in a process has loaded it

    return to_process.current_default_process_limiter()


def _new_job(request: RequestRecord, now: float, *, queued: bool) -> Job:
    job = Job("thread", "a function", now, queued, seen_inside=False)
    request.jobs = (*request.jobs, job)
    return job
