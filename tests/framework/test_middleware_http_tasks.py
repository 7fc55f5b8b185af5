"""A function around the rest of the app: all is the request's own task, and it works where another comes in."""

from __future__ import annotations

import asyncio

import anyio
import pytest

from fwlab.background import BackgroundTask
from fwlab.exceptions import FwlabError
from fwlab.responses import PlainTextResponse, StreamingResponse
from fwlab.sse import EventSourceResponse

from .around import (
    around,
    body_of,
    headers_of,
    heard,
    inner_echo,
    is_complete,
    pass_on,
    scoped,
    send_body,
    send_start,
    status_of,
)
from .asgi import Client, body_messages

pytestmark = pytest.mark.anyio


# One task


async def test_context_variables_pass_both_ways():
    """On FastAPI the function does not see what the handler set."""
    seen = []

    async def inner(scope, receive, send):
        seen.append(heard.get())
        heard.set("by the handler")
        await PlainTextResponse("two")(scope, receive, send)
        seen.append(heard.get())

    async def dispatch(request, call_next):
        heard.set("by the function")
        response = await call_next(request)
        seen.append(heard.get())
        heard.set("by the function, after")
        return response

    await Client().asks(around(inner, dispatch))
    assert seen == ["by the function", "by the handler", "by the function, after"]


async def test_a_streamed_body_is_made_in_the_requests_context_too():
    seen = []

    async def items():
        token = heard.set("while streaming")
        yield "a"
        seen.append(heard.get())
        heard.reset(token)  # which Python refuses in any other context

    async def dispatch(request, call_next):
        heard.set("by the function")
        response = await call_next(request)
        heard.set("by the function, after")
        return response

    async def outermost(request, call_next):
        response = await call_next(request)
        response.background = BackgroundTask(after)
        return response

    async def after():
        seen.append(heard.get())

    await Client().asks(around(StreamingResponse(items()), dispatch, outermost))
    assert seen == ["while streaming", "by the function, after"]


async def test_all_of_it_runs_in_the_requests_own_task():
    tasks = set()

    def note():
        tasks.add(anyio.get_current_task().id)

    async def items():
        note()
        yield "a"
        await anyio.sleep(0)
        note()

    async def inner(scope, receive, send):
        note()
        await StreamingResponse(items(), background=BackgroundTask(after))(scope, receive, send)

    async def after():
        note()

    async def dispatch(request, call_next):
        note()
        response = await call_next(request)
        note()
        return response

    note()
    await Client().asks(around(inner, dispatch, dispatch))
    assert len(tasks) == 1


async def test_several_are_around_each_other():
    steps = []

    def named(name):
        async def dispatch(request, call_next):
            steps.append(f"{name} in")
            response = await call_next(request)
            steps.append(f"{name} out")
            response.headers.append("x-way", name)
            return response

        return dispatch

    sent = await Client().asks(around(StreamingResponse(iter("xy")), named("a"), named("b"), named("c")))
    assert steps == ["c in", "b in", "a in", "a out", "b out", "c out"]
    assert [value for name, value in headers_of(sent) if name == b"x-way"] == [b"a", b"b", b"c"]
    assert body_of(sent) == b"xy"


async def test_several_that_read_and_change_the_body_are_around_each_other():
    def adding(text):
        async def dispatch(request, call_next):
            response = await call_next(request)

            async def longer(chunks=response.body_iterator):
                async for chunk in chunks:
                    yield chunk + text

            response.body_iterator = longer()
            return response

        return dispatch

    sent = await Client().asks(around(StreamingResponse(iter("xy")), adding(b"1"), pass_on, adding(b"2")))
    assert (body_of(sent), is_complete(sent)) == (b"x12y12", True)


# Where other tasks come in


async def test_the_rest_of_the_app_may_send_from_another_task():
    seen = []

    async def inner(scope, receive, send):
        await receive()
        heard.set("by the handler")
        async with anyio.create_task_group() as group:
            group.start_soon(StreamingResponse(iter("abc")), scope, receive, send)

    async def dispatch(request, call_next):
        response = await call_next(request)
        seen.append(heard.get())
        response.headers["x-a"] = "1"
        return response

    async def reads(request, call_next):
        response = await call_next(request)
        return PlainTextResponse(b"".join([chunk async for chunk in response.body_iterator]), headers=response.headers)

    for dispatches in [(dispatch,), (dispatch, dispatch), (dispatch, reads), (reads, dispatch), (reads, reads)]:
        sent = await Client().asks(around(inner, *dispatches))
        assert (body_of(sent), is_complete(sent)) == (b"abc", True)
    assert seen == ["by the handler"] * 5
    assert (b"x-a", b"1") in headers_of(sent) or dispatches == (reads, reads)


async def test_what_another_task_sends_waits_until_the_function_has_time_for_it():
    steps = []
    sending = anyio.Event()

    async def chunks(send):
        sending.set()
        for chunk in (b"a", b"b"):
            await send_body(send, chunk, True)
            steps.append(chunk)
        await send_body(send)

    async def inner(scope, receive, send):
        async with anyio.create_task_group() as group:
            group.start_soon(chunks, send)
            await send_start(send)

    async def slow(request, call_next):
        response = await call_next(request)
        await sending.wait()
        await anyio.wait_all_tasks_blocked()
        steps.append("read")
        return PlainTextResponse(b"".join([chunk async for chunk in response.body_iterator]))

    assert body_of(await Client().asks(around(inner, slow))) == b"ab"
    assert steps == ["read", b"a", b"b"]


