"""The one place that decides *where* a function runs: its lane.

``async def`` runs on the event loop and must never block it; plain ``def`` may block, so it runs in one of AnyIO's
worker threads, of which a capacity limiter allows 40 at a time. Handlers and dependencies go by the same rule, unless
they say ``run_in=``; work for the processor can so be sent to a process of its own.
"""

import contextvars
import functools
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterable
from contextlib import asynccontextmanager, contextmanager, nullcontext
from types import GeneratorType, coroutine
from typing import Any, Literal, NamedTuple, ParamSpec, TypeVar, get_args

import anyio
from anyio import to_thread

from fwlab.exceptions import DefinitionError, FwlabError, HTTPException, import_extra
from fwlab.types import Function

P = ParamSpec("P")
T = TypeVar("T")
Token = TypeVar("Token")

Lane = Literal["loop", "thread", "process"]
watch: Any = None
"""Who looks on while functions run in threads and processes: fwlab's laboratory, while it traces."""


def lane_of(function: Function) -> Lane:
    """Return the lane of a handler or dependency: ``"loop"`` for ``async def``, ``"thread"`` for the rest.

    Partials, bound methods, decorated functions and objects with an ``async def __call__`` are looked through.

    Example:
        >>> async def waits(): ...
        >>> def blocks(): ...
        >>> lane_of(waits), lane_of(blocks)
        ('loop', 'thread')
    """
    asynchronous = any(inspect.iscoroutinefunction(f) or inspect.isasyncgenfunction(f) for f in _forms(function))
    return "loop" if asynchronous else "thread"


def chosen_lane(function: Function, run_in: Lane | None, owner: str) -> Lane:
    """Return the lane that was asked for, or else the function's own.

    Raises:
        DefinitionError: when there is no such lane, or the function cannot run in it; ``owner`` opens the message.
    """
    own = lane_of(function)
    if run_in is None or run_in == own:
        return own
    if run_in not in get_args(Lane):
        known = ", ".join(map(repr, get_args(Lane)))
        raise DefinitionError(f"{owner}: run_in={run_in!r} is no lane; there are {known}.")
    if own == "loop":
        raise DefinitionError(f"{owner} is `async def`, which runs on the loop; write `def` for run_in={run_in!r}.")
    if is_generator(function):
        raise DefinitionError(f"{owner} yields, and so it cannot be run_in={run_in!r}; leave it in its thread.")
    return run_in


async def run_in_lane(function: Function, lane: Lane, kwargs: dict[str, Any]) -> Any:
    """Call a function in its lane and return its result; its exceptions come through.

    A context variable that a function in a thread sets is set for the rest of the request, as it would be on the loop.

    Raises:
        HTTPException: with status 503 when the worker process died.
    """
    if lane == "thread":
        function = watch.in_thread(function) if watch else function
        result, changed = await to_thread.run_sync(_noting_context, function, kwargs)
        for variable, value in changed:
            variable.set(value)
        return result
    if lane == "process":
        return await (watch.in_process if watch else run_in_process)(function, kwargs)
    result = function(**kwargs)
    return await result if inspect.isawaitable(result) else result


def _noting_context(function: Function, kwargs: dict[str, Any]) -> tuple[Any, list[tuple[Any, Any]]]:
    """Call a function in this thread; return its result and the context variables that it changed."""
    before = contextvars.copy_context()
    result = function(**kwargs)
    after = contextvars.copy_context()
    return result, [(variable, value) for variable, value in after.items() if before.get(variable, before) is not value]


class LaneState(NamedTuple):
    """How full a lane is at this moment.

    Attributes:
        size: how many functions it can run at a time.
        busy: how many run now.
        waiting: how many wait for their turn.
    """

    size: float
    busy: int
    waiting: int


def lanes() -> dict[str, LaneState]:
    """Return the state of the worker threads and of the worker processes of the running event loop.

    Example:
        >>> async def look(): return lanes()["thread"]
        >>> anyio.run(look)
        LaneState(size=40, busy=0, waiting=0)
    """
    from anyio import to_process  # what it needs takes longer to load than all of this file

    threads = to_thread.current_default_thread_limiter().statistics()
    processes = to_process.current_default_process_limiter().statistics()
    states = {"thread": threads, "process": processes}
    return {lane: LaneState(s.total_tokens, s.borrowed_tokens, s.tasks_waiting) for lane, s in states.items()}


async def run_in_process(function: Function, kwargs: dict[str, Any]) -> Any:
    """Call a function in a worker process and return its result; its exceptions come through.

    The processes are AnyIO's workers, as many at a time as there are cores: started when they are needed, kept for the
    next request, ended when they rest for long. They share nothing with the server, not its listening socket either.

    Args:
        function: what to call; it is sent by value, with the globals that it uses, so that one from a notebook's cell
            works as well as one from a module.
        kwargs: its arguments; they are sent too, so they must be data.

    Raises:
        FwlabError: when the function, its arguments or its result cannot be sent.
        HTTPException: with status 503 when the process died, which it tells the log; the next request has a new one.
    """
    import logging  # these are loaded only by those who use a process
    import pickle

    from anyio import BrokenWorkerProcess, to_process

    name = getattr(function, "__qualname__", repr(function))
    job = _packed((function, kwargs), f"{name} or its arguments")
    try:
        # Cancellable: a request that is cancelled must not keep a core busy for nobody.
        result: Any = pickle.loads(await to_process.run_sync(_do, job, name, cancellable=True))
    except BrokenWorkerProcess as error:
        logging.getLogger("fwlab").error("The worker process of %s died.", name)
        raise HTTPException(503, "The worker process died; try again.") from error
    return result


