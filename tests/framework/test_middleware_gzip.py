"""Compression: what is compressed, what is not, and that a stream still arrives piece by piece."""

from __future__ import annotations

import zlib
from gzip import decompress
from threading import current_thread, main_thread

import pytest

from fwlab.middleware.gzip import GZipMiddleware
from fwlab.responses import PlainTextResponse, Response, StreamingResponse

from .asgi import Client, exchange, http_scope

pytestmark = pytest.mark.anyio
TEXT = b"two burgers, " * 1000


async def ask(app, accept=b"gzip", **options):
    headers = [] if accept is None else [(b"accept-encoding", accept)]
    sent = await Client().asks(GZipMiddleware(app, **options), headers=headers)
    start = next(message for message in sent if message["type"] == "http.response.start")
    pieces = [message["body"] for message in sent if message["type"] == "http.response.body"]
    return dict(start["headers"]), pieces


@pytest.mark.parametrize("accept", [b"gzip", b"br, GZIP", b"deflate, gzip;q=0.5", b"x-gzip"])
async def test_a_large_body_is_compressed_where_the_client_accepts_it(accept):
    headers, (body,) = await ask(PlainTextResponse(TEXT), accept)
    assert decompress(body) == TEXT
    assert headers[b"content-encoding"] == b"gzip"
    assert headers[b"content-length"] == b"%d" % len(body)
    assert headers[b"vary"] == b"Accept-Encoding"


@pytest.mark.parametrize("accept", [None, b"", b"br", b"gzip;q=0", b"gzip; Q = 0.000", b"notgzip", b"gzip2"])
async def test_others_get_it_as_it_is_but_caches_are_told(accept):
    headers, pieces = await ask(PlainTextResponse(TEXT), accept)
    assert pieces == [TEXT]
    assert b"content-encoding" not in headers
    assert headers[b"content-length"] == b"%d" % len(TEXT)
    assert headers[b"vary"] == b"Accept-Encoding"


@pytest.mark.parametrize(
    "response",
    [
        PlainTextResponse("small"),
        Response(TEXT, headers={"Content-Encoding": "br"}),
        Response(TEXT, 206),
        Response(TEXT, media_type="image/png"),
        Response(TEXT, media_type="Video/MP4; codecs=x"),
        Response(TEXT, media_type="application/grpc+proto"),
        StreamingResponse(iter([TEXT]), media_type="text/event-stream"),
        Response(status_code=204),
    ],
)
async def test_what_would_not_gain_from_it_stays_as_it_is(response):
    expected = await exchange(response, http_scope())
    headers, pieces = await ask(response)
    assert headers == dict(expected[0]["headers"])
    if not isinstance(response, StreamingResponse):
        assert pieces == [expected[1]["body"]]


async def test_the_limits_can_be_set():
    _, (body,) = await ask(PlainTextResponse("small"), minimum_size=5)
    assert decompress(body) == b"small"
    headers, pieces = await ask(Response(status_code=204), minimum_size=0)
    assert (headers, pieces) == ({}, [b""])
    fastest, smallest = [(await ask(PlainTextResponse(TEXT), compresslevel=level))[1][0] for level in (1, 9)]
    assert len(smallest) < len(fastest)
    assert decompress(fastest) == decompress(smallest)


async def test_each_piece_of_a_stream_can_be_read_when_it_comes():
    headers, pieces = await ask(StreamingResponse(iter(["two ", "burgers"]), headers={"content-length": "11"}))
    assert headers[b"content-encoding"] == b"gzip"
    assert b"content-length" not in headers
    reader = zlib.decompressobj(16 + zlib.MAX_WBITS)
    assert [reader.decompress(piece) for piece in pieces] == [b"two ", b"burgers", b""]
    assert reader.eof


async def test_a_stream_that_is_not_compressed_passes():
    headers, pieces = await ask(StreamingResponse(iter(["two ", "burgers"])), accept=None)
    assert (headers[b"vary"], pieces) == (b"Accept-Encoding", [b"two ", b"burgers", b""])


@pytest.mark.parametrize(("limit", "in_main"), [(len(TEXT), False), (len(TEXT) + 1, True)])
async def test_large_pieces_are_compressed_in_a_worker_thread(monkeypatch, limit, in_main):
    threads = []
    make = zlib.compressobj

    class Watched:
        def __init__(self, *args):
            self._compressor = make(*args)

        def compress(self, data):
            threads.append(current_thread() is main_thread())
            return self._compressor.compress(data)

        def flush(self, mode):
            return self._compressor.flush(mode)

    monkeypatch.setattr(zlib, "compressobj", Watched)
    _, (body,) = await ask(PlainTextResponse(TEXT), thread_minimum_size=limit)
    assert decompress(body) == TEXT
    assert threads == [in_main]


async def test_the_apps_own_headers_are_not_touched():
    response = PlainTextResponse(TEXT)
    before = list(response.raw_headers)
    for _ in range(2):
        await ask(response)
    assert response.raw_headers == before


async def test_messages_of_other_kinds_pass():
    async def app(scope, receive, send):
        await send({"type": "http.response.early_hint", "links": []})
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.pathsend", "path": "/menu.txt"})

    sent = await exchange(GZipMiddleware(app), http_scope(headers=[(b"accept-encoding", b"gzip")]))
    kinds = [message["type"] for message in sent]
    assert kinds == ["http.response.early_hint", "http.response.start", "http.response.pathsend"]


async def test_what_is_not_http_passes():
    seen = []

    async def app(*call):
        seen.append(call)

    await GZipMiddleware(app)({"type": "websocket"}, "receive", "send")
    assert seen == [({"type": "websocket"}, "receive", "send")]