async def as_starlette_streams(scope, receive, send):
    """The response from a child, while the task itself waits for the client to leave."""

    async def stream():
        await send_start(send)
        for _ in range(3):
            await send_body(send, b"tick", True)
        await send_body(send)
        group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        group.start_soon(stream)
        while (await receive())["type"] != "http.disconnect":
            pass
        group.cancel_scope.cancel()


async def test_the_rest_of_the_app_may_wait_for_the_client_to_leave_and_send_from_another_task():
    async def replace(request, call_next):
        await call_next(request)
        return PlainTextResponse("three")

    async def wrong(request, call_next):
        await call_next(request)
        raise LookupError("wrong")

    sent = await Client().asks(around(as_starlette_streams, pass_on, pass_on))
    assert (body_of(sent), is_complete(sent)) == (b"tick" * 3, True)
    assert body_of(await Client().asks(around(as_starlette_streams, replace))) == b"three"
    with pytest.raises((LookupError, BaseExceptionGroup)):
        await Client().asks(around(as_starlette_streams, wrong))


@pytest.mark.parametrize("changed", [False, True])
async def test_events_and_the_pings_between_them_pass(changed):
    """The pings are sent by a task of their own."""

    class Impatient(EventSourceResponse):
        ping_interval = 0.001

    pinged = anyio.Event()

    async def items():
        yield b"data: 1\n\n"
        await pinged.wait()
        yield b"data: 2\n\n"

    async def upper(request, call_next):
        response = await call_next(request)
        if changed:
            chunks = response.body_iterator

            async def changing():
                async for chunk in chunks:
                    yield chunk.upper()

            response.body_iterator = changing()
        return response

    async def watch(message):
        if b"ping" in message.get("body", b"").lower():
            pinged.set()

    sent = await Client(on_send=watch).asks(around(Impatient(items()), upper, pass_on))
    body = body_of(sent).lower()
    assert body.startswith(b"data: 1\n\n: ping\n\n")
    assert body.replace(b": ping\n\n", b"") == b"data: 1\n\ndata: 2\n\n"
    assert is_complete(sent)


async def test_the_function_may_wait_for_the_response_in_another_task():
    async def apart(request, call_next):
        responses = []

        async def call():
            responses.append(await call_next(request))

        async with anyio.create_task_group() as group:
            group.start_soon(call)
        return responses[0]

    for dispatches in [(apart,), (apart, pass_on, apart)]:
        sent = await Client(*body_messages(b"two")).asks(around(inner_echo, *dispatches))
        assert (body_of(sent), is_complete(sent)) == (b"two", True)
        sent = await Client().asks(around(StreamingResponse(iter("abc")), *dispatches))
        assert (body_of(sent), is_complete(sent)) == (b"abc", True)


async def test_two_calls_at_once_are_refused():
    async def twice(request, call_next):
        async with anyio.create_task_group() as group:
            group.start_soon(call_next, request)
            await anyio.wait_all_tasks_blocked()
            with pytest.raises(FwlabError, match="an earlier call is still at work"):
                await call_next(request)
            group.cancel_scope.cancel()
        return PlainTextResponse("once")

    async def never(scope, receive, send):
        await anyio.sleep_forever()

    assert body_of(await Client().asks(around(never, twice))) == b"once"


async def test_the_response_may_be_read_and_sent_in_another_task():
    async def apart(request, call_next):
        response = await call_next(request)

        async def app(scope, receive, send):
            async with anyio.create_task_group() as group:
                group.start_soon(response, scope, receive, send)

        return app

    sent = await Client().asks(around(PlainTextResponse("two"), apart))
    assert (body_of(sent), is_complete(sent)) == (b"two", True)


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_asyncios_own_time_limits_work():
    async def waits(request, call_next):
        return await asyncio.wait_for(call_next(request), 60)

    async def limits(request, call_next):
        async with asyncio.timeout(60):
            return await call_next(request)

    async def impatient(request, call_next):
        try:
            return await asyncio.wait_for(call_next(request), 0.001)
        except TimeoutError:
            return PlainTextResponse("too slow", 504)

    async def never(scope, receive, send):
        await anyio.sleep_forever()

    assert body_of(await Client().asks(around(scoped, waits, limits, waits))) == b"abc"
    assert status_of(await Client().asks(around(never, waits, limits, impatient))) == 504


async def test_what_several_tasks_send_at_once_arrives_whole():
    async def inner(scope, receive, send):
        await send_start(send)
        async with anyio.create_task_group() as group:
            for letter in (b"a", b"b", b"c"):
                group.start_soon(send_body, send, letter, True)
        await send_body(send)

    async def slow(request, call_next):
        response = await call_next(request)
        chunks = []
        async for chunk in response.body_iterator:
            await anyio.wait_all_tasks_blocked()  # the others wait by now
            chunks.append(chunk)
        return PlainTextResponse(b"".join(sorted(chunks)))

    assert body_of(await Client().asks(around(inner, slow))) == b"abc"
