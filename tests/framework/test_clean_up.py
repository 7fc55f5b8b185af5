"""Dependencies that yield: the order of their clean-up, and what they hear of exceptions and cancellations."""

import contextlib
import inspect
import threading
from typing import Annotated

import anyio
import pytest

from fwlab import App, Depends, FwlabError, HTTPException

from .asgi import exchange, http_scope


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

    message = (
        r"^There is no response: 'handler' is raising an exception and a dependency with yield swallowed it\. "
        r"Raise it again there, or raise an HTTPException\.$"
    )
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
async def test_a_cancellation_during_clean_up_is_heard_there_and_the_others_still_clean_up(journal):
    # The clean-up that it interrupts is not shielded: the dependency may have a task group that it is about to leave.
    app = App()

    def in_a_thread():
        try:
            yield
        finally:
            journal.append("in a thread")

    async def first():
        try:
            yield
        finally:
            await anyio.sleep(0)
            journal.append("first")

    async def interrupted():
        yield
        group.cancel_scope.cancel()
        try:
            await anyio.sleep(0)
        except anyio.get_cancelled_exc_class():
            journal.append("interrupted")
            raise

    @app.get("/", dependencies=[Depends(first), Depends(in_a_thread), Depends(interrupted)])
    async def handler(): ...

    async with anyio.create_task_group() as group:
        group.start_soon(exchange, app, http_scope())
    assert group.cancel_scope.cancel_called
    assert journal == ["interrupted", "in a thread", "first"]


@pytest.mark.anyio
async def test_a_dependency_may_hold_a_task_group_open(journal):
    app = App()

    has_run = anyio.Event()

    async def tasks():
        async with anyio.create_task_group() as group:
            yield group
            await has_run.wait()
            journal.append("leaves its group")

    @app.get("/")
    async def handler(group: Annotated[object, Depends(tasks)]):
        group.start_soon(noted)

    async def noted():
        journal.append("a task of the group")
        has_run.set()

    start, _ = await exchange(app, http_scope())
    assert start["status"] == 200
    assert journal == ["a task of the group", "leaves its group"]
