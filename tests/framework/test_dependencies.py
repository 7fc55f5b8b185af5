"""The dependency graph: every kind of callable, the cache, the order, the clean-up."""

import contextlib
import functools
import inspect
import threading
from typing import Annotated

import anyio
import pytest

from fwlab import App, DefinitionError, Depends, FwlabError, HTTPException
from fwlab.concurrency import lane_of
from fwlab.dependencies import HANDLER, plan_steps

from .asgi import exchange, http_scope


def function(n: int = 1):
    return ["function", n]


async def coroutine_function(n: int = 1):
    return ["async function", n]


def generator(n: int = 1):
    yield ["generator", n]


async def async_generator(n: int = 1):
    yield ["async generator", n]


class Made:
    def __init__(self, n: int = 1):
        self.made = ["class", n]


class Called:
    def __call__(self, n: int = 1):
        return ["object", n]


class CalledOnTheLoop:
    async def __call__(self, n: int = 1):
        return ["async object", n]


class Yields:
    def __call__(self, n: int = 1):
        yield ["yielding object", n]


class YieldsOnTheLoop:
    async def __call__(self, n: int = 1):
        yield ["async yielding object", n]


class Holder:
    def method(self, n: int = 1):
        return ["method", n]

    async def on_the_loop(self, n: int = 1):
        return ["async method", n]

    @staticmethod
    def static(n: int = 1):
        return ["static", n]

    @classmethod
    def of_the_class(cls, n: int = 1):
        return ["class method", n]


def partly(kind, n: int = 1):
    return [kind, n]


async def partly_on_the_loop(kind, n: int = 1):
    return [kind, n]


def partly_yields(kind, n: int = 1):
    yield [kind, n]


def counted(function):
    @functools.wraps(function)
    async def wrapper(**kwargs):
        return await function(**kwargs)

    return wrapper


def passed_on(function):
    @functools.wraps(function)
    def wrapper(**kwargs):
        return function(**kwargs)

    return wrapper


@pytest.mark.parametrize(
    ("dependency", "kind", "lane"),
    [
        (function, "function", "thread"),
        (coroutine_function, "async function", "loop"),
        (generator, "generator", "thread"),
        (async_generator, "async generator", "loop"),
        (Called(), "object", "thread"),
        (CalledOnTheLoop(), "async object", "loop"),
        (Yields(), "yielding object", "thread"),
        (YieldsOnTheLoop(), "async yielding object", "loop"),
        (Holder().method, "method", "thread"),
        (Holder().on_the_loop, "async method", "loop"),
        (Holder.static, "static", "thread"),
        (Holder.of_the_class, "class method", "thread"),
        (functools.partial(partly, "partial"), "partial", "thread"),
        (functools.partial(partly_on_the_loop, "async partial"), "async partial", "loop"),
        (functools.partial(partly_yields, "yielding partial"), "yielding partial", "thread"),
        (functools.partial(functools.partial(partly_on_the_loop), "nested"), "nested", "loop"),
        (functools.partial(CalledOnTheLoop()), "async object", "loop"),
        (counted(coroutine_function), "async function", "loop"),
        (passed_on(coroutine_function), "async function", "loop"),
        (passed_on(generator), "generator", "thread"),
        (lambda n=1: ["lambda", int(n)], "lambda", "thread"),
    ],
)
def test_a_dependency_is_any_callable(client_of, dependency, kind, lane):
    app = App()

    @app.get("/")
    async def handler(got: Annotated[list, Depends(dependency)]):
        return got

    client = client_of(app)
    assert client.get("/").json() == [kind, 1]
    assert client.get("/?n=2").json() == [kind, 2]
    assert lane_of(dependency) == lane


def test_a_class_as_dependency(client_of):
    app = App()

    @app.get("/")
    async def handler(a: Annotated[Made, Depends()], b: Annotated[Made, Depends(Made)], c=Depends(Made)):  # noqa: B008
        return [a.made, a is b is c]

    assert client_of(app).get("/?n=2").json() == [["class", 2], True]
    assert lane_of(Made) == "thread"


