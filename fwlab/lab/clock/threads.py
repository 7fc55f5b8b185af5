"""The worker threads of executors in virtual time, and how many jobs an executor runs at a time."""

from __future__ import annotations

import concurrent.futures
import contextvars
import threading
from typing import TYPE_CHECKING, Any

from fwlab.lab.clock.actors import RunOverError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fwlab.lab.clock.actors import Job


def start_thread(job: Job, tell: Callable[[Any, BaseException | None], object]) -> None:
    """Run a job in a thread of its own, and tell the loop its result or its exception.

    The context is an empty one, as in a thread of ``loop.run_in_executor``; ``asyncio.to_thread`` brings its own.
    """

    def run() -> None:
        result, error = None, None
        try:
            result = job()
        except RunOverError:
            return
        except BaseException as exception:
            error = exception
        if not job.lost:  # else nobody waits for it any more, and its loop is closed
            tell(result, error)

    threading.Thread(target=contextvars.Context().run, args=(run,), name="fwlab worker thread", daemon=True).start()


def limit_of(executor: concurrent.futures.Executor | None, cores: int) -> int:
    """Return how many jobs an executor runs at a time; the default executor has four threads more than cores."""
    if executor is None:
        return min(32, cores + 4)
    # The one place that reads what an executor does not tell; the tests tell the day it changes.
    limit: int = getattr(executor, "_max_workers", 1)
    return limit
