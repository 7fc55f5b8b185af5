"""DirectTransport: HTTP/1.1 as servers speak it, well and badly, over a real socket."""

from __future__ import annotations

import asyncio
import gc
import socket

import httpx
import pytest

from fwlab.lab import DirectTransport, serve

from .conftest import answer, until

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("leaves_no_task")]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def client_for(url, **options):
    return httpx.AsyncClient(transport=DirectTransport(), base_url=url, **options)


async def ask(scripted, *connections, method="GET", count=1, **options):
    """Ask a server with this script, and return its answers and what it heard."""
    async with scripted(*connections) as server, client_for(server.url) as client:
        responses = [await client.request(method, "/", **options) for _ in range(count)]
    return (responses[0] if count == 1 else responses), server


async def test_an_answer_has_status_headers_body_and_reason(scripted):
    response, server = await ask(scripted, [b"HTTP/1.1 299 Quite OK\r\nX-One: 1\r\nContent-Length: 2\r\n\r\nhi"])
    assert (response.status_code, response.reason_phrase, response.text) == (299, "Quite OK", "hi")
    assert response.http_version == "HTTP/1.1"
    assert response.headers["x-one"] == "1"
    assert server.heard[0].startswith(b"GET / HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nTrailer: t\r\n\r\n",
            "hello",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""),
        (b"HTTP/1.1 204 No Content\r\n\r\n", ""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", ""),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, "hello"),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + OK, "hello"),
    ],
)
async def test_each_kind_of_body_is_read_and_its_connection_kept(scripted, raw, body):
    responses, server = await ask(scripted, [raw, raw], count=2)
    assert [response.text for response in responses] == [body, body]
    assert server.accepted == 1


