"""A function around the rest of the app: what it may do to a request and to its response."""

from __future__ import annotations

import pytest

from fwlab.background import BackgroundTask
from fwlab.exceptions import FwlabError
from fwlab.middleware.http import BaseHTTPMiddleware
from fwlab.requests import ClientDisconnect, Request
from fwlab.responses import JSONResponse, PlainTextResponse, StreamingResponse

from .around import around, body_of, headers_of, inner_echo, is_complete, pass_on, send_start, status_of
from .asgi import Client, body_messages, exchange, http_scope

pytestmark = pytest.mark.anyio


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


# The request's body


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
