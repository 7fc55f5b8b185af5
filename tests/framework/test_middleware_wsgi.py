"""WSGI apps inside of an ASGI app: what they see, and that their answers come as they make them."""

from __future__ import annotations

import sys
import threading
from contextvars import ContextVar

import pytest

from fwlab.exceptions import FwlabError
from fwlab.middleware.wsgi import WSGIMiddleware

from .asgi import Client, body_messages, http_scope

pytest.importorskip("a2wsgi")
pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("anyio_backend", ["asyncio"])]


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


async def test_what_is_written_goes_before_what_is_returned():
    def app(environ, start_response):
        write = start_response("200 OK", [])
        write(b"a")
        write(b"b")
        return [b"c"] if environ["PATH_INFO"] == "/more" else []

    assert body_of(await Client().asks(WSGIMiddleware(app), path="/more")) == b"abc"
    assert body_of(await Client().asks(WSGIMiddleware(app))) == b"ab"


async def test_a_websocket_is_refused():
    client = Client()
    await WSGIMiddleware(lambda *_: [])(http_scope() | {"type": "websocket"}, client.receive, client.send)
    assert client.sent[0]["type"] == "websocket.close"


async def test_without_a2wsgi_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "a2wsgi", None)
    with pytest.raises(FwlabError, match="pip install a2wsgi"):
        WSGIMiddleware(lambda *_: [])
