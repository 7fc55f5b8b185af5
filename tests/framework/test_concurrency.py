"""Where a function runs, and how a generator is entered and left there."""

import contextlib
import functools
import threading

import anyio
import anyio.to_thread
import pytest

from fwlab import concurrency
from fwlab.concurrency import Managed, is_generator, iterate_in_threadpool, lane_of, run_in_lane, run_in_threadpool


def blocks(): ...
async def waits(): ...


def generator():
    yield threading.get_ident()


async def async_generator():
    yield threading.get_ident()


class Called:
    def __call__(self): ...


class CalledOnTheLoop:
    async def __call__(self): ...


class YieldsOnTheLoop:
    async def __call__(self):
        yield


def wrapped(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)

    return wrapper


class CalledThroughAWrapper:
    @wrapped
    async def __call__(self): ...


@pytest.mark.parametrize(
    ("function", "lane", "cleans_up"),
    [
        (blocks, "thread", False),
        (waits, "loop", False),
        (generator, "thread", True),
        (async_generator, "loop", True),
        (Called, "thread", False),
        (CalledOnTheLoop, "thread", False),  # making one does not wait, only calling it
        (Called(), "thread", False),
        (CalledOnTheLoop(), "loop", False),
        (YieldsOnTheLoop(), "loop", True),
        (wrapped(waits), "loop", False),
        (wrapped(CalledOnTheLoop()), "loop", False),
        (wrapped(YieldsOnTheLoop()), "loop", True),
        (CalledThroughAWrapper(), "loop", False),
        (len, "thread", False),
        (print, "thread", False),
    ],
)
def test_the_lane_of_a_callable(function, lane, cleans_up):
    assert (lane_of(function), is_generator(function)) == (lane, cleans_up)


@pytest.mark.anyio
async def test_a_blocking_function_runs_in_a_worker_thread():
    def add(a, b):
        return a + b, threading.get_ident()

    total, thread = await run_in_threadpool(add, 1, b=2)
    assert total == 3
    assert thread != threading.get_ident()


@pytest.mark.anyio
async def test_an_exception_comes_through_from_the_thread():
    def fail():
        raise KeyError("burger")

    with pytest.raises(KeyError, match="burger"):
        await run_in_threadpool(fail)


@pytest.mark.anyio
@pytest.mark.parametrize(("function", "lane"), [(generator, "thread"), (async_generator, "loop")])
async def test_a_generator_is_entered_in_its_lane(function, lane):
    async with Managed(function, lane, {}) as thread:
        assert (thread == threading.get_ident()) == (lane == "loop")


@pytest.mark.anyio
@pytest.mark.parametrize("lane", ["thread", "loop"])
async def test_a_generator_hears_what_happened_and_may_swallow_it(lane):
    heard = []

    if lane == "thread":

        def function(swallow):
            try:
                yield
            except Exception as error:
                heard.append(error)
                if not swallow:
                    raise
    else:

        async def function(swallow):
            try:
                yield
            except Exception as error:
                heard.append(error)
                if not swallow:
                    raise

    error = KeyError("burger")
    async with Managed(function, lane, {"swallow": True}):
        raise error
    with pytest.raises(KeyError) as raised:
        async with Managed(function, lane, {"swallow": False}):
            raise error
    assert heard == [error, error]
    assert raised.value is error


@pytest.mark.anyio
@pytest.mark.parametrize("lane", ["thread", "loop"])
async def test_a_cancellation_cannot_be_swallowed(lane):
    if lane == "thread":

        def function():
            with contextlib.suppress(BaseException):  # a mistake, but not one that may keep a request alive
                yield
    else:

        async def function():
            with contextlib.suppress(BaseException):  # a mistake, but not one that may keep a request alive
                yield

    with anyio.CancelScope() as scope:
        async with Managed(function, lane, {}):
            scope.cancel()
            await anyio.sleep_forever()
    assert scope.cancelled_caught


@pytest.mark.anyio
async def test_no_token_is_kept():
    async with Managed(generator, "thread", {}):
        assert anyio.to_thread.current_default_thread_limiter().statistics().borrowed_tokens == 0


@pytest.mark.anyio
@pytest.mark.parametrize("fails", [False, True])
async def test_a_dependency_may_hold_a_task_group_open(fails):
    """Its clean-up leaves the group: no cancel scope may have been opened around that in the meantime."""

    async def helpers():
        async with anyio.create_task_group() as group:
            yield group
            steps.append("clean")

    steps = []
    try:
        async with Managed(helpers, "loop", {}) as group:
            group.start_soon(anyio.sleep, 0)
            if fails:
                raise LookupError("no burgers")
    except* LookupError:
        steps.append("failed")
    assert steps == (["failed"] if fails else ["clean"])


class Watch:
    """Looks on, as the laboratory does."""

    def __init__(self):
        self.seen = []

    def in_thread(self, function):
        self.seen.append(threading.get_ident())

        def watched(*args, **kwargs):
            self.seen.append(threading.get_ident())
            return function(*args, **kwargs)

        return watched

    async def in_process(self, function, kwargs):
        self.seen.append(function)
        return function(**kwargs)


@pytest.mark.anyio
async def test_who_looks_on_is_asked_before_each_way_into_a_thread_or_a_process(monkeypatch):
    def generator():
        yield 1

    async def visit(way):
        watch.seen.clear()
        result = await way()
        asked, *ran = watch.seen[:2]
        assert asked == threading.get_ident()
        assert ran != [asked]
        return result

    async def items():
        return [item async for item in iterate_in_threadpool("ab")]

    async def entered_and_left():
        async with Managed(generator, "thread", {}) as value:
            watch.seen.clear()
            return value

    watch = Watch()
    monkeypatch.setattr(concurrency, "watch", watch)
    assert await visit(lambda: run_in_threadpool(str.upper, "a")) == "A"
    assert await visit(lambda: run_in_lane(lambda n: n + 1, "thread", {"n": 1})) == 2
    assert await visit(items) == ["a", "b"]
    assert await visit(entered_and_left) == 1
    assert await run_in_lane(lambda n: n + 1, "process", {"n": 2}) == 3
    watch.seen.clear()
    assert await run_in_lane(lambda n: n + 1, "loop", {"n": 3}) == 4
    assert watch.seen == []
