"""A function around the rest of the app: what goes wrong in either, and a response that is not wanted."""

from __future__ import annotations

import anyio
import pytest

from fwlab.background import BackgroundTask
from fwlab.exceptions import DefinitionError, FwlabError
from fwlab.middleware.http import BaseHTTPMiddleware
from fwlab.requests import Request
from fwlab.responses import PlainTextResponse, StreamingResponse

from .around import around, body_of, endless, is_complete, pass_on, send_body, send_start, status_of
from .asgi import Client, body_messages

pytestmark = pytest.mark.anyio


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


async def test_an_app_that_listened_once_and_sends_on_is_told_that_the_client_left():
    async def inner(scope, receive, send):
        await receive()
        with anyio.move_on_after(0):
            await receive()
        await send_start(send)
        while True:
            await send_body(send, b"tick", True)

    async def replace(request, call_next):
        await call_next(request)
        return PlainTextResponse("three")

    assert body_of(await Client().asks(around(inner, replace))) == b"three"


async def test_what_is_wrong_in_the_function_is_told_before_what_is_wrong_in_the_rest_of_the_app_after_it():
    async def inner(scope, receive, send):
        await send_start(send)
        raise ValueError("of the app")

    async def wrong(request, call_next):
        await call_next(request)
        raise LookupError("of the function")

    with pytest.raises(LookupError, match="of the function") as caught:
        await Client().asks(around(inner, wrong))
    assert isinstance(caught.value.__context__, ValueError)
