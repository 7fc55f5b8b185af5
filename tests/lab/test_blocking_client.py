"""A blocking call to the server in the caller's own loop is explained; every other call is left alone."""

from __future__ import annotations

import asyncio
import socket
import threading
import urllib.request

import httpx
import pytest

from fwlab.lab import DirectTransport, ServeError, serve

pytestmark = pytest.mark.anyio


def with_http_client(url):
    import http.client

    http.client.HTTPConnection("localhost", int(url.rsplit(":", 1)[1])).request("GET", "/")


def with_requests(url):
    import requests

    requests.get(url)


CLIENTS = [
    pytest.param(lambda url: httpx.get(url), id="httpx"),
    pytest.param(lambda url: httpx.get(url.replace("127.0.0.1", "localhost")), id="httpx, localhost"),
    pytest.param(lambda url: urllib.request.urlopen(url), id="urllib"),
    pytest.param(with_http_client, id="http.client"),
    pytest.param(with_requests, id="requests"),  # comes with JupyterLab
]


@pytest.mark.parametrize("call", CLIENTS)
async def test_a_blocking_call_is_explained_instead_of_waiting_forever(hello, call):
    async with serve(hello) as server:
        with pytest.raises(ServeError, match=r"(?s)would wait forever.*await client\.get"):
            call(server.url)


async def test_a_blocking_call_in_a_handler_is_explained_too(hello, caplog):
    async def asks_itself(scope, receive, send):
        assert scope["type"] == "http"
        httpx.get("http://{}:{}".format(*scope["server"]))

    async with serve(asks_itself) as server, httpx.AsyncClient(transport=DirectTransport()) as client:
        assert (await client.get(server.url)).status_code == 500
    assert "would wait forever" in caplog.text


async def test_a_blocking_call_in_another_thread_is_answered(hello):
    async with serve(hello) as server:
        assert (await asyncio.to_thread(httpx.get, server.url)).text == "hello"


async def test_an_async_client_is_answered(hello):
    async with serve(hello) as server, httpx.AsyncClient() as client:
        assert (await client.get(server.url)).text == "hello"


async def test_other_ports_are_left_alone(hello):
    with socket.create_server(("127.0.0.1", 0)) as other:
        async with serve(hello):
            socket.create_connection(other.getsockname(), timeout=5).close()


async def test_after_the_end_the_port_is_an_ordinary_one(hello):
    async with serve(hello) as server:
        pass
    with socket.create_server(("127.0.0.1", server.port)) as other:
        socket.create_connection(other.getsockname(), timeout=5).close()


async def test_a_server_in_another_threads_loop_answers_blocking_calls_from_here(hello):
    url, known, over = [], threading.Event(), threading.Event()

    async def elsewhere():
        async with serve(hello, name="elsewhere") as server:
            url.append(server.url)
            known.set()
            while not over.is_set():
                await asyncio.sleep(0.01)

    thread = threading.Thread(target=asyncio.run, args=(elsewhere(),))
    thread.start()
    try:
        known.wait()
        assert httpx.get(url[0]).text == "hello"
    finally:
        over.set()
        thread.join()
