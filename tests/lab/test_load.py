"""load(): the closed model, what it records, and what it does with targets and numbers that make no sense."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
from collections import Counter

import httpx
import pytest

from fwlab.lab import AppTransport, DirectTransport, LoadError, ServeError, load, serve

from .conftest import answer, until

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("leaves_no_task")]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


@pytest.fixture
def nothing_listens():
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
    return f"http://127.0.0.1:{port}"


class Recorder:
    """An application that keeps what it was asked."""

    def __init__(self):
        self.requests = []

    async def __call__(self, scope, receive, send):
        assert scope["type"] == "http"
        self.requests.append((scope, (await receive())["body"]))
        await answer(send)


async def test_it_sends_so_many_requests_and_warms_up_before():
    app = Recorder()
    run = await load(app, "/burgers?size=2", users=4, requests=10, warmup=2)
    assert len(app.requests) == 4 * 2 + 10
    assert len(run.samples) == 10
    assert Counter(sample.user for sample in run.warmup_samples) == {0: 2, 1: 2, 2: 2, 3: 2}
    assert (run.name, run.users) == ("GET /burgers?size=2", 4)
    assert {(scope["path"], scope["query_string"]) for scope, _ in app.requests} == {("/burgers", b"size=2")}


async def test_counting_begins_when_every_user_is_warm(hello):
    run = await load(hello, users=5, requests=20)
    assert {sample.warmup for sample in run.warmup_samples} == {True}
    assert {sample.warmup for sample in run.samples} == {False}
    assert max(sample.done for sample in run.warmup_samples) <= min(sample.intended for sample in run.samples)


async def test_each_user_warms_up_however_long_another_takes():
    served, two_served = 0, asyncio.Event()

    async def slow_at_first(scope, receive, send):
        nonlocal served
        assert scope["type"] == "http"
        served += 1
        if served == 1:
            await two_served.wait()
        if served == 3:
            two_served.set()
        await answer(send)

    run = await load(slow_at_first, users=2, requests=2, warmup=2)
    assert Counter(sample.user for sample in run.warmup_samples) == {0: 2, 1: 2}


async def test_without_warm_up(hello):
    run = await load(hello, users=2, requests=2, warmup=0)
    assert run.warmup_samples == ()


async def test_method_body_and_headers_arrive():
    app = Recorder()
    await load(app, "/", method="post", json={"name": "Käse"}, headers={"x-token": "t"}, users=1, requests=1, warmup=0)
    ((scope, body),) = app.requests
    assert scope["method"] == "POST"
    assert json.loads(body) == {"name": "Käse"}
    assert {(b"x-token", b"t"), (b"content-type", b"application/json")} <= set(scope["headers"])


async def test_the_times_of_a_sample_are_in_order(hello):
    async with serve(hello) as server:
        run = await load(server, users=3, requests=30)
    for sample in (*run.samples, *run.warmup_samples):
        assert 0 <= sample.intended <= sample.sent <= sample.first_byte <= sample.done
        assert (sample.status, sample.error) == (200, None)
    assert run.duration >= max(sample.done for sample in run.samples) - min(sample.sent for sample in run.samples)


@pytest.mark.parametrize("users", [1, 7, 50])
async def test_so_many_users_ask_at_the_same_time_and_never_more(gate, users):
    app = gate(users)
    async with serve(app) as server:
        run = await load(server, users=users, requests=2 * users, warmup=0)
    assert app.most_inside == users
    assert {sample.user for sample in run.samples} == set(range(users))


async def test_in_the_closed_model_a_user_asks_again_when_it_has_its_answer(hello):
    run = await load(hello, users=3, requests=30)
    for user in range(3):
        own = [sample for sample in run.samples if sample.user == user]
        assert all(before.done <= after.sent for before, after in itertools.pairwise(own))


async def test_a_handler_that_blocks_is_seen_as_its_users_see_it(hello):
    """Of five who ask together, nobody has an answer before the last one has asked, as the loop is held meanwhile."""
    run = await load(hello, users=5, requests=5, warmup=0)  # the handler awaits nothing that waits
    assert max(sample.sent for sample in run.samples) < min(sample.first_byte for sample in run.samples)


@pytest.mark.parametrize("kind", ["server", "url", "localhost", "app", "client", "client in memory"])
async def test_each_kind_of_target(hello, kind):
    async with serve(hello) as server, httpx.AsyncClient(base_url=server.url) as client:
        target = {
            "server": server,
            "url": server.url,
            "localhost": f"http://localhost:{server.port}/",
            "app": hello,
            "client": client,
            "client in memory": httpx.AsyncClient(transport=AppTransport(hello), base_url="http://localhost"),
        }[kind]
        run = await load(target, "/x", users=2, requests=4)
        assert [sample.status for sample in run.samples] == [200] * 4
        assert not client.is_closed, "a client of the caller's own stays open"


async def test_a_client_keeps_its_headers_and_base_path():
    app = Recorder()
    transport = AppTransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost/api", headers={"x-a": "1"}) as client:
        run = await load(client, "/burgers", users=1, requests=1, warmup=0)
    ((scope, _),) = app.requests
    assert (scope["path"], run.name) == ("/api/burgers", "GET /burgers")
    assert (b"x-a", b"1") in scope["headers"]


async def test_the_lifespan_of_an_application_in_memory_runs():
    events = []

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            events.append((await receive())["type"])
            await send({"type": "lifespan.startup.complete"})
            events.append((await receive())["type"])
            await send({"type": "lifespan.shutdown.complete"})
        else:
            events.append("request")
            await answer(send)

    await load(app, users=1, requests=1, warmup=0)
    assert events == ["lifespan.startup", "request", "lifespan.shutdown"]


async def test_an_application_in_memory_that_does_not_start():
    async def app(scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    with pytest.raises(ServeError, match="no database"):
        await load(app)


@pytest.mark.parametrize("make", [str, lambda url: httpx.AsyncClient(base_url=url)], ids=["url", "client"])
async def test_a_target_that_does_not_listen_is_an_error_at_once(nothing_listens, make):
    with pytest.raises(LoadError, match=f"Nothing listens on {nothing_listens}.*serve"):
        await load(make(nothing_listens), users=3, requests=300)


async def test_a_stopped_server(hello):
    server = await serve(hello)
    await server.stop()
    with pytest.raises(LoadError, match="'main' has stopped"):
        await load(server)


async def test_each_failure_is_a_sample_with_its_kind(scripted):
    script = [
        [b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", "reset"],
        [None],
        [b"garbage\r\n\r\n"],
        [(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", "reset")],
        [OK],
    ]
    async with scripted(*script) as server:
        run = await load(server.url, method="POST", users=1, requests=7, warmup=0)
    assert [sample.error for sample in run.samples] == [
        "HTTP 503",
        "HTTP 404",
        "ReadError",
        "RemoteProtocolError",
        "RemoteProtocolError",
        "ReadError",
        None,
    ]
    assert [sample.status for sample in run.samples] == [503, 404, None, None, None, 200, 200]
    assert [sample.done is None for sample in run.samples] == [False, False, True, True, True, True, False]
    assert run.samples[5].first_byte is not None


async def test_an_exception_of_an_application_in_memory_is_a_sample():
    async def app(scope, receive, send):
        assert scope["type"] == "http"
        raise ValueError("no burgers left")

    run = await load(app, users=2, requests=4)
    assert run.errors == {"ValueError": 4}


async def test_a_request_that_takes_too_long_is_an_error_and_the_load_ends():
    async def drips(scope, receive, send):
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while (await asyncio.sleep(0.001)) is None:
            await send({"type": "http.response.body", "body": b".", "more_body": True})

    run = await load(drips, users=3, requests=3, warmup=0, timeout=0.03)
    assert run.errors == {"timeout": 3}
    assert all(sample.first_byte is not None and sample.done is None for sample in run.samples)


async def test_a_server_that_goes_while_the_load_runs_is_counted():
    asked = 0

    async def app(scope, receive, send):
        nonlocal asked
        assert scope["type"] == "http"
        asked += 1
        if asked == 20:
            stopping.append(asyncio.create_task(server.stop()))
        if asked >= 20:
            await until(lambda: server._socket.fileno() == -1)  # it listens no more
        await answer(send)

    stopping = []
    server = await serve(app)
    run = await load(server, users=2, requests=100, warmup=0)
    await stopping[0]
    assert len(run.samples) == 100
    assert run.errors == {"ConnectError": 100 - asked}


async def test_cancelling_leaves_nothing_behind(gate):
    app = gate(1000)
    async with serve(app) as server:
        running = asyncio.create_task(load(server, users=20, requests=20, warmup=0))
        await until(lambda: app.inside == 20)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        app.open.set()
        await until(lambda: not server._uvicorn.server_state.connections)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"users": 0}, r"users=.*from 1 on, and this is 0"),
        ({"users": -3}, "-3"),
        ({"users": 2.0}, r"users=.*2\.0"),
        ({"users": "10"}, "'10'"),
        ({"users": True}, "True"),
        ({"requests": 0}, r"requests=.*from 1 on, and this is 0"),
        ({"users": 20, "requests": 10}, r"users=20, requests=10.*Write requests=20 or more"),
        ({"warmup": -1}, r"warmup=.*from 0 on, and this is -1"),
        ({"timeout": 0}, r"timeout=.*above 0, and this is 0"),
        ({"timeout": float("inf")}, "inf"),
        ({"timeout": None}, "None"),
        ({"duration": 0}, r"duration=.*of seconds above 0, and this is 0"),
        ({"duration": "5"}, "'5'"),
        ({"rate": -1}, r"rate=.*requests per second above 0, and this is -1"),
        ({"rate": float("nan")}, "nan"),
        ({"rate": 1e6, "duration": 5}, r"5,000,000 requests.*at most 1,000,000"),
        ({"rate": 10, "stagger": 1}, "Leave stagger out"),
        ({"stagger": -1}, r"stagger=.*from 0 on, and this is -1"),
        ({"stagger": 5, "duration": 5}, "the last user would begin when the load ends"),
        ({"arrivals": "uniform"}, r"arrivals=.*'constant' or 'poisson'.*'uniform'"),
        ({"engine": "steam"}, r"engine=.*'httpx' or 'raw'.*'steam'"),
        ({"where": "elsewhere"}, r"where=.*'loop' or 'process'.*'elsewhere'"),
        ({"seed": None}, r"seed=.*whole number, and this is None"),
        ({"users": 2_000_000}, "at most 1,000,000"),
        ({"requests": 2_000_000}, "at most 1,000,000"),
        ({"method": "FETCH"}, r"GET, HEAD, POST.*'FETCH'"),
        ({"method": None}, "None"),
        ({"path": "burgers"}, r"path=.*begins with one slash.*'burgers'"),
        ({"path": ["/a", "/b"]}, r"several paths are written with their weights: \{'/a': 1, '/b': 1\}"),
        ({"path": "//elsewhere.example/x"}, "one slash"),
        ({"path": 7}, "7"),
        ({"json": {1, 2}}, r"json=\{1, 2\}"),
        ({"headers": {"x": 1}}, r"headers=\{'x': 1\}"),
        ({"target": None}, "a target is.*None"),
        ({"target": 8000}, "8000"),
        ({"target": "127.0.0.1:8000"}, "begins with http://"),
        ({"target": "https://127.0.0.1"}, "begins with http://"),
        ({"target": "http://127.0.0.1:99999"}, "99999"),
        ({"target": "http://"}, "not this machine"),
        ({"target": "http://example.com"}, "'example.com' is not this machine"),
        ({"target": "http://127.0.0.1:8000/burgers"}, r"load\('http://127\.0\.0\.1:8000', '/burgers'\)"),
        ({"target": httpx.AsyncClient()}, "has no address"),
        ({"target": httpx.AsyncClient(base_url="http://example.com")}, "not this machine"),
    ],
)
async def test_what_makes_no_sense_is_named_with_its_mend(hello, arguments, words):
    arguments = {"target": hello, **arguments}
    with pytest.raises(LoadError, match=f"(?s){words}"):
        await load(arguments.pop("target"), **arguments)


async def test_another_machine_is_asked_only_where_that_is_written_out():
    elsewhere = "http://127.0.0.2:1"  # nobody listens there
    with pytest.raises(LoadError, match=r"'127\.0\.0\.2' is not this machine.*write remote=True"):
        await load(elsewhere)
    for engine in ("httpx", "raw"):
        with pytest.raises(LoadError, match=f"Nothing listens on {elsewhere}"):
            await load(elsewhere, remote=True, engine=engine, timeout=5)


@pytest.mark.parametrize("engine", ["httpx", "raw"])
async def test_a_redirect_is_an_answer(scripted, engine):
    away = b"HTTP/1.1 302 Found\r\nLocation: http://example.com/\r\nContent-Length: 0\r\n\r\n"
    async with scripted([away, away]) as server:
        run = await load(server.url, users=1, requests=2, warmup=0, engine=engine)
    assert ([sample.status for sample in run.samples], run.errors) == ([302, 302], {})


async def test_a_client_that_follows_redirects_does_not_follow_them_in_a_load(scripted):
    away = b"HTTP/1.1 302 Found\r\nLocation: http://example.com/\r\nContent-Length: 0\r\n\r\n"
    async with scripted([away]) as server, httpx.AsyncClient(base_url=server.url, follow_redirects=True) as client:
        run = await load(client, users=1, requests=1, warmup=0)
    assert run.samples[0].status == 302


async def test_a_closed_client():
    client = httpx.AsyncClient(base_url="http://127.0.0.1:1")
    await client.aclose()
    with pytest.raises(LoadError, match="is closed"):
        await load(client)


async def test_a_short_load_writes_nothing(hello, capfd):
    await load(hello, users=2, requests=4)
    assert capfd.readouterr() == ("", "")


async def test_httpx_and_direct_transport_see_the_same(gate):
    """With few users, httpx's own pool and ours record the same number of answers."""
    app = gate(5)
    async with serve(app) as server:
        for transport in (None, DirectTransport()):
            async with httpx.AsyncClient(transport=transport, base_url=server.url) as client:
                run = await load(client, users=5, requests=10)
                assert run.errors == {}
    assert app.most_inside == 5