def _do(job: bytes, name: str) -> bytes:
    """Run a job in the worker process; its result goes back as bytes, so that its class is looked for only there."""
    import pickle

    function, kwargs = pickle.loads(job)
    return _packed(function(**kwargs), f"what {name} returned")


def _packed(data: Any, what: str) -> bytes:
    cloudpickle = import_extra("cloudpickle", "Functions with run_in='process'")
    try:
        packed: bytes = cloudpickle.dumps(data)
    except Exception as error:  # whatever an object's own pickling raises
        raise FwlabError(f"{what} cannot be sent from one process to another: {error}") from error
    return packed


def is_generator(function: Function) -> bool:
    """Tell whether a dependency yields its value and cleans up after it."""
    return any(inspect.isgeneratorfunction(f) or inspect.isasyncgenfunction(f) for f in _forms(function))


def _forms(function: Function) -> list[Any]:
    """Return what a call of ``function`` may come down to: itself, unwrapped, or the ``__call__`` of one of these."""
    while isinstance(function, functools.partial):
        function = function.func
    forms = [function, inspect.unwrap(function)]
    calls = [type(form).__call__ for form in forms if not inspect.isroutine(form) and not inspect.isclass(form)]
    return [*forms, *calls, *map(inspect.unwrap, calls)]


async def run_in_threadpool(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a blocking function in a worker thread and wait for its result without blocking the loop.

    It waits for one of the limiter's 40 tokens first (``anyio.to_thread.current_default_thread_limiter()``).

    Args:
        function: what to call; it must not touch the event loop.
        *args: passed on.
        **kwargs: passed on.

    Returns:
        What the function returns; its exceptions come through.

    Example:
        >>> anyio.run(run_in_threadpool, len, "burger")
        6
    """
    call = functools.partial(function, *args, **kwargs)
    return await to_thread.run_sync(watch.in_thread(call) if watch else call)


async def run_in_own_lane(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function where it belongs: ``async def`` on the loop, ``def`` in a worker thread."""
    return await run_in_lane(functools.partial(function, *args, **kwargs), lane_of(function), {})


async def iterate_in_threadpool(iterable: Iterable[T]) -> AsyncIterator[T]:
    """Iterate over something whose next item may block: each item is fetched in a worker thread.

    A generator that is left before its end is closed, in a worker thread, too.
    """
    iterator = iter(iterable)
    end: Any = object()
    try:
        while (item := await to_thread.run_sync(watch.in_thread(next) if watch else next, iterator, end)) is not end:
            yield item
    finally:
        if isinstance(iterator, GeneratorType) and iterator.gi_frame is not None:
            with anyio.CancelScope(shield=True):
                await to_thread.run_sync(iterator.close, limiter=anyio.CapacityLimiter(1))


class Managed:
    """A generator dependency, entered for its value and left for its clean-up, in its lane.

    A request that is cancelled still cleans up: what the dependency opened must be closed. On the loop, only then is
    the clean-up shielded, for the shield is a cancel scope, within which no task group can be left that the dependency
    had entered.
    """

    def __init__(self, function: Function, lane: Lane, kwargs: dict[str, Any]) -> None:
        self._lane = lane
        self._manager: Any = (asynccontextmanager if lane == "loop" else contextmanager)(function)(**kwargs)

    async def __aenter__(self) -> Any:
        if self._lane == "loop":
            return await self._manager.__aenter__()
        return await run_in_lane(self._manager.__enter__, self._lane, {})

    async def __aexit__(self, kind: type[BaseException] | None, *error: Any) -> bool:
        is_cancelled = kind is not None and not issubclass(kind, Exception)
        if self._lane == "loop":
            with anyio.CancelScope(shield=True) if is_cancelled else nullcontext():
                swallowed = await self._manager.__aexit__(kind, *error)
        else:
            # Without waiting for one of the 40 tokens: those who hold them may be waiting for what is given back here.
            token = anyio.CapacityLimiter(1)
            with anyio.CancelScope(shield=True):
                leave = watch.in_thread(self._manager.__exit__) if watch else self._manager.__exit__
                swallowed = await to_thread.run_sync(leave, kind, *error, limiter=token)
        return bool(swallowed) and not is_cancelled


@coroutine
def in_steps(work: Awaitable[T], enter: Callable[[], Token], leave: Callable[[Token], None]) -> Generator[Any, Any, T]:
    """Run a coroutine step by step, from one ``await`` that really waits to the next; to be awaited itself.

    While one step runs, nothing else on its event loop does. So whoever knows when each step begins and ends knows who
    held the loop. This uses the coroutine protocol alone, and works on asyncio, uvloop and trio.

    Args:
        work: the coroutine, or what else can be awaited.
        enter: called before each step.
        leave: called after each step, with what ``enter`` returned.

    Example:
        >>> import asyncio
        >>> async def handler():
        ...     await asyncio.sleep(0)
        ...     return "done"
        >>> steps = []
        >>> async def run(): return await in_steps(handler(), lambda: len(steps), steps.append)
        >>> asyncio.run(run()), steps
        ('done', [0, 1])
    """
    running = work.__await__()
    resume: Any = running.send
    value: Any = None
    while True:
        token = enter()
        try:
            awaited = resume(value)
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            leave(token)
        try:
            value = yield awaited
            resume = running.send
        except GeneratorExit:
            running.close()
            raise
        except BaseException as error:
            value, resume = error, running.throw