async def test_a_head_request_has_no_body_whatever_its_length_says(scripted):
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
    responses, server = await ask(scripted, [head, head], method="HEAD", count=2)
    assert [response.content for response in responses] == [b"", b""]
    assert server.accepted == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\n\r\nhello",
        b"HTTP/1.0 200 OK\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
    ],
)
async def test_a_body_that_ends_with_the_connection_needs_another_for_the_next(scripted, raw):
    responses, server = await ask(scripted, [(raw, None)], [(raw, None)], count=2)
    assert [response.text for response in responses] == ["hello", "hello"]
    assert server.accepted == 2


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (None, httpx.RemoteProtocolError),
        ("reset", httpx.ReadError),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", httpx.RemoteProtocolError),
        (b"\x00\xff" * 200_000, httpx.RemoteProtocolError),
        ((b"HTTP/1.1 200", None), httpx.RemoteProtocolError),
        ((b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", None), httpx.RemoteProtocolError),
        ((b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", "reset"), httpx.ReadError),
        ((b"HTTP/1.1 200 OK\r\n\r\nhalf of a body without a length", "reset"), httpx.ReadError),
        ((b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe", None), httpx.RemoteProtocolError),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", httpx.RemoteProtocolError),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n\r\n", httpx.RemoteProtocolError),
    ],
)
async def test_a_server_that_speaks_badly_is_an_error_of_httpx(scripted, script, error):
    with pytest.raises(error):
        await ask(scripted, [script], headers={"connection": "upgrade", "upgrade": "echo"})


async def test_nothing_listens():
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
    async with client_for(f"http://127.0.0.1:{port}") as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("/")


async def test_https_is_refused_in_clear_words():
    async with client_for("https://127.0.0.1:1") as client:
        with pytest.raises(httpx.UnsupportedProtocol, match="http:// only"):
            await client.get("/")


async def test_a_header_that_cannot_be_sent(scripted):
    with pytest.raises(httpx.LocalProtocolError):
        await ask(scripted, [OK], headers={"x-bad": "a\r\nb: c"})


@pytest.mark.parametrize("script", ["silence", (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", "silence")])
async def test_a_server_that_falls_silent_is_a_read_timeout(scripted, script):
    with pytest.raises(httpx.ReadTimeout):
        await ask(scripted, [script], timeout=httpx.Timeout(5, read=0.02))


async def test_a_server_that_takes_nothing_is_a_write_timeout():
    with socket.create_server(("127.0.0.1", 0)) as holder:  # accepts in the kernel, and reads nothing
        async with client_for(f"http://127.0.0.1:{holder.getsockname()[1]}") as client:
            with pytest.raises(httpx.WriteTimeout):
                await client.post("/", content=bytes(20_000_000), timeout=httpx.Timeout(5, write=0.02))


async def test_a_connection_that_does_not_come_about_is_a_connect_timeout(monkeypatch):
    async def never(*args, **kwargs):
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", never, raising=False)
    async with client_for("http://127.0.0.1:1") as client:
        with pytest.raises(httpx.ConnectTimeout):
            await client.get("/", timeout=httpx.Timeout(5, connect=0.01))


async def test_a_kept_connection_that_was_closed_meanwhile_is_replaced(scripted):
    async with scripted([(OK, None)], [OK]) as server, client_for(server.url) as client:
        await client.get("/")
        await until(lambda: not client._transport._open)
        assert (await client.post("/", content=b"x")).text == "hello"
    assert server.accepted == 2


async def test_a_request_lost_on_a_kept_connection_is_sent_once_more_where_that_is_safe(scripted):
    responses, server = await ask(scripted, [OK, "reset"], [OK], count=2, method="PUT", content=b"body")
    assert responses[1].text == "hello"
    assert [heard[-4:] for heard in server.heard] == [b"body"] * 3


async def test_a_request_lost_on_a_fresh_connection_is_not_sent_again(scripted):
    with pytest.raises(httpx.ReadError):
        await ask(scripted, ["reset"], [OK])


@pytest.mark.parametrize("how", [{"method": "POST"}, {"method": "PUT", "once": True}])
async def test_a_request_that_may_not_or_cannot_be_sent_twice_is_not(scripted, how):
    async def pieces():
        yield b"body"

    async with scripted([OK, "reset"], [OK]) as server, client_for(server.url) as client:
        await client.get("/")
        with pytest.raises(httpx.ReadError):
            await client.request(how["method"], "/", content=pieces() if "once" in how else b"body")
    assert server.accepted == 1


async def test_an_answer_nobody_asked_for_is_not_taken_for_the_next_one(scripted):
    two_at_once = OK + b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad"
    async with scripted([two_at_once], [OK]) as server, client_for(server.url) as client:
        assert (await client.get("/")).text == "hello"
        assert (await client.get("/")).text == "hello"
    assert server.accepted == 2


async def test_a_late_answer_nobody_asked_for_is_not_taken_for_the_next_one(scripted):
    async with scripted([OK], [OK]) as server, client_for(server.url) as client:
        await client.get("/")
        server.writers[0].write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad")
        await until(lambda: not client._transport._open)
        assert (await client.get("/")).text == "hello"
    assert server.accepted == 2


async def test_each_request_in_flight_has_its_own_connection_and_idle_ones_are_used_again(gate):
    app = gate(8)
    async with serve(app) as server, client_for(server.url) as client:
        for _ in range(3):
            app.open.clear()
            await asyncio.gather(*(client.get("/") for _ in range(8)))
        assert len(server._uvicorn.server_state.connections) == 8
    assert app.most_inside == 8


async def test_bodies_stream_in_both_directions():
    async def echo(scope, receive, send):
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        more = True
        while more:
            message = await receive()
            more = message["more_body"]
            await send({"type": "http.response.body", "body": message["body"], "more_body": more})

    echoed = asyncio.Event()

    async def pieces():
        yield b"first"
        await echoed.wait()  # goes on only when the first piece has come back
        yield b"second"

    async with serve(echo) as server, client_for(server.url) as client:
        transport = client._transport
        request = client.build_request("POST", "/", content=b"x" * 3_000_000)
        response = await transport.handle_async_request(request)
        assert len(await response.aread()) == 3_000_000
        echoed.set()
        assert (await client.post("/", content=pieces())).text == "firstsecond"


async def test_a_large_body_is_read_no_faster_than_it_is_wanted_and_whole_all_the_same():
    size, sent = 30_000_000, 0

    async def app(scope, receive, send):
        nonlocal sent
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while sent < size:
            await send({"type": "http.response.body", "body": bytes(100_000), "more_body": True})
            sent += 100_000
        await send({"type": "http.response.body", "body": b""})

    async with serve(app) as server, client_for(server.url) as client, client.stream("GET", "/") as response:
        before = -1
        while sent != before:  # until the server is held up
            before = sent
            await asyncio.sleep(0.05)
        assert 0 < sent < size
        read = 0
        async with asyncio.timeout(20):
            async for piece in response.aiter_raw():
                read += len(piece)
        assert read == size


async def test_a_body_left_unread_closes_its_connection(scripted):
    async with scripted([OK], [OK]) as server, client_for(server.url) as client:
        async with client.stream("GET", "/") as response:
            assert response.status_code == 200
        await until(lambda: not client._transport._open)
        assert (await client.get("/")).text == "hello"
    assert server.accepted == 2


async def test_a_cancelled_request_closes_its_connection_and_the_next_one_works(scripted):
    async with scripted(["silence"], [OK]) as server, client_for(server.url) as client:
        asking = asyncio.create_task(client.get("/"))
        while not server.heard:
            await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await until(lambda: not client._transport._open)
        assert (await client.get("/")).text == "hello"


async def test_closing_ends_requests_in_flight_and_leaves_no_socket(scripted, recwarn):
    async with scripted([OK], ["silence"]) as server:
        client = client_for(server.url)
        _, silent = await asyncio.gather(client.get("/"), _until_heard(client, server))
        await client.aclose()
        with pytest.raises(httpx.ReadError):
            await silent
    gc.collect()
    assert [str(warning.message) for warning in recwarn] == []


async def _until_heard(client, server):
    asking = asyncio.create_task(client.get("/"))
    while len(server.heard) < 2:
        await asyncio.sleep(0)
    return asking


async def test_a_server_that_answers_before_it_has_read_everything(hello):
    async def impatient(scope, receive, send):
        assert scope["type"] == "http"
        await answer(send, b"too large", 413, [(b"connection", b"close")])

    async with serve(impatient) as server, client_for(server.url) as client:
        response = await client.post("/", content=b"x" * 100)
        assert (response.status_code, response.text) == (413, "too large")