def test_a_dependency_reads_the_path_and_has_dependencies(client_of):
    app = App()

    def number(n: int):
        return n

    async def doubled(k: Annotated[int, Depends(number)], factor: int = 2):
        return k * factor

    @app.get("/{n}")
    def handler(k: Annotated[int, Depends(doubled)], n: int):
        return [k, n]

    client = client_of(app)
    assert client.get("/4").json() == [8, 4]
    assert client.get("/4?factor=3").json() == [12, 4]


# The cache


def counter():
    """A dependency that returns how often it was called."""
    calls = []

    async def count():
        calls.append(1)
        return len(calls)

    return count


def test_a_dependency_runs_once_a_request(client_of):
    app = App()
    count = counter()

    async def between(n: Annotated[int, Depends(count)]):
        return n

    @app.get("/", dependencies=[Depends(count)])
    async def handler(a: Annotated[int, Depends(count)], b: Annotated[int, Depends(between)]):
        return [a, b]

    client = client_of(app)
    assert client.get("/").json() == [1, 1]
    assert client.get("/").json() == [2, 2]


def test_a_dependency_without_the_cache_runs_each_time(client_of):
    app = App()
    count = counter()

    @app.get("/")
    async def handler(
        a: Annotated[int, Depends(count)],
        b: Annotated[int, Depends(count, use_cache=False)],
        c: Annotated[int, Depends(count)],
        d: Annotated[int, Depends(count, use_cache=False)],
    ):
        return [a, b, c, d]

    assert client_of(app).get("/").json() == [1, 2, 1, 3]


def test_a_bound_method_is_the_same_dependency_whenever_it_is_taken(client_of):
    class Counter:
        calls = 0

        async def count(self):
            self.calls += 1
            return self.calls

    first, second = Counter(), Counter()
    app = App()

    @app.get("/")
    async def handler(
        a: Annotated[int, Depends(first.count)],
        b: Annotated[int, Depends(first.count)],
        c: Annotated[int, Depends(second.count)],
    ):
        return [a, b, c]

    assert client_of(app).get("/").json() == [1, 1, 1]


# The order


@pytest.fixture
def journal():
    return []


def noting(journal, name, *needs, lane="loop", on_error=None):
    """A dependency that notes when it begins, when it ends and what it heard."""

    def enter():
        journal.append(f"{name} begins")

    def hear(error):
        journal.append(f"{name} hears {type(error).__name__}")
        if on_error is not None:
            on_error(error)

    def leave():
        journal.append(f"{name} ends")

    if lane == "loop":

        async def dependency(**_):
            enter()
            try:
                yield name
            except Exception as error:
                hear(error)
                raise
            finally:
                leave()
    else:

        def dependency(**_):
            enter()
            try:
                yield name
            except Exception as error:
                hear(error)
                raise
            finally:
                leave()

    return _with_needs(dependency, needs)


def _with_needs(function, needs):
    """Give a function arguments that are dependencies, as if they had been written."""
    parameters = [
        inspect.Parameter(f"need{n}", inspect.Parameter.KEYWORD_ONLY, default=Depends(need))
        for n, need in enumerate(needs)
    ]
    function.__signature__ = inspect.Signature(parameters)
    return function


@pytest.mark.parametrize("lane", ["loop", "thread"])
def test_clean_up_is_in_the_opposite_order_and_after_the_response(client_of, journal, lane):
    app = App()
    base = noting(journal, "base", lane=lane)
    left = noting(journal, "left", base, lane=lane)
    right = noting(journal, "right", base, lane=lane)
    first = noting(journal, "first", lane=lane)

    @app.get("/", dependencies=[Depends(first)])
    async def handler(a: Annotated[str, Depends(left)], b: Annotated[str, Depends(right)]):
        journal.append("handler")
        return a + b

    async def with_noted_sending(scope, receive, send):
        async def noted(message):
            journal.append(message["type"].removeprefix("http.response."))
            await send(message)

        await app(scope, receive, noted)

    assert client_of(with_noted_sending).get("/").json() == "leftright"
    assert journal == [
        *["first begins", "base begins", "left begins", "right begins", "handler", "start", "body"],
        *["right ends", "left ends", "base ends", "first ends"],
    ]


