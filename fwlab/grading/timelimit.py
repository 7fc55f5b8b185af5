"""A limit on time for code that may never end, inside this process.

The code runs in a thread; when its time is over, the limit says where it is and ends it, so that a kernel is not left
with an endless loop. Time is counted in turns of the waiting thread, not on a clock: on a busy machine, where
everything waits its turn, the code gets as many turns as anywhere.
"""

from __future__ import annotations

import ctypes
import math
import threading
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

from fwlab.places import Place, frame_of, places_in, users_place

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable

T = TypeVar("T")

_TURN = 0.02  # seconds
_ATTEMPTS = 25  # to stop threads
_ATTEMPT = 0.1  # seconds


class Stopped(SystemExit):
    """Raised inside the code whose time is over. A ``SystemExit``, because ``except Exception`` must not catch it."""


class OutOfTimeError(Exception):
    """Code that did not end in its time.

    Attributes:
        seconds: the limit.
        place: the line of the user's code that it was in, when there was one.
        stopped: whether it was brought to an end.
    """

    def __init__(self, seconds: float, place: Place | None, stopped: bool) -> None:
        super().__init__(seconds, place, stopped)
        self.seconds, self.place, self.stopped = seconds, place, stopped


class _LimitedThread(threading.Thread):
    """The thread of code that has a limit."""

    place_of_wait: Callable[[], Place | None] = staticmethod(lambda: None)


def within(seconds: float, function: Callable[[], T]) -> T:
    """Call a function in a thread of its own, and end it when its time is over.

    Args:
        seconds: the limit, more on a busy machine.
        function: what to call. An event loop in it must be one that :func:`keep_awake` was called for.

    Returns:
        What the function returns; its exceptions come through.

    Raises:
        OutOfTimeError: it did not end in time.

    Example:
        >>> within(5, lambda: 6 * 7)
        42
    """
    result: Future[T] = Future()

    def run() -> None:
        try:
            result.set_result(function())
        except BaseException as error:
            result.set_exception(error)

    earlier = set(threading.enumerate())
    thread = _LimitedThread(target=run, name="fwlab-check", daemon=True)
    thread.start()
    try:
        ended = _wait_patiently(thread, seconds)
    except BaseException:  # an interrupt: whoever waits has had enough
        _stop(thread, earlier)
        raise
    if ended:
        _stop(thread, earlier)  # threads that it has started and left: they would go on in what comes next
        return result.result()
    place = _place_in_threads(thread, earlier) or thread.place_of_wait()
    raise OutOfTimeError(seconds, place, stopped=_stop(thread, earlier))


def is_limited() -> bool:
    """Tell whether this code runs under a limit already, in a thread that :func:`within` has started."""
    return isinstance(threading.current_thread(), _LimitedThread)


def waits_at(place_of_wait: Callable[[], Place | None]) -> None:
    """Let the limit that this code runs under, if any, know whom to ask where it waits when no thread is at work.

    Args:
        place_of_wait: called in another thread, when time is over.
    """
    thread = threading.current_thread()
    if isinstance(thread, _LimitedThread):
        thread.place_of_wait = place_of_wait


def keep_awake(loop: asyncio.AbstractEventLoop) -> None:
    """Wake a loop now and then until it is closed: one that waits in the system for ever could not be ended."""
    loop.call_later(0.05, keep_awake, loop)


def _wait_patiently(thread: threading.Thread, seconds: float) -> bool:
    for _ in range(math.ceil(seconds / _TURN)):
        thread.join(_TURN)
        if not thread.is_alive():
            return True
    return False


def _place_in_threads(first: threading.Thread, earlier: set[threading.Thread]) -> Place | None:
    """Return the user's line that a thread is in: the given one, or one that has been started since."""
    places = [_place_in(thread) for thread in [first, *set(threading.enumerate()).difference(earlier, {first})]]
    return next((place for place in places if place is not None), None)


def _place_in(thread: threading.Thread) -> Place | None:
    return users_place(places_in(frame_of(thread.ident or 0)))


def _stop(first: threading.Thread, earlier: set[threading.Thread]) -> bool:
    """End the given thread, and those started since that run the user's code; tell whether it worked."""
    for _ in range(_ATTEMPTS):
        started = set(threading.enumerate()) - earlier
        running = {thread for thread in started if thread is first or _place_in(thread) is not None}
        if not running:
            return True
        _raise_in(running)
    return False


def _raise_in(threads: Iterable[threading.Thread]) -> None:
    """Raise :class:`Stopped` in threads, where they execute Python within a moment. The one place with C's interface.

    There is no public way to end a thread. A call that waits in C, such as a long ``time.sleep``, is not cut short, and
    an exception that stays pending for such a thread is withdrawn: it would strike at any time later, and until then
    Python 3.11 with a tracer (a debugger, coverage) can enter no function, in any thread. Hence no calls in between.
    """
    set_exception = ctypes.pythonapi.PyThreadState_SetAsyncExc
    targets = [ctypes.c_ulong(thread.ident or 0) for thread in threads]
    here = ctypes.c_ulong(threading.get_ident())
    stopped, withdrawn = ctypes.py_object(Stopped), ctypes.py_object(_Withdrawn)
    for target in targets:
        set_exception(target, stopped)
    time.sleep(_ATTEMPT)
    for target in targets:
        set_exception(target, None)
    try:
        set_exception(here, withdrawn)
        for _ in range(1000):
            pass  # an exception that arrives takes with it the interpreter's note that one is pending
    except _Withdrawn:
        pass


class _Withdrawn(BaseException):
    """Raised and caught at once, in the thread that ends others."""
