"""The dependency graph: every kind of callable, the cache, the order, the clean-up."""

import functools
from typing import Annotated

import pytest

from fwlab import App, Depends
from fwlab.concurrency import lane_of
from fwlab.dependencies import HANDLER, Layout


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


# The layout


def test_steps_are_in_the_order_in_which_they_run():
    def a(): ...
    def b(x=Depends(a)): ...  # noqa: B008
    def c(x=Depends(a), y=Depends(b)): ...  # noqa: B008
    def handler(n: int, x=Depends(c), y=Depends(b)): ...  # noqa: B008

    steps = Layout(handler, [], "handler", {}, dependencies=[Depends(b)]).steps
    assert [step.name for step in steps] == ["a", "b", "c", "handler"]
    assert [step.slot for step in steps] == ["2:a", "1:b", "3:c", HANDLER]
    assert steps[-1].needs == [("x", "3:c"), ("y", "1:b")]
    assert [item.slot for item in steps[-1].inputs] == ["n"]
    assert [step.read for step in steps] == [2, 1, 3, 0]