@pytest.mark.parametrize("lane", ["loop", "thread"])
@pytest.mark.parametrize(("error", "status"), [(HTTPException(418), 418), (KeyError("x"), 500)])
def test_an_exception_of_the_handler_passes_through_each_dependency(client_of, journal, lane, error, status):
    app = App()
    base = noting(journal, "base", lane=lane)
    top = noting(journal, "top", base, lane=lane)

    @app.get("/")
    async def handler(x: Annotated[str, Depends(top)]):
        raise error

    assert client_of(app, raise_server_exceptions=False).get("/").status_code == status
    name = type(error).__name__
    assert journal == [
        *["base begins", "top begins"],
        *[f"top hears {name}", "top ends", f"base hears {name}", "base ends"],
    ]


@pytest.mark.parametrize("lane", ["loop", "thread"])
def test_an_exception_of_a_dependency_cleans_up_those_before_it(client_of, journal, lane):
    app = App()
    base = noting(journal, "base", lane=lane)

    def refuses():
        raise HTTPException(403)

    @app.get("/", dependencies=[Depends(base), Depends(refuses)])
    async def handler():
        journal.append("handler")

    assert client_of(app).get("/").status_code == 403
    assert journal == ["base begins", "base hears HTTPException", "base ends"]


@pytest.mark.parametrize("lane", ["loop", "thread"])
def test_a_refused_request_cleans_up_too(client_of, journal, lane):
    app = App()
    base = noting(journal, "base", lane=lane)

    @app.get("/")
    async def handler(x: Annotated[str, Depends(base)], n: int): ...

    assert client_of(app).get("/").status_code == 422
    assert journal == ["base begins", "base hears RequestValidationError", "base ends"]


@pytest.mark.parametrize("lane", ["loop", "thread"])
def test_a_dependency_may_turn_an_exception_into_an_answer(client_of, journal, lane):
    app = App()

    def answer(error):
        raise HTTPException(409, str(error)) from error

    translating = noting(journal, "it", lane=lane, on_error=answer)

    @app.get("/")
    async def handler(x: Annotated[str, Depends(translating)]):
        raise LookupError("sold out")

    response = client_of(app).get("/")
    assert (response.status_code, response.json()) == (409, {"detail": "sold out"})


def swallowing():
    with contextlib.suppress(LookupError):
        yield


async def swallowing_on_the_loop():
    with contextlib.suppress(LookupError):
        yield


@pytest.mark.parametrize("dependency", [swallowing, swallowing_on_the_loop])
def test_a_dependency_must_not_swallow_an_exception(client_of, dependency):
    app = App()

    @app.get("/", dependencies=[Depends(dependency)])
    async def handler():
        raise LookupError("sold out")

    message = r"^A dependency of 'handler' swallowed an exception after its yield; raise it again, or raise an HTTPExc"
    with pytest.raises(FwlabError, match=message):
        client_of(app).get("/")
    assert client_of(app, raise_server_exceptions=False).get("/").status_code == 500


def failing_clean_up():
    yield
    raise OSError("no more")


async def failing_clean_up_on_the_loop():
    yield
    raise OSError("no more")


@pytest.mark.parametrize("dependency", [failing_clean_up, failing_clean_up_on_the_loop])
def test_a_clean_up_that_fails_is_heard_by_the_server_not_by_the_client(client_of, journal, dependency):
    app = App()
    base = noting(journal, "base")

    @app.get("/", dependencies=[Depends(base), Depends(dependency)])
    async def handler():
        return "served"

    client = client_of(app, raise_server_exceptions=False)
    assert (client.get("/").status_code, client.get("/").json()) == (200, "served")
    with pytest.raises(OSError, match="no more"):
        client_of(app).get("/")
    assert journal == ["base begins", "base hears OSError", "base ends"] * 3


def yields_twice():
    yield 1
    yield 2


async def yields_twice_on_the_loop():
    yield 1
    yield 2


