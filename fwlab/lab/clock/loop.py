"""An event loop whose clock jumps: asyncio's own, with another ``time()`` and a selector that never waits for time.

Where asyncio would wait, the selector lets the worker threads do what is due and moves the machine's clock to whatever
comes next. Sockets are real: what their other end has sent is there at once, as both ends belong to this loop.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import math
import selectors
from collections import deque
from contextvars import Context, copy_context
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from fwlab.lab.clock.actors import Job, LoopActor, current_actor
from fwlab.lab.clock.errors import VirtualTimeError
from fwlab.lab.clock.machine import SECOND
from fwlab.lab.clock.recorded import RecordedJob
from fwlab.lab.clock.threads import limit_of, start_thread
from fwlab.lab.clock.waiting import who_waits
from fwlab.lab.translation import gettext

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_MOST_SPINS = 20_000  # turns of the loop at one instant, after which it is spinning, not working
_MOST_TICKS = 30_000  # jumps of the clock in a row in which nobody but a ticking server did anything: 50 minutes of it
_NETWORK_PATIENCE = 2.0  # real seconds to wait for a socket when nothing else can happen


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in virtual time.

    Args:
        actor: the loop's part in the model.
        choose: given the tasks that are ready, returns which goes on first; ``None`` takes them as asyncio does.
    """

    def __init__(self, actor: LoopActor, choose: Callable[[Sequence[object]], int] | None) -> None:
        self._actor = actor
        self._choose = choose
        self._ready_tasks: list[_ReadyStep] = []  # in the usual order
        self._told: object = None
        """The future whose end a callback was last told of, other than a task."""
        self._pools: dict[object, _Pool] = {}
        self.steps = 0
        """How many steps tasks have taken that are no server's ticking."""
        self.woken = False
        """Whether a callback was scheduled that the selector has not made way for yet."""
        super().__init__(_Selector(actor, self))

    def _make_self_pipe(self) -> None:
        """Have a pair of sockets to be woken by from real threads, where the system has any."""
        asyncios: Any = super()
        try:
            asyncios._make_self_pipe()
        except (OSError, AttributeError, NotImplementedError):  # in a browser there are neither sockets nor threads
            self._ssock: Any = None
            self._csock: Any = None

    def _close_self_pipe(self) -> None:
        asyncios: Any = super()
        if self._csock is not None:
            asyncios._close_self_pipe()

    def time(self) -> float:
        """Return the time of the virtual clock, in seconds."""
        self._actor.settle()
        return self._actor.machine.now / SECOND

    def call_soon(  # type: ignore[override]  # typeshed's has a variadic type, which nothing here depends on
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Schedule a callback; of several tasks that are ready, ``choose`` says which takes its step first."""
        task = getattr(callback, "__self__", None)
        if not isinstance(task, asyncio.Task):
            self._told = args[0] if args else None
            return super().call_soon(callback, *args, context=context)
        if not task.get_name().startswith("fwlab-serve"):
            self.steps += 1
        if self._choose is None:
            return super().call_soon(callback, *args, context=context)
        context = copy_context() if context is None else context
        handle = asyncio.Handle(callback, args, self, context)
        step = _ReadyStep(task, handle, partial(context.run, callback, *args))
        # The callbacks of a future are called in the order in which they came: asyncio's own put a socket in order
        # before the task goes on that waits for it. Such a task is ready when its turn comes, and no sooner.
        late = args and args[0] is self._told and isinstance(self._told, asyncio.Future)
        if not late:
            self._ready_tasks.append(step)
        super().call_soon(self._step, step if late else None, context=Context())  # the step brings its own
        return handle

    def _step(self, late: _ReadyStep | None) -> None:
        """Let one of the tasks that are ready take its step; of them is one that has become so now."""
        assert self._choose is not None
        ready = self._ready_tasks
        if late is not None:
            ready.append(late)
        step = ready.pop(self._choose(ready) if len(ready) > 1 else 0)
        if not step.handle.cancelled():
            step.run()

    def call_soon_threadsafe(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Schedule a callback from another thread; a job that has its result tells the loop so with this."""
        self.woken = True
        try:
            return super().call_soon_threadsafe(callback, *args, context=context)
        finally:
            job = current_actor()
            if isinstance(job, Job) and job.done:
                job.finished()

    async def subprocess_exec(self, *args: Any, **options: Any) -> Any:
        """Refuse to start a process: what it does takes real time."""
        raise VirtualTimeError(
            "A process is started, and virtual time does not know processes of your own: use run_in='process', "
            "anyio.to_process.run_sync or loop.run_in_executor, called inside of the run by these names."
        )

    subprocess_shell = subprocess_exec

    def run_in_executor(  # type: ignore[override]
        self, executor: concurrent.futures.Executor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Run a function in a worker thread or a worker process of the model; as many at a time as the executor has."""
        pool = self._pools.get(executor)
        if pool is None:
            pool = self._pools[executor] = _Pool(self, self._actor, executor)
        return pool.submit(partial(func, *args))


class _ReadyStep(NamedTuple):
    """A step that a task is ready to take."""

    task: asyncio.Task[Any]
    handle: asyncio.Handle
    run: Callable[[], object]

    def __str__(self) -> str:
        return self.task.get_name()


class _Pool:
    """An executor's place in the model: so many workers, and a queue."""

    def __init__(self, loop: VirtualLoop, actor: LoopActor, executor: concurrent.futures.Executor | None) -> None:
        self._loop = loop
        self._actor = actor
        self._processes = isinstance(executor, concurrent.futures.ProcessPoolExecutor)
        self._free = limit_of(executor, actor.machine.cores)
        self._queue: deque[tuple[asyncio.Future[Any], Callable[[], Any]]] = deque()

    def submit(self, function: Callable[[], Any]) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = self._loop.create_future()
        self._queue.append((future, function))
        self._start_next()
        return future

    def _start_next(self) -> None:
        while self._free and self._queue:
            future, function = self._queue.popleft()
            if future.cancelled():
                continue
            self._free -= 1
            process = object() if self._processes else self._actor.process
            if self._actor.threads:
                job = Job(self._actor, function, process)
                job.start()
                start_thread(job, partial(self._loop.call_soon_threadsafe, self._done, future))
            else:
                recorded = RecordedJob(self._actor, function, process)
                task = self._loop.create_task(recorded.result())
                task.add_done_callback(partial(self._record_done, future))

    def _record_done(self, future: asyncio.Future[Any], task: asyncio.Task[Any]) -> None:
        error = task.exception()
        self._done(future, None if error else task.result(), error)

    def _done(self, future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
        self._free += 1
        if not future.done():
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)
        self._start_next()


class _Selector(selectors.DefaultSelector):
    """Looks at the sockets without waiting; where asyncio would wait, it moves the virtual clock."""

    def __init__(self, actor: LoopActor, loop: VirtualLoop) -> None:
        super().__init__()
        self._actor = actor
        self._loop = loop
        self._spins = self._ticks = self._calls = 0
        self._steps_before = self._steps_at_call = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        machine = self._actor.machine
        deadline: int | None = None
        if timeout is not None:
            # Less than a nanosecond is left over from sums of floating-point numbers. Alone, it is waited for, or else
            # who comes a hair too early, and waits for the rest, would come again for ever.
            deadline = machine.now + max(math.ceil(round(timeout * SECOND, 3)), 1 if timeout > 0 else 0)
        while True:
            events = self._look()
            if events or self._loop.woken:
                self._loop.woken = False
                self._notice_calls(events)
                return events
            if self._actor.run_due():
                self._ticks = 0
                if timeout == 0:
                    return self._look()
                continue
            if timeout == 0:
                self._spins += 1
                if self._spins > _MOST_SPINS:
                    self._spins = 0
                    raise VirtualTimeError(
                        f"{gettext('The event loop spins, so that time cannot pass.')} {self._who_waits()}"
                    )
                return []
            self._spins = 0
            due = machine.next_time()
            if deadline is not None and (due is None or deadline <= due):
                self._notice_ticking()
                machine.advance(deadline)
                return self._look()
            if due is None:
                return self._wait_for_the_network()
            machine.advance(due)

    def _look(self) -> list[tuple[selectors.SelectorKey, int]]:
        if not self.get_map():
            return []
        events: list[tuple[selectors.SelectorKey, int]] = super().select(0)
        return events

    def _who_waits(self) -> str:
        return who_waits(self._loop, self._actor.jobs)

    def _notice_calls(self, events: Sequence[object]) -> None:
        """See that a socket which is always ready, and helps nobody, does not keep time from passing."""
        busy = self._loop.steps != self._steps_at_call or not events
        self._steps_at_call = self._loop.steps
        self._calls = 0 if busy else self._calls + 1
        if self._calls > _MOST_SPINS:
            self._calls = 0
            raise VirtualTimeError(
                f"A socket is ready again and again, no task goes on, and time cannot pass. {self._who_waits()}"
            )

    def _notice_ticking(self) -> None:
        self._ticks = self._ticks + 1 if self._loop.steps == self._steps_before else 0
        self._steps_before = self._loop.steps
        if self._ticks > _MOST_TICKS:
            self._ticks = 0
            raise VirtualTimeError(f"Nothing happens any more but a server's ticking. {self._who_waits()}")

    def _wait_for_the_network(self) -> list[tuple[selectors.SelectorKey, int]]:
        """Nothing is due, ever. What may still come is data from outside, if a socket is open for it."""
        if len(self.get_map()) > 1:  # one is the loop's own, by which other threads wake it
            events: list[tuple[selectors.SelectorKey, int]] = super().select(_NETWORK_PATIENCE)
            if events:
                return events
        raise VirtualTimeError(f"{gettext('Nothing can happen any more: everybody waits.')} {self._who_waits()}")
