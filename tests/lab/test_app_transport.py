"""AppTransport: an application in memory behaves as it does on a server, a blocked loop included."""

from __future__ import annotations

import asyncio
import contextlib

import httpx
import pytest

from fwlab.lab import AppTransport, DirectTransport, serve, trace

from .conftest import answer, until

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("leaves_no_task")]


def client_for(app, **options):
    return httpx.AsyncClient(transport=AppTransport(app), base_url="http://app:81", **options)


@contextlib.asynccontextmanager
async def in_memory(app):
    async with client_for(app) as client:
        yield client


@contextlib.asynccontextmanager
async def over_tcp(app):
    async with (
        serve(app) as server,
        httpx.AsyncClient(transport=DirectTransport(), base_url=server.url) as client,
    ):
        yield client


both_ways = pytest.mark.parametrize("reach", [in_memory, over_tcp])


@both_ways
async def test_the_scope_says_what_was_asked_for(reach):
    scopes = []

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        scopes.append(scope)
        await answer(send, b"", 204, [(b"x-one", b"1"), (b"x-one", b"2")])

    async with reach(app) as client:
        response = await client.put("/caf%C3%A9/a%2Fb?q=1&q=2", headers={"X-Two": "2"})
    (scope,) = scopes
    assert (response.status_code, response.headers.get_list("x-one")) == (204, ["1", "2"])
    assert (scope["method"], scope["path"], scope["root_path"]) == ("PUT", "/café/a/b", "")
    assert (scope["raw_path"], scope["query_string"]) == (b"/caf%C3%A9/a%2Fb", b"q=1&q=2")
    assert (scope["scheme"], scope["http_version"], scope["state"]) == ("http", "1.1", {})
    assert (b"x-two", b"2") in scope["headers"]
    assert dict(scope["headers"])[b"host"] == f"{client.base_url.host}:{client.base_url.port}".encode()


@both_ways
@pytest.mark.parametrize("body", [b"", b"short", [b"in ", b"three ", b"pieces"]])
async def test_a_request_body_arrives_whole_and_then_the_disconnect(reach, body):
    messages = []

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        message = {"more_body": True}
        while message["more_body"]:
            message = await receive()
            messages.append(message)
        await answer(send, b"".join(message["body"] for message in messages))
        messages.append(await receive())

    async def pieces():
        for piece in body:
            yield piece

    async with reach(app) as client:
        response = await client.post("/", content=pieces() if isinstance(body, list) else body)
        await until(lambda: messages[-1] == {"type": "http.disconnect"})
    assert response.content == (b"".join(body) if isinstance(body, list) else body)
    if not isinstance(body, list):
        assert messages[:-1] == [{"type": "http.request", "body": body, "more_body": False}]


@both_ways
async def test_a_handler_that_blocks_holds_up_everybody(reach):
    """The calls do not overlap, and nobody has an answer before the last has been served: that is the truth."""
    events = []

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        events.append("in")  # nothing is awaited until the answer is sent: the loop is held
        events.append("out")
        await answer(send)

    async def user(client):
        await client.get("/")
        events.append("answered")

    async with reach(app) as client:
        await asyncio.gather(*(user(client) for _ in range(5)))
    assert events[:10] == ["in", "out"] * 5
    assert events[10:] == ["answered"] * 5


@both_ways
async def test_handlers_that_wait_overlap(reach, gate):
    app = gate(20)
    async with reach(app) as client:
        await asyncio.gather(*(client.get("/") for _ in range(20)))
    assert app.most_inside == 20


@both_ways
async def test_an_answer_streams(reach):
    read = asyncio.Event()

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first ", "more_body": True})
        await read.wait()
        await send({"type": "http.response.body", "body": b"second"})

    async with reach(app) as client, client.stream("GET", "/") as response:
        pieces = response.aiter_raw()
        got = await anext(pieces)
        read.set()
        assert got + b"".join([piece async for piece in pieces]) == b"first second"


@both_ways
async def test_a_head_request_has_no_body(reach, hello):
    async with reach(hello) as client:
        assert (await client.head("/")).content == b""


@both_ways
async def test_a_timeline_of_the_application_sees_the_requests(reach, hello):
    async with reach(hello) as client:
        with trace(hello) as timeline:
            await client.get("/seen")
        await client.get("/unseen")
    assert [request.path for request in timeline.requests] == ["/seen"]