@pytest.mark.parametrize("dependency", [yields_twice, yields_twice_on_the_loop])
def test_a_dependency_that_yields_twice_is_a_mistake(client_of, dependency):
    app = App()

    @app.get("/", dependencies=[Depends(dependency)])
    async def handler(): ...

    with pytest.raises(RuntimeError, match="generator didn't stop"):
        client_of(app).get("/")


@pytest.mark.anyio
async def test_a_cancelled_request_cleans_up_and_may_wait_while_it_does(journal):
    app = App()

    async def on_the_loop():
        try:
            yield
        finally:
            await anyio.sleep(0)
            journal.append("on the loop")

    def in_a_thread():
        try:
            yield
        finally:
            journal.append("in a thread")

    @app.get("/", dependencies=[Depends(on_the_loop), Depends(in_a_thread)])
    async def handler():
        journal.append("handler")
        await anyio.sleep_forever()

    async with anyio.create_task_group() as group:
        group.start_soon(exchange, app, http_scope())
        while "handler" not in journal:
            await anyio.sleep(0.001)
        group.cancel_scope.cancel()
    assert journal == ["handler", "in a thread", "on the loop"]


@pytest.mark.anyio
async def test_a_clean_up_waits_for_no_token():
    # All 40 threads wait for what the clean-up gives back: with a token of its own it can run, and they go on.
    app = App()
    given_back = threading.Event()
    waiting = []

    def resource():
        yield
        given_back.set()

    @app.get("/uses", dependencies=[Depends(resource)])
    async def uses():
        while len(waiting) < 40:
            await anyio.sleep(0.001)

    @app.get("/waits")
    def waits():
        waiting.append(1)
        given_back.wait()

    async def use():
        await exchange(app, http_scope(path="/uses"))
        cleaned_up.set()

    cleaned_up = anyio.Event()
    async with anyio.create_task_group() as requests:
        requests.start_soon(use)
        await anyio.wait_all_tasks_blocked()
        for _ in range(40):
            requests.start_soon(exchange, app, http_scope(path="/waits"))
        try:
            with anyio.fail_after(30):  # only ends a test that would hang
                await cleaned_up.wait()
        finally:
            given_back.set()


@pytest.mark.anyio
async def test_a_cancellation_during_clean_up_waits_for_its_end(journal):
    app = App()

    async def on_the_loop():
        yield
        group.cancel_scope.cancel()
        await anyio.sleep(0)
        journal.append("on the loop")

    def in_a_thread():
        yield
        journal.append("in a thread")

    @app.get("/", dependencies=[Depends(in_a_thread), Depends(on_the_loop)])
    async def handler(): ...

    async with anyio.create_task_group() as group:
        group.start_soon(exchange, app, http_scope())
    assert group.cancel_scope.cancel_called
    assert journal == ["on the loop", "in a thread"]


# The layout


def test_steps_are_in_the_order_in_which_they_run():
    def a(): ...
    def b(x=Depends(a)): ...  # noqa: B008
    def c(x=Depends(a), y=Depends(b)): ...  # noqa: B008
    def handler(n: int, x=Depends(c), y=Depends(b)): ...  # noqa: B008

    steps = plan_steps(handler, path_names=[], owner="handler", extra=[Depends(b)])
    assert [step.name for step in steps] == ["a", "b", "c", "handler"]
    assert [step.slot for step in steps] == ["2:a", "1:b", "3:c", HANDLER]
    assert steps[-1].needs == (("x", "3:c"), ("y", "1:b"))
    assert [slot for slot, _ in steps[-1].inputs] == ["n"]
    assert [step.read for step in steps] == [2, 1, 3, 0]


def test_a_handler_that_yields_is_no_handler():
    with pytest.raises(DefinitionError, match=r"^it yields, but a handler returns its result once; return it instead"):
        plan_steps(generator, path_names=[], owner="it")


@pytest.mark.anyio
async def test_a_step_that_cleans_up_needs_something_to_clean_up_for_it():
    def handler(x=Depends(generator)): ...  # noqa: B008

    step, _ = plan_steps(handler, path_names=[], owner="handler")
    with pytest.raises(FwlabError, match=r"^generator cleans up after its yield, so it needs an exit stack to run\.$"):
        await step.run({"1:generator.n": 1}, None)
