"""A function around the rest of the app: clients that leave, cancellations, and time limits in either."""

from __future__ import annotations

import anyio
import pytest

from fwlab.background import BackgroundTask
from fwlab.exceptions import FwlabError
from fwlab.responses import PlainTextResponse, StreamingResponse

from .around import (
    around,
    body_of,
    endless,
    is_complete,
    pass_on,
    scoped,
    send_body,
    send_start,
    status_of,
)
from .asgi import Client, exchange, http_scope

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("idle", [False, True])
async def test_a_client_that_leaves_ends_a_stream(idle, layers):
    steps = []
    waiting = anyio.Event()
    client = Client()

    async def items():
        try:
            yield "a"
            if idle:
                waiting.set()
                await anyio.sleep_forever()
            while True:
                yield "b"
                waiting.set()
                await anyio.sleep(0)
        finally:
            steps.append("closed")

    async def leave():
        await waiting.wait()
        client.left.set()

    response = StreamingResponse(items(), background=BackgroundTask(steps.append, "background"))
    async with anyio.create_task_group() as group:
        group.start_soon(leave)
        await client.asks(around(response, *[pass_on] * layers))
    assert steps == ["closed", "background"]
    assert not is_complete(client.sent)


async def test_a_client_that_leaves_while_the_function_sends_a_changed_body_ends_the_stream():
    steps = []

    async def hangs(message):
        if message.get("body") == b"TICK":
            client.left.set()
            await anyio.sleep_forever()

    async def shout(request, call_next):
        response = await call_next(request)

        async def upper(chunks=response.body_iterator):
            async for chunk in chunks:
                yield chunk.upper()

        response.body_iterator = upper()
        return response

    client = Client(on_send=hangs)
    await client.asks(around(StreamingResponse(endless(steps)), shout))
    assert steps == ["closed"]


async def test_a_cancellation_meets_the_handler_and_then_the_function():
    steps = []

    async def inner(scope, receive, send):
        try:
            await anyio.sleep_forever()
        finally:
            steps.append("handler")

    async def dispatch(request, call_next):
        try:
            return await call_next(request)
        finally:
            steps.append("function")

    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as group:
            group.start_soon(Client().asks, around(inner, dispatch, dispatch))
            await anyio.wait_all_tasks_blocked()
            scope.cancel()
    assert steps == ["handler", "function", "function"]


async def test_a_cancellation_after_the_start_meets_the_function_and_then_the_handler():
    steps = []

    async def inner(scope, receive, send):
        try:
            await send_start(send)
        finally:
            steps.append("handler")

    async def dispatch(request, call_next):
        await call_next(request)
        try:
            await anyio.sleep_forever()
        finally:
            steps.append("function")

    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as group:
            group.start_soon(Client().asks, around(inner, dispatch))
            await anyio.wait_all_tasks_blocked()
            scope.cancel()
    assert steps == ["function", "handler"]
    assert scope.cancelled_caught


async def test_the_function_may_give_up_waiting():
    steps = []

    async def inner(scope, receive, send):
        try:
            await anyio.sleep_forever()
        finally:
            steps.append("handler")

    async def impatient(request, call_next):
        with anyio.move_on_after(0.001):
            return await call_next(request)
        return PlainTextResponse("too slow", 504)

    sent = await Client().asks(around(inner, pass_on, impatient))
    assert (status_of(sent), steps) == (504, ["handler"])


async def test_a_time_limit_around_the_call_ends_when_the_response_begins():
    async def limited(request, call_next):
        with anyio.fail_after(60) as limit:
            response = await call_next(request)
        limit.cancel()  # of what is over
        return response

    async def read_within(request, call_next):
        with anyio.fail_after(60):
            response = await call_next(request)
            body = b"".join([chunk async for chunk in response.body_iterator])
        return PlainTextResponse(body)

    sent = await Client().asks(around(scoped, limited, pass_on, limited))
    assert (body_of(sent), is_complete(sent)) == (b"abc", True)
    sent = await Client().asks(around(scoped, limited, read_within))
    assert (body_of(sent), is_complete(sent)) == (b"abc", True)


def test_a_time_limit_that_would_end_within_one_of_the_apps_is_named(anyio_backend):
    """The one thing that cannot be, where both run in one task: a scope that ends before those opened within it."""

    async def inner(scope, receive, send):
        async with anyio.create_task_group():
            await PlainTextResponse("two")(scope, receive, send)

    async def limited(request, call_next):
        with anyio.move_on_after(60):
            return await call_next(request)

    sent = anyio.run(exchange, around(inner, pass_on), http_scope(), backend=anyio_backend)
    assert body_of(sent) == b"two"
    with pytest.raises(FwlabError, match=r"limited.* left a cancel scope"):
        anyio.run(exchange, around(inner, limited), http_scope(), backend=anyio_backend)


async def test_a_cancel_scope_of_the_handler_that_ends_while_the_function_runs_ends_the_handler_alone():
    steps = []

    async def inner(scope, receive, send):
        with anyio.CancelScope() as own:
            await send_start(send)
            own.cancel()
            await send_body(send, b"a", True)
            await anyio.sleep_forever()
        steps.append(own.cancelled_caught)

    async def read(request, call_next):
        response = await call_next(request)

        async def slow(chunks=response.body_iterator):
            async for chunk in chunks:
                await anyio.sleep_forever()
                yield chunk

        response.body_iterator = slow()
        return response

    await Client().asks(around(inner, read))
    assert steps == [True]
