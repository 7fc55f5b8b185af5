"""What stands in for what while a run is in virtual time: the clocks, ``time.sleep``, AnyIO's threads and processes.

Each stand-in asks whose code the calling thread runs: an actor's goes by the virtual clock, everybody else's by the
real thing. So a server beside the run, or another run in another thread, notices nothing. All is put back when the last
run ends, however it ends.
"""

from __future__ import annotations

import concurrent.futures
import math
import sys
import threading
import time
from contextlib import contextmanager
from functools import partial, wraps
from typing import TYPE_CHECKING, Any

import anyio
from anyio import to_process, to_thread

from fwlab.lab.clock.actors import Actor, Job, LoopActor, current_actor
from fwlab.lab.clock.errors import VirtualTimeError
from fwlab.lab.clock.machine import SECOND
from fwlab.lab.clock.recorded import RecordedJob
from fwlab.places import Place, is_users_file

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

EPOCH = 946_684_800
"""``time.time()`` at the start of a run, in seconds: the beginning of the year 2000."""

_lock = threading.Lock()
_runs = 0
_undo: list[tuple[Any, str, Any]] = []


@contextmanager
def patched() -> Iterator[None]:
    """Put the stand-ins in place while the block runs; several blocks at once share them."""
    global _runs
    with _lock:
        _runs += 1
        if _runs == 1:
            _install()
    try:
        yield
    finally:
        with _lock:
            _runs -= 1
            if _runs == 0:
                while _undo:
                    owner, name, original = _undo.pop()
                    setattr(owner, name, original)


def _install() -> None:
    stand_ins = {id(original): stand_in for original, stand_in in _BY_NAME}
    for owner, names in ((time, _CLOCKS), (to_thread, ("run_sync",)), (to_process, ("run_sync",))):
        for name in names:
            _replace(owner, name, stand_ins[id(getattr(owner, name))])
    _replace(concurrent.futures.Future, "result", _result)
    _replace(threading.Thread, "start", _start_thread)
    # Whoever wrote `from time import sleep` has the name in a module of their own.
    for module in list(sys.modules.values()):
        filename = getattr(module, "__file__", None)
        if getattr(module, "__name__", "") == "__main__" or (isinstance(filename, str) and is_users_file(filename)):
            for name, value in list(vars(module).items()):
                if id(value) in stand_ins:
                    _replace(module, name, stand_ins[id(value)])


def _replace(owner: Any, name: str, stand_in: Any) -> None:
    _undo.append((owner, name, getattr(owner, name)))
    setattr(owner, name, stand_in)


def _clock(name: str, nanoseconds: Callable[[Actor], int], *, whole: bool) -> Callable[[], float]:
    original: Callable[[], float] = getattr(time, name)

    @wraps(original)
    def clock() -> float:
        actor = current_actor()
        if actor is None:
            return original()
        actor.settle()
        value = nanoseconds(actor)
        return value if whole else value / SECOND

    return clock


def _now(actor: Actor) -> int:
    return actor.now


def _since_epoch(actor: Actor) -> int:
    return EPOCH * SECOND + actor.now


def _cpu(actor: Actor) -> int:
    return actor.cpu


_READINGS = {
    "time": _since_epoch,
    "monotonic": _now,
    "perf_counter": _now,
    "thread_time": _cpu,
    "process_time": _cpu,
}
_real_sleep = time.sleep


@wraps(_real_sleep)
def _sleep(seconds: float) -> None:
    actor = current_actor()
    if actor is None:
        _real_sleep(seconds)
        return
    if not seconds >= 0 or math.isinf(seconds):
        raise ValueError("sleep length must be non-negative")
    actor.settle()
    actor.sleep(round(seconds * SECOND))


_CLOCKS: dict[str, Callable[..., Any]] = {
    **{name: _clock(name, reading, whole=False) for name, reading in _READINGS.items()},
    **{f"{name}_ns": _clock(f"{name}_ns", reading, whole=True) for name, reading in _READINGS.items()},
    "sleep": _sleep,
}


class _Gate:
    """A capacity limiter for AnyIO's ``run_sync``: it lets a job start in the moment in which its thread is told."""

    def __init__(self, limiter: anyio.CapacityLimiter, job: Job) -> None:
        self._limiter = limiter
        self._job = job

    async def __aenter__(self) -> None:
        await self._limiter.acquire()
        self._job.start()

    async def __aexit__(self, *exc_info: object) -> None:
        self._job.withdraw()
        self._limiter.release()


_real_run_in_thread: Callable[..., Awaitable[Any]] = to_thread.run_sync


@wraps(_real_run_in_thread)
async def _run_in_thread(
    func: Callable[..., Any],
    *args: Any,
    limiter: anyio.CapacityLimiter | None = None,
    **options: Any,
) -> Any:
    actor = current_actor()
    if not isinstance(actor, LoopActor):
        return await _real_run_in_thread(func, *args, limiter=limiter, **options)
    limiter = limiter or to_thread.current_default_thread_limiter()
    return await _run_job(actor, partial(func, *args), actor.process, limiter, **options)


async def _run_job(
    actor: LoopActor,
    function: Callable[[], Any],
    process: object,
    limiter: anyio.CapacityLimiter,
    **options: Any,
) -> Any:
    if actor.threads:
        job = Job(actor, function, process)
        return await _real_run_in_thread(job, limiter=_Gate(limiter, job), **options)
    abandon = options.get("abandon_on_cancel") or options.get("cancellable") or False
    async with limiter:
        with anyio.CancelScope(shield=not abandon):
            return await RecordedJob(actor, function, process).result()


_real_run_in_process: Callable[..., Awaitable[Any]] = to_process.run_sync


@wraps(_real_run_in_process)
async def _run_in_process(
    func: Callable[..., Any],
    *args: Any,
    cancellable: bool = False,
    limiter: anyio.CapacityLimiter | None = None,
) -> Any:
    actor = current_actor()
    if not isinstance(actor, LoopActor):
        return await _real_run_in_process(func, *args, cancellable=cancellable, limiter=limiter)
    limiter = limiter or to_process.current_default_process_limiter()
    return await _run_job(actor, partial(func, *args), object(), limiter, abandon_on_cancel=cancellable)


_real_result = concurrent.futures.Future.result


@wraps(_real_result)
def _result(self: concurrent.futures.Future[Any], timeout: float | None = None) -> Any:
    job = current_actor()
    if isinstance(job, Job) and timeout is None and not self.done():
        self.add_done_callback(lambda _: job.wake())
        job.wait()
    return _real_result(self, timeout)


_real_start_thread = threading.Thread.start


@wraps(_real_start_thread)
def _start_thread(self: threading.Thread) -> None:
    if current_actor() is not None:
        caller = sys._getframe(1)
        if is_users_file(caller.f_code.co_filename):
            raise VirtualTimeError(
                f"A thread is started at {Place.of(caller)}, and virtual time does not know threads of your own: start "
                "the work with anyio.to_thread.run_sync, asyncio.to_thread or loop.run_in_executor."
            )
    _real_start_thread(self)


# The functions that modules may have imported by name, each with its stand-in.
_BY_NAME: list[tuple[object, Callable[..., Any]]] = [
    *((getattr(time, name), stand_in) for name, stand_in in _CLOCKS.items()),
    (_real_run_in_thread, _run_in_thread),
    (_real_run_in_process, _run_in_process),
]
