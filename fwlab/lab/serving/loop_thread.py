"""A server that has an event loop of its own, in a thread of its own: what the cells do does not hold it up.

The thread is for the application itself, or for looking after worker processes. Whatever runs in it, what it prints
goes to the cell that runs at that moment, with the server's name before each line.
"""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import contextlib
import os
import threading
from abc import abstractmethod
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakSet

from fwlab.lab.serving.labelled_output import clean_context, label
from fwlab.lab.serving.server import Server

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Self

_T = TypeVar("_T")

_CLEAN_UP = 5.0  # seconds that tasks have to end when their loop does
_AT_EXIT = 3.0  # seconds that all servers together have to end when the interpreter does


class LoopThread:
    """An event loop in a daemon thread.

    Args:
        name: of the thread.
        says: what begins each line that is printed in it.
    """

    def __init__(self, name: str, says: str) -> None:
        self._context = clean_context()
        self._context.run(label.set, says)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over: asyncio.Event | None = None
        ready = threading.Event()
        self._thread = threading.Thread(
            target=self._context.copy().run, args=(self._main, ready), name=name, daemon=True
        )
        self._thread.start()
        ready.wait()

    def submit(self, coroutine: Coroutine[Any, Any, _T]) -> concurrent.futures.Future[_T]:
        """Run a coroutine in the thread; return the future of its result."""
        assert self._loop is not None
        return self._context.copy().run(asyncio.run_coroutine_threadsafe, coroutine, self._loop)

    def end(self) -> None:
        """End the thread; its tasks are cancelled. Called in the thread itself it ends it soon, else at once."""
        assert self._loop is not None
        assert self._over is not None
        if threading.current_thread() is self._thread:
            self._over.set()
        else:
            with contextlib.suppress(RuntimeError):  # the loop is closed: it has ended
                self._loop.call_soon_threadsafe(self._over.set)
            self._thread.join()

    def _main(self, ready: threading.Event) -> None:
        async def live() -> None:
            self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
            ready.set()
            await self._over.wait()

        # Not asyncio.run(): it waits without limit for tasks and threads, and an application may have some that never
        # end.
        executor = ThreadPoolExecutor(thread_name_prefix=threading.current_thread().name)
        loop = asyncio.new_event_loop()
        loop.set_default_executor(executor)
        try:
            loop.run_until_complete(live())
            loop.run_until_complete(_end_tasks())
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            executor.shutdown(wait=False, cancel_futures=True)
            loop.close()


async def _end_tasks() -> None:
    """Wait for the clean-up of tasks that were cancelled; then cancel those that are left, and wait for theirs."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    if at_clean_up := [task for task in tasks if task.cancelling()]:
        await asyncio.wait(at_clean_up, timeout=_CLEAN_UP)
    if left := [task for task in tasks if not task.done()]:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=_CLEAN_UP)
    await asyncio.sleep(0)  # transports that were closed let go of their files in the loop's next turn


class ThreadedServer(Server):
    """A server whose work is done in a :class:`LoopThread`; a kind of servers says what that work is."""

    _thread: LoopThread
    _ending: concurrent.futures.Future[None] | None = None

    async def start(self) -> Self:
        """Start the thread, and the server in it; return when the server takes requests.

        Raises:
            ServeError: it does not start.
        """
        self._thread = LoopThread(f"fwlab-serve-{self.name}", self.name)
        opening = self._thread.submit(self._open())
        try:
            await asyncio.wrap_future(opening)
        except BaseException:
            self._thread.end()  # which waits until the clean-up is done, where the cell was cancelled
            raise
        _alive.add(self)
        return self

    async def stop(self) -> None:
        """Stop; see :meth:`fwlab.lab.Server.stop`."""
        first = self._ending is None
        ending = self._stop_soon()
        # Shielded, for a cancelled cell must not cancel the clean-up.
        done = asyncio.shield(asyncio.wrap_future(ending))
        await asyncio.wait([done])
        self._thread.end()
        error = done.exception()
        if first and error is not None:
            raise error

    def _stop_soon(self) -> concurrent.futures.Future[None]:
        if self._ending is None:
            self._ending = self._thread.submit(self._close())
            self._ending.add_done_callback(lambda _: self._thread.end())
            _alive.discard(self)
        return self._ending

    @abstractmethod
    async def _open(self) -> None:
        """In the thread: start. Where it fails or is cancelled, nothing may be left."""

    @abstractmethod
    async def _close(self) -> None:
        """In the thread: stop, and leave nothing."""


_alive: WeakSet[ThreadedServer] = WeakSet()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_alive.clear)  # the threads are not in the copy


@atexit.register
def _stop_at_exit() -> None:
    """Let applications shut down before the interpreter ends: the threads are still there."""
    concurrent.futures.wait([server._stop_soon() for server in list(_alive)], timeout=_AT_EXIT)
