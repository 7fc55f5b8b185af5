"""WSGI apps inside of an ASGI app: what they see, and that their answers come as they make them."""

from __future__ import annotations

import threading
from contextvars import ContextVar

import anyio
import pytest

from fwlab.exceptions import FwlabError
from fwlab.middleware.http import BaseHTTPMiddleware
from fwlab.middleware.wsgi import WSGIMiddleware

from .asgi import Client, body_messages, http_scope

pytestmark = pytest.mark.anyio


def body_of(sent):
    return b"".join(message.get("body", b"") for message in sent)


async def test_a_request_and_its_answer():
    def app(environ, start_response):
        seen.update(environ)
        seen["body"] = environ["wsgi.input"].read()
        seen["thread"] = threading.current_thread()
        start_response("201 Created", [("Content-Type", "text/plain"), ("X-A", "ä"), ("X-A", "b")])
        return [b"two ", b"burgers"]

    seen = {}
    client = Client(*body_messages(b"a", b"b"))
    headers = [(b"host", b"x"), (b"x-b", b"1"), (b"x-b", b"2"), (b"cookie", b"a=1"), (b"cookie", b"b=2")]
    headers += [(b"content-type", b"text/csv"), (b"content-length", b"2"), (b"x_forwarded_for", b"evil")]
    sent = await client.asks(
        WSGIMiddleware(app), method="POST", path="/old/ä", query=b"q=1", headers=headers, root_path="/old"
    )
    assert sent[0]["status"] == 201
    assert sent[0]["headers"] == [(b"content-type", b"text/plain"), (b"x-a", b"\xe4"), (b"x-a", b"b")]
    assert [message["body"] for message in sent[1:]] == [b"two ", b"burgers", b""]
    expected = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "/old",
        "PATH_INFO": "/ä".encode().decode("latin-1"),
        "QUERY_STRING": "q=1",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "2",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "text/csv",
        "CONTENT_LENGTH": "2",
        "HTTP_HOST": "x",
        "HTTP_X_B": "1,2",
        "HTTP_COOKIE": "a=1; b=2",
        "wsgi.url_scheme": "http",
        "body": b"ab",
    }
    assert expected.items() <= seen.items()
    assert "HTTP_X_FORWARDED_FOR" not in seen
    assert seen["thread"] is not threading.main_thread()


async def test_a_large_body_goes_to_disk_and_is_closed():
    def app(environ, start_response):
        files.append(environ["wsgi.input"])
        start_response("200 OK", [])
        return [str(len(environ["wsgi.input"].read())).encode()]

    files = []
    sent = await Client(*body_messages(*[b"x" * 2**19] * 6)).asks(WSGIMiddleware(app))
    assert body_of(sent) == str(6 * 2**19).encode()
    assert files[0].closed


async def test_a_generator_is_sent_piece_by_piece_in_one_context_and_closed():
    place = ContextVar("place")
    steps = []

    def app(environ, start_response):
        token = place.set("here")

        def pieces():
            try:
                start_response("200 OK", [])
                yield b"a"
                yield b"b"
            finally:
                place.reset(token)  # which Python refuses in another context
                steps.append("closed")

        return pieces()

    async def watch(message):
        steps.append(message.get("body"))

    await Client(on_send=watch).asks(WSGIMiddleware(app))
    assert steps == [None, b"a", b"b", "closed", b""]


async def test_it_can_be_left_in_the_middle():
    closed = threading.Event()

    class Pieces:
        def __iter__(self):
            return self

        def __next__(self):
            return b"tick"

        def close(self):
            closed.set()

    def app(environ, start_response):
        start_response("200 OK", [])
        return Pieces()

    async def leave(message):
        if len(client.sent) == 5:
            raise OSError("gone")

    client = Client(on_send=leave)
    with pytest.raises(OSError, match="gone"):
        await client.asks(WSGIMiddleware(app))
    assert closed.is_set()


async def test_what_is_written_goes_before_what_is_returned():
    def app(environ, start_response):
        write = start_response("200 OK", [])
        write(b"a")
        write(b"b")
        return [b"c"] if environ["PATH_INFO"] == "/more" else []

    assert body_of(await Client().asks(WSGIMiddleware(app), path="/more")) == b"abc"
    assert body_of(await Client().asks(WSGIMiddleware(app))) == b"ab"


async def test_an_error_can_still_change_the_answer_before_it_begins_but_not_after():
    def app(environ, start_response):
        def pieces():
            if environ["PATH_INFO"] == "/late":
                yield b"a"
            try:
                raise LookupError("no burgers")
            except LookupError as exc:
                start_response("500 Sorry", [], (type(exc), exc, exc.__traceback__))
            yield b"sorry"

        start_response("200 OK", [])
        return pieces()

    sent = await Client().asks(WSGIMiddleware(app))
    assert (sent[0]["status"], body_of(sent)) == (500, b"sorry")
    with pytest.raises(LookupError, match="no burgers"):
        await Client().asks(WSGIMiddleware(app), path="/late")


async def test_an_app_that_does_not_start_its_answer_is_named():
    with pytest.raises(FwlabError, match="without calling start_response"):
        await Client().asks(WSGIMiddleware(lambda environ, start_response: [b"two"]))


async def test_a_time_limit_of_a_middleware_can_be_around_it():
    def app(environ, start_response):
        start_response("200 OK", [])
        return [b"two ", b"burgers"]

    async def limited(request, call_next):
        with anyio.fail_after(60):
            return await call_next(request)

    sent = await Client().asks(BaseHTTPMiddleware(WSGIMiddleware(app), limited))
    assert body_of(sent) == b"two burgers"


async def test_a_websocket_is_refused():
    client = Client()
    await WSGIMiddleware(lambda *_: [])(http_scope() | {"type": "websocket"}, client.receive, client.send)
    assert client.sent[0]["type"] == "websocket.close"