async def test_an_exception_before_the_answer_reaches_the_caller_and_begins_at_its_own_line():
    async def app(scope, receive, send):
        assert scope["type"] == "http"
        raise ValueError("no burgers left")

    async with client_for(app) as client:
        with pytest.raises(ValueError, match="no burgers left"):
            await client.get("/")


async def test_an_exception_after_a_complete_answer_is_logged_and_the_answer_wins(caplog):
    async def answers_and_raises_again(scope, receive, send):
        assert scope["type"] == "http"
        await answer(send, b"Internal Server Error", 500)
        raise ValueError("no burgers left")

    async with client_for(answers_and_raises_again) as client:
        assert (await client.get("/")).status_code == 500
        await until(lambda: caplog.records)
    (record,) = caplog.records
    assert str(record.exc_info[1]) == "no burgers left"
    assert record.exc_info[2].tb_frame.f_code is answers_and_raises_again.__code__


@both_ways
async def test_an_exception_in_the_middle_of_the_answer_breaks_it_off(reach):
    async def app(scope, receive, send):
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"10")]})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise ValueError

    async with reach(app) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/")


async def test_an_application_that_exits_or_says_nothing_ends_neither_the_loop_nor_in_a_hang():
    async def exits(scope, receive, send):
        assert scope["type"] == "http"
        raise SystemExit(3)

    async def says_nothing(scope, receive, send):
        assert scope["type"] == "http"

    async with client_for(exits) as client:
        with pytest.raises(RuntimeError, match=r"SystemExit\(3\)"):
            await client.get("/")
    async with client_for(says_nothing) as client:
        with pytest.raises(httpx.RemoteProtocolError, match="without an answer"):
            await client.get("/")


@pytest.mark.parametrize(
    "wrong",
    [[{"type": "http.response.body"}], [{"type": "http.response.start", "status": 200}] * 2, [{"type": "lunch"}]],
)
async def test_messages_out_of_order_are_the_applications_error(wrong):
    errors = []

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        try:
            for message in wrong:
                await send(message)
        except RuntimeError as error:
            errors.append(str(error))
            raise

    async with client_for(app) as client:
        with pytest.raises((RuntimeError, httpx.RemoteProtocolError)):
            await client.get("/")
    assert "was due" in errors[0]


async def test_an_application_that_never_answers_is_a_read_timeout():
    async def app(scope, receive, send):
        assert scope["type"] == "http"
        await asyncio.Event().wait()

    async with client_for(app) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get("/", timeout=0.01)


@both_ways
async def test_a_client_that_goes_is_a_disconnect_and_the_handler_runs_on(reach):
    events = []

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        await receive()
        events.append("asked")
        events.append((await receive())["type"])
        await answer(send)
        events.append("ran on")

    async with reach(app) as client:
        asking = asyncio.create_task(client.get("/"))
        await until(lambda: events)
        asking.cancel()
        await until(lambda: len(events) == 3)
    assert events == ["asked", "http.disconnect", "ran on"]


async def test_a_reader_that_goes_frees_an_application_that_was_held_up():
    sent = []

    async def endless(scope, receive, send):
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for number in range(1000):
            await send({"type": "http.response.body", "body": b"x", "more_body": True})
            sent.append(number)

    async with client_for(endless) as client:
        async with client.stream("GET", "/") as response:
            assert response.status_code == 200
            for _ in range(100):
                await asyncio.sleep(0)
            assert len(sent) < 50, "it is no further ahead than its reader allows"
        await until(lambda: len(sent) == 1000)


async def test_closing_lets_work_after_the_answer_end_and_cancels_what_nobody_waits_for():
    events, hung_up = [], asyncio.Event()

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        if scope["path"] == "/background":
            await answer(send)
            await hung_up.wait()
            events.append("background work ended")
        else:
            events.append("asked")
            try:
                await asyncio.Event().wait()
            finally:
                events.append("hung up")
                hung_up.set()

    async with client_for(app) as client:
        await client.get("/background")
        hanging = asyncio.create_task(client.get("/hanging"))
        await until(lambda: "asked" in events)
        hanging.cancel()
    assert events == ["asked", "hung up", "background work ended"]


async def test_closing_waits_only_so_long_for_work_after_the_answer(monkeypatch):
    monkeypatch.setattr("fwlab.lab.loading.memory._GRACE", 0.01)
    ended = asyncio.Event()

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        await answer(send)
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with client_for(app) as client:
        await client.get("/")
    assert ended.is_set()
