"""The raw engine's connections: kept, lost, replaced, and never mistaken for one another."""

from __future__ import annotations

import asyncio

import pytest

from fwlab.lab import load, serve, virtual
from fwlab.lab.loading.answers import H11Answers, HttptoolsAnswers

from .conftest import until
from .test_answers import PARSERS

pytestmark = pytest.mark.usefixtures("parser")

_RAW = {"warmup": 0, "engine": "raw"}
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


@pytest.fixture(params=[H11Answers, HttptoolsAnswers], ids=["h11", "httptools"])
def parser(request, monkeypatch):
    if request.param not in PARSERS:
        pytest.skip("install httptools to run this")
    monkeypatch.setattr("fwlab.lab.loading.raw_engine.fastest", lambda: request.param)


async def raw(target, requests=1, **how):
    return await load(target, **{"path": "/", "users": 1, "requests": requests, "timeout": 20, **how}, **_RAW)


def came_of(run):
    return [sample.error for sample in run.samples]


@pytest.mark.anyio
@pytest.mark.usefixtures("leaves_no_task")
async def test_a_user_keeps_its_connection(gate):
    app = gate(8)
    async with serve(app) as server:
        run = await load(server, users=8, requests=80, warmup=1, engine="raw")
        assert run.errors == {}
    assert app.most_inside == 8


@pytest.mark.anyio
@pytest.mark.usefixtures("leaves_no_task")
async def test_the_four_moments_are_in_order(hello):
    async with serve(hello) as server:
        run = await load(server, users=3, requests=30, engine="raw")
    for sample in (*run.samples, *run.warmup_samples):
        assert 0 <= sample.intended <= sample.sent <= sample.first_byte <= sample.done


def test_the_head_comes_before_the_rest(parser):
    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK[:-3])
        await asyncio.sleep(1)
        writer.write(OK[-3:])
        writer.close()

    async def main():
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            return await raw(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")

    (sample,) = virtual(main).samples  # where time goes on only when nothing is on its way
    assert (sample.first_byte - sample.sent, sample.done - sample.first_byte) == (0, 1)


@pytest.mark.anyio
@pytest.mark.usefixtures("leaves_no_task")
async def test_method_body_and_headers_arrive(scripted):
    async with scripted([OK]) as server:
        await raw(server.url, path="/x?y=1", method="post", json={"name": "Käse"}, headers={"X-Token": "t"})
    head, _, body = server.heard[0].partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /x?y=1 HTTP/1.1"
    assert {b"X-Token: t", b"Content-Type: application/json", f"Host: 127.0.0.1:{server.port}".encode()} <= set(lines)
    assert body == '{"name":"Käse"}'.encode()


@pytest.mark.anyio
@pytest.mark.usefixtures("leaves_no_task")
async def test_a_kept_connection_that_was_closed_meanwhile_is_replaced(scripted):
    async with scripted([(OK, None)], [OK]) as server:
        run = await raw(server.url, 2, rate=5, method="POST", json=1)
    assert came_of(run) == [None, None]
    assert server.accepted == 2


@pytest.mark.anyio
@pytest.mark.usefixtures("leaves_no_task")
async def test_a_request_lost_on_a_kept_connection_is_sent_once_more_where_that_is_safe(scripted):
    async with scripted([OK, "reset"], [OK]) as server:
        assert came_of(await raw(server.url, 2, method="PUT", json=1)) == [None, None]
    assert len(server.heard) == 3


@pytest.mark.anyio
@pytest.mark.usefixtures("leaves_no_task")
async def test_but_not_where_it_is_not(scripted):
    async with scripted([OK, "reset"], [OK]) as server:
        assert came_of(await raw(server.url, 3, method="POST", json=1)) == [None, "ReadError", None]
    assert len(server.heard) == 3


@pytest.mark.anyio
@pytest.mark.usefixtures("leaves_no_task")
async def test_and_not_twice(scripted):
    async with scripted([OK, "reset"], ["reset"], [OK]) as server:
        assert came_of(await raw(server.url, 3)) == [None, "ReadError", None]


@pytest.mark.anyio
@pytest.mark.usefixtures("leaves_no_task")
async def test_nor_when_an_answer_had_begun(scripted):
    async with scripted([OK, (b"HTTP/1.1 200 OK\r\n", "reset")], [OK]) as server:
        assert came_of(await raw(server.url, 3)) == [None, "ReadError", None]


@pytest.mark.anyio
@pytest.mark.usefixtures("leaves_no_task")
async def test_an_answer_nobody_asked_for_is_not_taken_for_the_next_one(scripted):
    bad = b"HTTP/1.1 500 Bad\r\nContent-Length: 0\r\n\r\n"
    async with scripted([OK + bad], [OK]) as server:
        assert came_of(await raw(server.url, 2)) == [None, None]
    assert server.accepted == 2


@pytest.mark.anyio
@pytest.mark.usefixtures("leaves_no_task")
async def test_not_even_a_late_one(scripted):
    bad = b"HTTP/1.1 500 Bad\r\nContent-Length: 0\r\n\r\n"
    async with scripted([OK], [OK]) as server:

        def between_the_two(user, number):
            if number == 0:
                asyncio.get_running_loop().call_later(0.05, lambda: server.writers[0].write(bad))
            return "/"

        run = await raw(server.url, 2, path=between_the_two, rate=5)
    assert came_of(run) == [None, None]


@pytest.mark.anyio
@pytest.mark.usefixtures("leaves_no_task")
async def test_a_connection_that_does_not_come_about_costs_the_timeout(monkeypatch):
    async def never(*args, **kwargs):
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", never, raising=False)
    run = await load("http://127.0.0.1:1", users=2, requests=4, warmup=0, timeout=0.02, engine="raw")
    assert run.errors == {"timeout": 4}


@pytest.mark.anyio
@pytest.mark.usefixtures("leaves_no_task")
async def test_after_a_timeout_the_user_goes_on_with_a_fresh_connection(scripted):
    async with scripted(["silence"], [OK]) as server:
        run = await load(server.url, users=1, requests=2, warmup=0, timeout=0.3, engine="raw")
    assert came_of(run) == ["timeout", None]


@pytest.mark.anyio
@pytest.mark.usefixtures("leaves_no_task")
async def test_what_it_closes_is_closed(hello):
    async with serve(hello) as server:
        await load(server, users=5, requests=10, engine="raw")
        await until(lambda: not server._uvicorn.server_state.connections)
