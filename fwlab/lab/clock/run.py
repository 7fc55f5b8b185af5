"""``virtual(fn)``: a run in virtual time, from its loop to the last thread that is put away."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import threading
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from anyio import to_process

from fwlab.lab.clock.actors import LoopActor, Watch, name_of, set_current_actor, stuck_at
from fwlab.lab.clock.choices import Choices
from fwlab.lab.clock.errors import VirtualTimeError
from fwlab.lab.clock.loop import VirtualLoop
from fwlab.lab.clock.machine import Machine
from fwlab.lab.clock.meter import metered
from fwlab.lab.clock.patches import patched
from fwlab.lab.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")

_GLANCE = 0.1  # real seconds between two looks at a run
_PATIENCE = 2.0  # real seconds for a run that is interrupted to end
_ROUNDS = 100  # of cancelling; some code begins a task whenever one is cancelled


def virtual(fn: Callable[[], Awaitable[T]], *, cores: int = 2, seed: int | None = None, meter: bool = False) -> T:
    """Run an async function on a clock that jumps to the next event, and return its result.

    Sleeps, timeouts, worker threads with their 40 tokens and ``time.sleep`` take exactly as long as they say, and no
    real time; work for the processor is declared with :func:`burn`. What is measured inside is exact, the same on every
    machine. It is a plain call, also in a notebook whose loop is running.

    Args:
        fn: an async function without parameters, or one that returns an awaitable: ``lambda: load(app, "/io")``.
        cores: of the modelled machine: as many processes compute at full speed.
        seed: shuffle what may come in another order, always the same way for the same seed.
        meter: charge your own code 50 ns for each line and each turn of a loop; it needs Python 3.12.

    Returns:
        What ``fn`` returns; its exceptions come through.

    Raises:
        VirtualTimeError: nothing can happen any more, or somebody waits for something real; it says who.
        LabError: an argument that makes no sense.

    Example:
        >>> import anyio
        >>> from fwlab.lab import virtual
        >>> async def nap():
        ...     await anyio.sleep(3600)
        ...     return anyio.current_time()
        >>> virtual(nap)
        3600.0
    """
    wanted: object = seed
    if wanted is not None and (not isinstance(wanted, int) or isinstance(wanted, bool)):
        raise LabError(f"virtual(seed=...) is a whole number, and this is {seed!r}.")
    result: T = run_with(fn, cores, None if seed is None else Choices.random(seed), meter=meter)
    return result


def run_with(fn: Callable[[], Awaitable[Any]], cores: int, choices: Choices | None, *, meter: bool = False) -> Any:
    """Run an async function in virtual time, in the order of these choices; see :func:`virtual`."""
    _check(fn, cores)
    run = _Run(fn, cores, choices, meter)
    context = contextvars.copy_context()  # what is printed belongs to the cell that is running
    thread = threading.Thread(target=context.run, args=(run.run,), name="fwlab virtual time", daemon=True)
    with patched():
        try:
            thread.start()
        except RuntimeError:  # no thread can be started here, as in a browser
            run.run_here()
        else:
            run.watch()
    return run.result()


class _Run:
    """One run: its loop in a thread, watched from the calling one."""

    def __init__(self, fn: Callable[[], Awaitable[Any]], cores: int, choices: Choices | None, meter: bool) -> None:
        self._fn = fn
        self._cores = cores
        self._choose = None if choices is None else choices.choose
        self._meter = meter
        self._outcome: Any = None
        self._error: BaseException | None = None
        self._actor: LoopActor | None = None
        self._done = threading.Event()

    def result(self) -> Any:
        """Return what the function returned, or raise what it raised."""
        if self._error is not None:
            raise self._error
        return self._outcome

    def run(self, *, threads: bool = True) -> None:
        """Run to the end, in this thread, and put away what is left."""
        try:
            with metered() if self._meter else nullcontext():
                machine = Machine(self._cores, *(() if self._choose is None else (self._choose,)))
                self._actor = LoopActor(machine, threads=threads)
                set_current_actor(self._actor)
                loop = VirtualLoop(self._actor, self._choose)
                try:
                    asyncio.set_event_loop(loop)
                    self._outcome = loop.run_until_complete(loop.create_task(self._main(), name=name_of(self._fn)))
                finally:
                    _put_away(loop, self._actor)
        except BaseException as error:
            self._error = error
        finally:
            set_current_actor(None)
            self._done.set()

    def run_here(self) -> None:
        """Run to the end inside whatever runs here already, where no thread can be started."""
        outer = asyncio._get_running_loop()
        asyncio._set_running_loop(None)
        try:
            self.run(threads=False)
        finally:
            asyncio._set_running_loop(outer)

    def watch(self) -> None:
        """Wait for the end; see that the loop goes on, and that an interrupt ends it."""
        watch, progress = None, 0
        try:
            while not self._done.wait(_GLANCE):
                actor = self._actor
                if actor is None:
                    continue
                if watch is None or actor.progress != progress or actor.waits_for_a_job:
                    watch, progress = Watch(actor.cpu_clock), actor.progress
                elif watch.stalled():
                    raise VirtualTimeError(f"The event loop {stuck_at(actor.thread)}")
        except (KeyboardInterrupt, SystemExit):  # whoever waits here has had enough, or is made to end
            if self._actor is not None:
                self._actor.interrupted = True
            self._done.wait(_PATIENCE)
            raise

    async def _main(self) -> Any:
        to_process.current_default_process_limiter().total_tokens = self._cores
        awaitable = self._fn()
        if not inspect.isawaitable(awaitable):
            raise LabError(f"virtual(fn): fn is an async function, and this one returned {awaitable!r}.")
        return await awaitable


def _put_away(loop: VirtualLoop, actor: LoopActor) -> None:
    """Cancel what still runs, end the threads that still wait, and close the loop."""
    try:
        with suppress(VirtualTimeError):  # a task that will not be cancelled must not hide why the run ended
            _cancel_all(loop)
            loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        for job in list(actor.jobs):
            job.end()
        asyncio.set_event_loop(None)
        loop.close()


def _cancel_all(loop: VirtualLoop) -> None:
    """Cancel the tasks, and run the loop until all are done; one that ends with `SystemExit` stops it on the way."""
    for _ in range(_ROUNDS):
        tasks = asyncio.all_tasks(loop)
        if not tasks:
            return
        for task in tasks:
            task.cancel()
        with suppress(SystemExit):
            loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))


def _check(fn: object, cores: object) -> None:
    if inspect.iscoroutine(fn):
        fn.close()
        raise LabError("virtual(fn) takes the function, not its result: virtual(main), or virtual(lambda: load(...)).")
    if not callable(fn):
        raise LabError(f"virtual(fn) takes an async function, and this is {fn!r}.")
    if not isinstance(cores, int) or isinstance(cores, bool) or cores < 1:
        raise LabError(f"virtual(cores=...) is a whole number from 1 on, and this is {cores!r}.")
