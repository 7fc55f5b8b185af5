"""What may go wrong with a request: refusals, exceptions, a client that leaves, a cancellation."""

from typing import Annotated

import anyio
import pytest
from pydantic import BaseModel

from fwlab import App, Depends, HTTPException
from fwlab.responses import FileResponse, PlainTextResponse

from .asgi import body_messages, exchange, http_scope, json_body


class Burger(BaseModel):
    name: str
    price: float


def test_an_http_exception_is_an_answer(client_of):
    app = App()

    @app.get("/{n}")
    def handler(n: int):
        raise HTTPException(404, f"no burger {n}", {"x-a": "b"})

    response = client_of(app).get("/3")
    assert (response.status_code, response.json(), response.headers["x-a"]) == (404, {"detail": "no burger 3"}, "b")


@pytest.mark.parametrize("error", [KeyError("burger"), StopIteration(3), ExceptionGroup("two", [ValueError()])])
@pytest.mark.parametrize("kind", ["async def", "def"])
def test_a_handler_that_raises_answers_500_and_the_server_hears_of_it(client_of, error, kind):
    app = App()

    if kind == "def":

        @app.get("/")
        def handler():
            raise error

    else:

        @app.get("/")
        async def handler():
            raise error

    response = client_of(app, raise_server_exceptions=False).get("/")
    assert (response.status_code, response.text) == (500, "Internal Server Error")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    # Python and anyio turn a StopIteration into a RuntimeError, for it would end the coroutine it passes through.
    expected = RuntimeError if isinstance(error, StopIteration) else type(error)
    with pytest.raises(expected):
        client_of(app).get("/")


@pytest.mark.anyio
async def test_the_answer_to_an_exception_is_sent_before_it_reaches_the_server():
    app = App()

    @app.get("/")
    async def handler():
        raise KeyError("burger")

    sent = []

    async def send(message):
        sent.append(message)

    with pytest.raises(KeyError, match="burger"):
        await app(http_scope(), None, send)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["status"] == 500


@pytest.mark.parametrize("cleans_up", [False, True])
def test_a_response_that_finds_that_it_cannot_be_sent_is_answered_as_any_mistake(client_of, tmp_path, cleans_up):
    async def dependency():
        yield

    app = App()

    @app.get("/", dependencies=[Depends(dependency)] if cleans_up else [])
    async def handler():
        return FileResponse(tmp_path / "nothing")

    @app.exception_handler(500)
    async def told(request, exc):
        return PlainTextResponse(f"{type(exc).__name__}", 500)

    response = client_of(app, raise_server_exceptions=False).get("/")
    assert (response.status_code, response.text) == (500, "UnsentError")


@pytest.mark.anyio
@pytest.mark.parametrize("cleans_up", [False, True])
async def test_an_exception_while_sending_is_not_answered_again(cleans_up):
    async def dependency():
        yield

    app = App()
    app.get("/", dependencies=[Depends(dependency)] if cleans_up else [])(lambda: "x")
    calls = []

    async def broken_send(message):
        calls.append(message)
        raise OSError("the client is gone")

    with pytest.raises(OSError, match="the client is gone"):
        await app(http_scope(), None, broken_send)
    assert len(calls) == 1


def with_body():
    app = App()

    @app.post("/")
    async def handler(burger: Burger):
        return burger

    return app


@pytest.mark.anyio
async def test_a_body_in_pieces():
    body = b'{"name": "a", "price": 1}'
    messages = body_messages(body[:5], b"", body[5:])
    start, _ = await exchange(with_body(), http_scope("POST", headers=json_body(body)), messages)
    assert start["status"] == 200


@pytest.mark.anyio
@pytest.mark.parametrize("messages", [[], body_messages(b'{"name', b"")[:1]])
async def test_a_client_that_leaves_while_the_body_is_read_raises_nothing(messages):
    start, _ = await exchange(with_body(), http_scope("POST", headers=json_body(b"{}")), messages)
    assert start["status"] == 400


@pytest.mark.anyio
async def test_a_handler_without_a_body_does_not_read_one():
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        raise AssertionError("nobody asked for the body")

    app = App()

    @app.get("/")
    async def handler(): ...

    await app(http_scope(), receive, send)
    assert sent[0]["status"] == 200


@pytest.mark.anyio
async def test_cancellation_passes_through():
    app = App()
    ended = []

    @app.get("/")
    async def handler():
        try:
            await anyio.sleep_forever()
        finally:
            ended.append(True)

    sent = []

    async def send(message):
        sent.append(message)

    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as group:
            group.start_soon(app, http_scope(), None, send)
            await anyio.wait_all_tasks_blocked()
            scope.cancel()
    assert scope.cancelled_caught
    assert (ended, sent) == ([True], [])


# An answer that a dependency gives is not hidden by what else is wrong with the request


async def signed_in(token: str = ""):
    if token != "ok":
        raise HTTPException(401, "who are you?")
    return token


def guarded():
    app = App()
    ran = []

    async def needs_a_number(k: int):
        ran.append(k)
        return k

    @app.post("/", dependencies=[Depends(signed_in)])
    async def handler(n: int, burger: Burger, k: Annotated[int, Depends(needs_a_number)]):
        return [n, burger.name, k]

    app.ran = ran
    return app


BURGER = {"name": "a", "price": 1}


@pytest.mark.parametrize(
    ("query", "body", "status"),
    [
        ("", BURGER, 401),
        ("?n=x", BURGER, 401),
        ("?n=1&k=x", {}, 401),
        ("?n=x&token=ok", BURGER, 422),
        ("?n=1&k=2&token=ok", {}, 422),
        ("?n=1&k=2&token=no", BURGER, 401),
        ("?n=1&k=2&token=ok", BURGER, 200),
    ],
)
def test_a_401_is_not_hidden_by_a_422(client_of, query, body, status):
    assert client_of(guarded()).post("/" + query, json=body).status_code == status


def test_a_handler_runs_once_when_its_values_had_to_be_looked_at_closely(client_of):
    app = App()
    runs = []

    @app.post("/")
    async def handler(burger: Burger | None = None):
        runs.append(burger)

    assert client_of(app).post("/").status_code == 200
    assert runs == [None]


def test_a_dependency_whose_values_are_wrong_does_not_run(client_of):
    app = guarded()
    client_of(app).post("/?k=x&token=ok", json={})
    assert app.ran == []
    client_of(app).post("/?k=3&token=ok", json={})
    assert app.ran == [3]


def test_a_dependency_of_one_that_did_not_run_does_not_run_either(client_of):
    app = App()
    ran = []

    async def number(k: int):
        return k

    async def doubled(k: Annotated[int, Depends(number)]):
        ran.append(k)

    @app.get("/", dependencies=[Depends(doubled)])
    async def handler(): ...

    assert client_of(app).get("/?k=x").status_code == 422
    assert ran == []
