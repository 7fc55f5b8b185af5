"""A function around the rest of the app: what it may do to a response, and that all of it is the request's own task."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar

import anyio
import pytest

from fwlab.background import BackgroundTask
from fwlab.exceptions import DefinitionError, FwlabError
from fwlab.middleware.http import BaseHTTPMiddleware
from fwlab.requests import ClientDisconnect, Request
from fwlab.responses import JSONResponse, PlainTextResponse, StreamingResponse
from fwlab.sse import EventSourceResponse

from .asgi import Client, body_messages, exchange, http_scope

pytestmark = pytest.mark.anyio


def around(app, *dispatches):
    """The app in these functions, the first of which is the innermost."""
    for dispatch in dispatches:
        app = BaseHTTPMiddleware(app, dispatch)
    return app


async def pass_on(request, call_next):
    return await call_next(request)


async def send_start(send, status=200, headers=()):
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})


async def send_body(send, body=b"", more_body=False):
    await send({"type": "http.response.body", "body": body, "more_body": more_body})


async def whole_body(request):
    return PlainTextResponse(await request.body())


def status_of(sent):
    (start,) = [message for message in sent if message["type"] == "http.response.start"]
    return start["status"]


def headers_of(sent):
    return next(message["headers"] for message in sent if message["type"] == "http.response.start")


def body_of(sent):
    return b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")


def is_complete(sent):
    return bool(sent) and sent[-1]["type"] == "http.response.body" and not sent[-1].get("more_body", False)


# What the function does to the response


async def test_a_response_passes_as_it_is():
    sent = await Client().asks(around(PlainTextResponse("two burgers", headers={"x-a": "1"}), pass_on))
    assert sent == await exchange(PlainTextResponse("two burgers", headers={"x-a": "1"}), http_scope())


async def test_status_headers_and_cookies_can_be_changed_and_repeated_headers_stay():
    inner = PlainTextResponse("two")
    inner.set_cookie("a", "1")
    inner.set_cookie("b", "2")

    async def change(request, call_next):
        response = await call_next(request)
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/plain; charset=utf-8"
        assert response.background is None
        response.status_code = 201
        response.headers["x-kitchen"] = "open"
        response.set_cookie("c", "3")
        return response

    sent = await Client().asks(around(inner, change))
    assert status_of(sent) == 201
    cookies = [value.partition(b";")[0] for name, value in headers_of(sent) if name == b"set-cookie"]
    assert cookies == [b"a=1", b"b=2", b"c=3"]
    assert (b"x-kitchen", b"open") in headers_of(sent)
    assert body_of(sent) == b"two"
    assert b"x-kitchen" not in dict(inner.raw_headers), "the app's own response was changed"


async def test_without_call_next_the_rest_of_the_app_is_not_called():
    async def never(scope, receive, send):
        raise AssertionError("called")

    async def closed(request, call_next):
        return JSONResponse({"kitchen": "closed"}, 503)

    sent = await Client().asks(around(never, closed))
    assert (status_of(sent), body_of(sent)) == (503, b'{"kitchen":"closed"}')


async def test_the_body_can_be_read_and_another_response_made_of_it():
    steps = []

    async def inner(scope, receive, send):
        response = StreamingResponse(iter(["two ", "burgers"]), background=BackgroundTask(after))
        await response(scope, receive, send)
        steps.append("inner end")

    async def after():
        steps.append("background")

    async def shout(request, call_next):
        response = await call_next(request)
        body = b"".join([chunk async for chunk in response.body_iterator])
        steps.append("read")
        return PlainTextResponse(body.upper())

    sent = await Client().asks(around(inner, shout))
    assert body_of(sent) == b"TWO BURGERS"
    assert (b"content-length", b"11") in headers_of(sent)
    assert steps == ["read", "background", "inner end"]


@pytest.mark.parametrize("by", ["iterator", "response"])
async def test_a_body_can_be_changed_while_it_streams(by):
    steps = []

    async def items():
        for item in ("a", "b"):
            steps.append(f"made {item}")
            yield item
        steps.append("made all")

    async def upper(chunks):
        async for chunk in chunks:
            yield chunk.decode().upper()

    async def shout(request, call_next):
        response = await call_next(request)
        if by == "response":
            return StreamingResponse(upper(response.body_iterator), response.status_code)
        response.body_iterator = upper(response.body_iterator)
        return response

    async def watch(message):
        if message.get("body"):
            steps.append(f"sent {message['body'].decode()}")

    client = Client(on_send=watch)
    sent = await client.asks(around(StreamingResponse(items(), 202), shout))
    assert (status_of(sent), body_of(sent), is_complete(sent)) == (202, b"AB", True)
    assert steps == ["made a", "sent A", "made b", "sent B", "made all"]


async def test_a_body_that_was_read_in_part_goes_on_where_it_was():
    async def first(request, call_next):
        response = await call_next(request)
        await anext(response.body_iterator)
        return response

    sent = await Client().asks(around(StreamingResponse(iter("abc")), first))
    assert (body_of(sent), is_complete(sent)) == (b"bc", True)


async def test_a_body_that_was_read_whole_leaves_an_empty_one():
    async def read(request, call_next):
        response = await call_next(request)
        assert [chunk async for chunk in response.body_iterator] == [b"two"]
        assert [chunk async for chunk in response.body_iterator] == []
        return response

    sent = await Client().asks(around(PlainTextResponse("two"), read))
    assert (body_of(sent), is_complete(sent)) == (b"", True)


async def test_work_can_be_added_for_after_the_response():
    steps = []

    async def inner(scope, receive, send):
        await PlainTextResponse("two", background=BackgroundTask(steps.append, "inner"))(scope, receive, send)

    async def log(request, call_next):
        response = await call_next(request)
        response.background = BackgroundTask(lambda: steps.append(("outer", is_complete(client.sent))))
        return response

    client = Client()
    await client.asks(around(inner, log))
    assert steps == ["inner", ("outer", True)]


async def test_messages_of_other_kinds_pass():
    async def inner(scope, receive, send):
        await send({"type": "http.response.early_hint", "links": []})
        await send({"type": "http.response.start", "status": 200, "headers": [], "trailers": True})
        await send({"type": "http.response.pathsend", "path": "/menu.txt"})
        await send({"type": "http.response.trailers", "headers": []})

    sent = await Client().asks(around(inner, pass_on))
    assert [message["type"].removeprefix("http.response.") for message in sent] == [
        "early_hint",
        "start",
        "pathsend",
        "trailers",
    ]
    assert sent[1]["trailers"] is True


async def test_a_body_that_cannot_be_read_is_named():
    async def inner(scope, receive, send):
        await send_start(send)
        await send({"type": "http.response.pathsend", "path": "/menu.txt"})

    async def read(request, call_next):
        response = await call_next(request)
        return PlainTextResponse(b"".join([chunk async for chunk in response.body_iterator]))

    with pytest.raises(FwlabError, match=r"pathsend.*return it unread"):
        await Client().asks(around(inner, read))


# One task


heard = ContextVar("heard", default="nothing")


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


# The request's body


async def inner_echo(scope, receive, send):
    body = await Request(scope, receive).body()
    await PlainTextResponse(body)(scope, receive, send)


async def test_a_body_that_the_function_read_reaches_the_rest_of_the_app():
    async def reads(request, call_next):
        assert await request.body() == b"two burgers"
        return await call_next(request)

    async def reads_json(request, call_next):
        with pytest.raises(ValueError, match="Expecting value"):
            await request.json()
        return await call_next(request)

    client = Client(*body_messages(b"two ", b"burgers"))
    assert body_of(await client.asks(around(inner_echo, reads, pass_on, reads_json))) == b"two burgers"


async def test_the_function_may_put_another_body_in_its_place():
    async def changes(request, call_next):
        request._body = b"three"  # which FastAPI's users do, for want of another way
        return await call_next(request)

    assert body_of(await Client(*body_messages(b"two")).asks(around(inner_echo, changes))) == b"three"


async def test_a_body_that_nobody_read_comes_in_its_pieces():
    pieces = []

    async def inner(scope, receive, send):
        pieces.extend([chunk async for chunk in Request(scope, receive).stream()])
        await PlainTextResponse("")(scope, receive, send)

    await Client(*body_messages(b"two ", b"burgers")).asks(around(inner, pass_on))
    assert pieces == [b"two ", b"burgers", b""]


async def test_a_body_that_was_read_as_a_stream_is_gone_but_nobody_waits_for_it():
    async def stream(request, call_next):
        async for _ in request.stream():
            pass
        return await call_next(request)

    client = Client(*body_messages(b"two ", b"burgers"))
    assert body_of(await client.asks(around(inner_echo, stream))) == b""


async def test_reading_the_body_that_the_handler_has_read_is_an_error_and_no_endless_wait():
    async def late(request, call_next):
        response = await call_next(request)
        await request.body()
        return response

    with pytest.raises(FwlabError, match="read as a stream already"):
        await Client(*body_messages(b"two")).asks(around(inner_echo, late))


# What goes wrong


async def test_an_exception_of_the_handler_is_raised_where_the_function_waits():
    async def inner(scope, receive, send):
        raise LookupError("no burgers")

    async def mend(request, call_next):
        try:
            return await call_next(request)
        except LookupError as exc:
            return PlainTextResponse(str(exc), 404)

    sent = await Client().asks(around(inner, pass_on, mend))
    assert (status_of(sent), body_of(sent)) == (404, b"no burgers")
    with pytest.raises(LookupError, match="no burgers") as caught:
        await Client().asks(around(inner, pass_on))
    assert caught.value.__context__ is None


async def test_an_exception_after_the_start_leaves_the_response_unfinished():
    async def inner(scope, receive, send):
        await send_start(send)
        await send_body(send, b"two", True)
        raise LookupError("no more burgers")

    client = Client()
    with pytest.raises(LookupError, match="no more"):
        await client.asks(around(inner, pass_on, pass_on))
    assert (body_of(client.sent), is_complete(client.sent)) == (b"two", False)


async def test_an_exception_after_the_start_is_raised_where_the_body_is_read():
    async def inner(scope, receive, send):
        await send_start(send)
        await send_body(send, b"two", True)
        raise LookupError("no more burgers")

    async def read(request, call_next):
        response = await call_next(request)
        first = await anext(response.body_iterator)
        with pytest.raises(LookupError, match="no more"):
            await anext(response.body_iterator)
        return PlainTextResponse(first + b"!")

    assert body_of(await Client().asks(around(inner, read))) == b"two!"


async def test_an_exception_after_the_response_comes_through():
    async def fail():
        raise LookupError("after")

    client = Client()
    with pytest.raises(LookupError, match="after"):
        await client.asks(around(PlainTextResponse("two", background=BackgroundTask(fail)), pass_on))
    assert is_complete(client.sent)


@pytest.mark.parametrize("when", ["before", "after", "while reading"])
async def test_an_exception_of_the_function_comes_through_and_the_rest_of_the_app_comes_to_its_end(when):
    steps = []

    async def inner(scope, receive, send):
        try:
            await send_start(send)
            steps.append("start")
            await send_body(send, b"two")
            await anyio.sleep(0)
            steps.append("body")
        finally:
            steps.append("end")

    async def wrong(request, call_next):
        if when == "before":
            raise LookupError(when)
        response = await call_next(request)
        if when == "while reading":
            async for _ in response.body_iterator:
                raise LookupError(when)
        raise LookupError(when)

    client = Client()
    with pytest.raises(LookupError, match=when):
        await client.asks(around(inner, pass_on, wrong))
    assert client.sent == []
    assert steps == ([] if when == "before" else ["start", "body", "end"])


async def test_an_app_that_sends_nothing_is_named():
    async def inner(scope, receive, send):
        pass

    with pytest.raises(FwlabError, match="without sending a response"):
        await Client().asks(around(inner, pass_on))


async def test_a_function_that_returns_no_response_is_named():
    async def forgets(request, call_next):
        await call_next(request)

    with pytest.raises(FwlabError, match=r"forgets.* returned None"):
        await Client().asks(around(PlainTextResponse("two"), forgets))


async def test_a_function_that_cannot_wait_is_refused():
    def plain(request, call_next):
        return call_next(request)

    with pytest.raises(DefinitionError, match=r"plain.*async def"):
        BaseHTTPMiddleware(PlainTextResponse("two"), plain)


# The rest of the app, when its response is not wanted


async def test_a_replaced_response_ends_as_if_the_client_had_left():
    steps = []

    async def inner(scope, receive, send):
        await receive()
        await PlainTextResponse("two", background=BackgroundTask(steps.append, "background"))(scope, receive, send)
        steps.append((await receive())["type"])

    async def replace(request, call_next):
        assert (await call_next(request)).status_code == 200
        return PlainTextResponse("three", 203)

    sent = await Client().asks(around(inner, replace))
    assert (status_of(sent), body_of(sent)) == (203, b"three")
    assert len(sent) == 2
    assert steps == ["background", "http.disconnect"]


async def endless(steps, event=None):
    try:
        while True:
            if event is not None:
                await event.wait()
            yield "tick"
    finally:
        steps.append("closed")


@pytest.mark.parametrize("idle", [False, True])
@pytest.mark.parametrize("then", ["replace", "raise", "again"])
async def test_an_endless_stream_that_is_not_wanted_is_closed(idle, then):
    steps = []
    tried = []

    async def inner(scope, receive, send):
        await receive()
        response = (
            PlainTextResponse("two") if tried else StreamingResponse(endless(steps, anyio.Event() if idle else None))
        )
        tried.append(response)
        await response(scope, receive, send)

    async def other(request, call_next):
        assert (await call_next(request)).status_code == 200
        if then == "again":
            return await call_next(request)
        if then == "raise":
            raise LookupError
        return PlainTextResponse("three")

    client = Client()
    if then == "raise":
        with pytest.raises(LookupError):
            await client.asks(around(inner, other))
    else:
        assert body_of(await client.asks(around(inner, other))) == (b"two" if then == "again" else b"three")
    # A generator that never began has nothing to close.
    assert steps in ([], ["closed"])
    if idle or then == "again":
        assert client.left.is_set() == (then != "raise")


async def test_a_stream_that_was_read_in_part_and_left_is_closed():
    steps = []

    async def some(request, call_next):
        response = await call_next(request)
        chunks = response.body_iterator
        return PlainTextResponse(await anext(chunks) + await anext(chunks))

    sent = await Client().asks(around(StreamingResponse(endless(steps)), some))
    assert (body_of(sent), steps) == (b"ticktick", ["closed"])


@pytest.mark.parametrize("apart", [False, True])
async def test_an_app_that_sends_on_is_told_that_the_client_left(apart):
    async def ticks(send):
        while True:
            await send_body(send, b"tick", True)

    async def inner(scope, receive, send):
        await send_start(send)
        if not apart:
            await ticks(send)
        async with anyio.create_task_group() as group:
            group.start_soon(ticks, send)

    async def some(request, call_next):
        return PlainTextResponse(await anext((await call_next(request)).body_iterator))

    async def replace(request, call_next):
        await call_next(request)
        return PlainTextResponse("three")

    assert body_of(await Client().asks(around(inner, some))) == b"tick"
    assert body_of(await Client().asks(around(inner, replace))) == b"three"


@pytest.mark.parametrize("idle", [False, True])
@pytest.mark.parametrize("then", ["replace", "raise", "again"])
async def test_an_app_that_listens_hears_that_the_client_left(idle, then):
    steps = []

    async def listen(receive, scope):
        while (await receive())["type"] != "http.disconnect":
            pass
        steps.append("heard")
        scope.cancel()

    async def inner(scope, receive, send):
        await send_start(send)
        if steps:
            await send_body(send, b"two")
            return
        async with anyio.create_task_group() as group:
            group.start_soon(listen, receive, group.cancel_scope)
            await anyio.wait_all_tasks_blocked()
            await send_body(send, b"tick", True)
            while True:
                await (anyio.sleep_forever() if idle else send_body(send, b"tick", True))

    async def other(request, call_next):
        await anext((await call_next(request)).body_iterator)
        if then == "raise":
            raise LookupError
        return await call_next(request) if then == "again" else PlainTextResponse("three")

    if then == "raise":
        with pytest.raises(LookupError):
            await Client().asks(around(inner, other))
    else:
        assert body_of(await Client().asks(around(inner, other))) == (b"two" if then == "again" else b"three")
    assert steps == ["heard"]


async def test_the_function_may_call_again():
    tried = []
    ended = []

    async def inner(scope, receive, send):
        assert len(ended) == len(tried), "the call before is still at work"
        tried.append(await Request(scope, receive).body())
        await PlainTextResponse("x" * len(tried), 200 if len(tried) == 3 else 503)(scope, receive, send)
        ended.append(True)

    async def insist(request, call_next):
        await request.body()
        while (response := await call_next(request)).status_code == 503:
            pass
        return response

    sent = await Client(*body_messages(b"two")).asks(around(inner, insist))
    assert (status_of(sent), body_of(sent), tried) == (200, b"xxx", [b"two"] * 3)


# Leaving, cancelling, giving up


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


async def scoped(scope, receive, send):
    """An app that opens and closes cancel scopes of its own before it sends."""
    with anyio.fail_after(60):
        await anyio.sleep(0)
    async with anyio.create_task_group() as group:
        group.start_soon(anyio.sleep, 0)
    await StreamingResponse(iter("abc"))(scope, receive, send)


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


# What is no HTTP, and how it is declared


@pytest.mark.parametrize("kind", ["websocket", "lifespan"])
async def test_what_is_not_http_passes(kind):
    seen = []

    async def inner(scope, receive, send):
        seen.append((scope, receive, send))

    async def never(request, call_next):
        raise AssertionError("called")

    scope, client = {"type": kind}, Client()
    await around(inner, never)(scope, client.receive, client.send)
    assert seen == [(scope, client.receive, client.send)]


async def test_a_class_may_have_the_function_as_its_method():
    class Kitchen(BaseHTTPMiddleware):
        def __init__(self, app, name):
            super().__init__(app)
            self.name = name

        async def dispatch(self, request, call_next):
            response = await call_next(request)
            response.headers["x-kitchen"] = self.name
            return response

    sent = await Client().asks(Kitchen(PlainTextResponse("two"), name="burgers"))
    assert (b"x-kitchen", b"burgers") in headers_of(sent)
    with pytest.raises(NotImplementedError, match="BaseHTTPMiddleware needs `async def dispatch"):
        await Client().asks(BaseHTTPMiddleware(PlainTextResponse("two")))


async def test_a_client_that_left_while_it_sent_its_body_is_known_to_the_function():
    async def reads(request, call_next):
        await request.body()
        return await call_next(request)

    client = Client({"type": "http.request", "body": b"tw", "more_body": True})
    client.left.set()
    with pytest.raises(ClientDisconnect):
        await client.asks(around(inner_echo, reads))
