"""Handlers that yield: lines of JSON, bytes, events."""

import json
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from typing import Annotated

import anyio
import pytest
from pydantic import BaseModel

from fwlab import App, BackgroundTasks, Depends, Header, HTTPException, Response
from fwlab.responses import StreamingResponse
from fwlab.sse import EventSourceResponse, ServerSentEvent

from .asgi import Client


class Burger(BaseModel):
    name: str


class Secret(Burger):
    recipe: str = "secret"


BURGERS = [Secret(name="a"), Secret(name="b")]


def app_of(result, loop, **options):
    app = App()

    async def on_the_loop():
        for item in BURGERS:
            yield item

    def in_a_thread():
        yield from BURGERS

    handler = on_the_loop if loop else in_a_thread
    if result is not None:
        handler.__annotations__["return"] = result
    app.get("/", **options)(handler)
    return app


WITH, WITHOUT = '{"name":"a","recipe":"secret"}\n{"name":"b","recipe":"secret"}\n', '{"name":"a"}\n{"name":"b"}\n'


@pytest.mark.parametrize(
    ("result", "loop", "sent"),
    [
        (None, True, WITH),
        (None, False, WITH),
        (AsyncIterable[Burger], True, WITHOUT),
        (AsyncIterator[Burger], True, WITHOUT),
        (Iterable[Burger], False, WITHOUT),
        (Iterator[Burger], False, WITHOUT),
    ],
)
def test_each_item_is_a_line_of_json_held_against_its_type(client_of, result, loop, sent):
    response = client_of(app_of(result, loop)).get("/")
    assert (response.status_code, response.headers["content-type"], response.text) == (200, "application/jsonl", sent)


@pytest.mark.parametrize("loop", [True, False])
def test_an_item_is_one_event(client_of, loop):
    response = client_of(app_of(Iterable[Burger], loop, response_class=EventSourceResponse)).get("/")
    assert response.headers["content-type"].startswith("text/event-stream")
    assert [json.loads(line[6:]) for line in response.text.splitlines() if line.startswith("data: ")] == [
        {"name": "a"},
        {"name": "b"},
    ]


def test_an_event_with_a_name(client_of):
    app = App()

    @app.get("/", response_class=EventSourceResponse)
    async def handler(last_event_id: Annotated[int, Header()] = 0):
        yield ServerSentEvent(data={"n": 1}, event="order", id=str(last_event_id + 1), retry=5)

    text = client_of(app).get("/", headers={"last-event-id": "6"}).text
    assert set(text.split("\n")) >= {"event: order", 'data: {"n":1}', "id: 7", "retry: 5"}


@pytest.mark.parametrize("loop", [True, False])
def test_bytes_and_text_are_sent_as_they_are(client_of, loop):
    app = App()

    class Picture(StreamingResponse):
        media_type = "image/png"

    async def on_the_loop():
        yield b"\x89"
        yield "x"

    def in_a_thread():
        yield b"\x89"
        yield "x"

    app.get("/", response_class=Picture)(on_the_loop if loop else in_a_thread)
    response = client_of(app).get("/")
    assert (response.headers["content-type"], response.content) == ("image/png", b"\x89x")


def test_what_a_stream_is_told(client_of):
    app, journal = App(), []

    def tells(response: Response):
        response.headers["x-a"] = "b"

    @app.get("/", status_code=201, dependencies=[Depends(tells)])
    async def handler(tasks: BackgroundTasks, n: int = 1):
        tasks.add_task(journal.append, "after")
        for i in range(n):
            journal.append(i)
            yield i

    response = client_of(app).get("/?n=2")
    assert (response.status_code, response.headers["x-a"], response.text) == (201, "b", "0\n1\n")
    assert journal == [0, 1, "after"]
    assert client_of(app).get("/?n=x").status_code == 422


@pytest.mark.anyio
async def test_an_item_is_sent_as_soon_as_it_is_there():
    app, arrived = App(), anyio.Event()

    @app.get("/")
    async def handler():
        yield 1
        await arrived.wait()
        yield 2

    async def on_send(message):
        if message.get("body") == b"1\n":
            arrived.set()

    sent = await Client(on_send=on_send).asks(app)
    assert b"".join(message.get("body", b"") for message in sent) == b"1\n2\n"


@pytest.mark.anyio
async def test_a_client_that_leaves_ends_the_stream_and_the_dependencies_clean_up():
    app, journal = App(), []

    def dependency():
        yield
        journal.append("cleaned up")

    @app.get("/", dependencies=[Depends(dependency)])
    async def handler():
        try:
            while True:
                yield 1
                await anyio.sleep(0)
        finally:
            journal.append("closed")

    client = Client()

    async def leave(message):
        if message.get("body"):
            client.left.set()

    client.on_send = leave
    await client.asks(app)
    assert journal == ["closed", "cleaned up"]


def test_a_dependency_lives_until_the_last_item_was_sent(client_of):
    app, journal = App(), []

    def dependency():
        yield "open"
        journal.append("closed")

    @app.get("/")
    async def handler(x: Annotated[str, Depends(dependency)]):
        for i in range(2):
            journal.append(i)
            yield x

    assert client_of(app).get("/").text == '"open"\n"open"\n'
    assert journal == [0, 1, "closed"]


def test_what_is_refused_before_the_stream_begins_is_an_answer(client_of):
    app = App()

    def refuses():
        raise HTTPException(403)

    @app.get("/", dependencies=[Depends(refuses)])
    async def handler():
        yield 1

    assert client_of(app).get("/").status_code == 403


def test_an_item_that_its_type_does_not_allow_is_a_mistake(client_of):
    app = App()

    @app.get("/")
    async def handler() -> AsyncIterable[Burger]:
        yield {"price": 1}

    with pytest.raises(Exception, match="handler 'handler' of GET / returned what its response model does not allow"):
        client_of(app).get("/")


def test_a_stream_is_described_by_its_items():
    described = app_of(Iterable[Burger], True).openapi()["paths"]["/"]["get"]["responses"]["200"]
    assert described["content"] == {"application/jsonl": {"itemSchema": {"$ref": "#/components/schemas/Burger"}}}
    described = app_of(Iterable[int], True).openapi()["paths"]["/"]["get"]["responses"]["200"]
    [content] = described["content"].values()
    assert content["itemSchema"]["title"].startswith("Streamitem ")
