"""Server-sent events and streams: what goes over the wire and when, and how a stream ends."""

from __future__ import annotations

import contextvars
import json
import threading
from dataclasses import dataclass

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fwlab.encoders import to_json_bytes
from fwlab.responses import StreamingResponse
from fwlab.sse import KEEPALIVE_COMMENT, EventSourceResponse, ServerSentEvent, format_sse_event
from tests.framework.asgi import http_scope

PATIENCE = 60  # seconds, after which a test that hangs ends


class Client:
    """The other side of a response: what it was sent, and when it leaves."""

    def __init__(self, leaves_after: int | None = None):
        self.messages = []
        self.left = anyio.Event()
        self._leaves_after = leaves_after

    async def receive(self):
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.messages.append(message)
        if len(self.pieces) == self._leaves_after:
            self.left.set()

    async def call(self, app) -> Client:
        await app(http_scope(), self.receive, self.send)
        return self

    @property
    def pieces(self) -> list[bytes]:
        return [message["body"] for message in self.messages if message.get("more_body")]

    @property
    def complete(self) -> bool:
        return self.messages[-1] == {"type": "http.response.body", "body": b"", "more_body": False}

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.messages[0]["headers"])


async def each(*items):
    for item in items:
        yield item


# ----------------------------------------------------------------------------------------------------------- one event


def read_events(sent: bytes) -> list[dict[str, str]]:
    """Read events as a browser does (HTML, 9.2.6), but for comments and retry, which it is given here, too."""
    events, event = [], {}
    for line in sent.decode().replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if line == "":
            events += [event] if event else []
            event = {}
        else:
            event[name] = f"{event[name]}\n{value}" if name in event and name in ("data", "") else value
    return events


def as_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


texts = st.none() | st.text(st.characters(exclude_categories=["Cs"]))
lines = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"))


@given(texts, lines, lines, st.none() | st.integers(0), texts)
def test_a_browser_reads_what_an_event_says(data, event, id, retry, comment):
    said = {"data": data, "event": event, "id": id, "retry": retry, "": comment}
    expected = {name: as_lines(str(value)) for name, value in said.items() if value is not None}

    sent = ServerSentEvent(raw_data=data, event=event, id=id, retry=retry, comment=comment).encode()

    assert read_events(sent) == ([expected] if expected else [])


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    )
)
def test_an_event_s_data_is_one_line_of_json(data):
    sent = ServerSentEvent(data=data, event="x").encode()

    assert sent.count(b"\n") == (2 if data is None else 3)
    assert data is None or json.loads(read_events(sent)[0]["data"]) == data


@pytest.mark.parametrize(
    ("data", "sent"),
    [
        ("Hello\n", b"data: Hello\ndata: \n\n"),
        ("\n", b"data: \ndata: \n\n"),
        ("Hello\r\nWorld", b"data: Hello\ndata: World\n\n"),
        ("Hello\rWorld", b"data: Hello\ndata: World\n\n"),
        ("A\u2028B\vC", "data: A\u2028B\vC\n\n".encode()),
        ("", b"data: \n\n"),
        (None, b"\n"),
    ],
)
def test_data_is_sent_line_by_line(data, sent):
    assert format_sse_event(data_str=data) == sent


@pytest.mark.parametrize("name", ["event", "id"])
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_a_name_of_two_lines_is_refused(name, end):
    with pytest.raises(ValidationError, match=f"for ServerSentEvent\n{name}\n  String should match"):
        ServerSentEvent(**{name: f"first{end}second"})


@pytest.mark.parametrize("wrong", [{"id": "a\0b"}, {"retry": -1}, {"retry": 1.5}, {"data": 1, "raw_data": "1"}])
def test_an_event_that_no_browser_would_take_is_refused(wrong):
    with pytest.raises(ValueError, match="ServerSentEvent"):
        ServerSentEvent(**wrong)


class Burger(BaseModel):
    model_config = ConfigDict(ser_json_inf_nan="strings")
    price: float = Field(serialization_alias="pricePaid")


@dataclass
class Order:
    number: int


@pytest.mark.parametrize(
    ("item", "sent"),
    [
        ("text", b'data: "text"\n\n'),
        (None, b"data: null\n\n"),
        ({"a": [1, float("nan")]}, b'data: {"a":[1,null]}\n\n'),
        (Burger(price=float("inf")), b'data: {"pricePaid":"Infinity"}\n\n'),
        (Order(7), b'data: {"number":7}\n\n'),
        (ServerSentEvent(data=Order(7), event="cooked"), b'event: cooked\ndata: {"number":7}\n\n'),
        (ServerSentEvent(raw_data="[DONE]"), b"data: [DONE]\n\n"),
        (ServerSentEvent(comment="wait"), b": wait\n\n"),
    ],
)
@pytest.mark.anyio
async def test_an_item_is_an_event(item, sent):
    client = await Client().call(EventSourceResponse.of_items(each(item, item), to_json_bytes, 201))

    assert client.pieces == [sent, sent]
    assert client.complete
    assert client.messages[0]["status"] == 201
    assert client.headers[b"content-type"] == b"text/event-stream; charset=utf-8"
    assert client.headers[b"cache-control"] == b"no-cache"
    assert client.headers[b"x-accel-buffering"] == b"no"


@pytest.mark.anyio
async def test_a_response_made_by_hand_sends_its_content_as_it_is():
    client = await Client().call(EventSourceResponse(each("data: 1\n\n", format_sse_event(data_str="2"))))

    assert client.pieces == [b"data: 1\n\n", b"data: 2\n\n"]
    assert client.headers == {b"content-type": b"text/event-stream; charset=utf-8"}


# --------------------------------------------------------------------------------------------------------- keep-alive


class Hasty(EventSourceResponse):
    ping_interval = 0.001


@pytest.mark.anyio
async def test_a_silent_stream_pings_and_its_items_still_come():
    client = Client()

    async def waits_for_pings():
        yield 1
        with anyio.fail_after(PATIENCE):
            while client.pieces.count(KEEPALIVE_COMMENT) < 2:
                await anyio.sleep(0)
        yield 2

    await client.call(Hasty.of_items(waits_for_pings(), to_json_bytes))

    assert [piece for piece in client.pieces if piece != KEEPALIVE_COMMENT] == [b"data: 1\n\n", b"data: 2\n\n"]
    assert client.pieces.index(KEEPALIVE_COMMENT) < client.pieces.index(b"data: 2\n\n")
    assert client.complete


@pytest.mark.anyio
async def test_a_generator_in_a_thread_is_pinged_for_too():
    client = Client()
    enough = anyio.Event()

    async def send(message):
        await client.send(message)
        if client.pieces.count(KEEPALIVE_COMMENT) == 2:
            enough.set()

    async def wait():
        with anyio.fail_after(PATIENCE):
            await enough.wait()

    def waits():
        yield 1
        anyio.from_thread.run(wait)
        yield 2

    await Hasty.of_items(waits(), to_json_bytes)(http_scope(), client.receive, send)

    assert [piece for piece in client.pieces if piece != KEEPALIVE_COMMENT] == [b"data: 1\n\n", b"data: 2\n\n"]
    assert client.complete


@pytest.mark.anyio
async def test_a_ping_never_comes_in_the_middle_of_a_message():
    client = Client()
    sending = 0

    async def send(message):
        nonlocal sending
        sending += 1
        assert sending == 1
        try:
            await anyio.sleep(0.002)  # longer than the pings' interval
            await client.send(message)
        finally:
            sending -= 1

    await Hasty.of_items(each(*range(5)), to_json_bytes)(http_scope(), client.receive, send)

    assert [p for p in client.pieces if p != KEEPALIVE_COMMENT] == [b"data: %d\n\n" % n for n in range(5)]
    assert client.complete


@pytest.mark.anyio
async def test_a_stream_that_speaks_does_not_ping():
    class Seldom(EventSourceResponse):
        ping_interval = 3600

    client = await Client().call(Seldom.of_items(each(*range(100)), to_json_bytes))

    assert KEEPALIVE_COMMENT not in client.pieces


@pytest.mark.anyio
async def test_a_ping_that_cannot_be_sent_ends_the_stream():
    client, closed = Client(), []

    async def silent():
        try:
            await anyio.sleep_forever()
            yield 1
        finally:
            closed.append(True)

    async def send(message):
        if message.get("body") == KEEPALIVE_COMMENT:
            raise OSError("gone")
        await client.send(message)

    await Hasty.of_items(silent(), to_json_bytes)(http_scope(), client.receive, send)

    assert closed == [True]
    assert not client.complete


# ------------------------------------------------------------------------------------------------- how a stream ends

streams = pytest.mark.parametrize("kind", [StreamingResponse, EventSourceResponse])


@streams
@pytest.mark.anyio
async def test_a_client_that_leaves_ends_the_stream_and_closes_the_generator(kind):
    closed = []

    async def long():
        try:
            for _ in range(1000):
                yield "x"
        finally:
            closed.append(True)

    client = await Client(leaves_after=3).call(kind(long()))

    assert set(client.pieces) == {b"x"}
    assert len(client.pieces) >= 3
    assert not client.complete
    assert closed == [True]


@streams
@pytest.mark.anyio
async def test_a_generator_in_a_thread_is_closed_there_too(kind):
    closed = []

    def long():
        try:
            for _ in range(1000):
                yield "x"
        finally:
            closed.append(threading.current_thread() is not threading.main_thread())

    generator = long()  # which is not let go, so that nothing else closes it
    await Client(leaves_after=3).call(kind(generator))

    assert closed == [True]


@streams
@pytest.mark.anyio
async def test_a_stream_that_never_waits_can_be_cancelled(kind):
    client = Client()

    async def hurried():
        for _ in range(1000):
            yield "x"
            if len(client.pieces) == 10:
                scope.cancel()

    with anyio.CancelScope() as scope:
        await client.call(kind(hurried()))

    assert scope.cancelled_caught
    assert len(client.pieces) in (10, 11)


@streams
@pytest.mark.anyio
async def test_a_mistake_in_the_stream_comes_out_as_it_is(kind):
    async def breaks():
        yield "x"
        raise ZeroDivisionError

    client = Client()
    with pytest.raises(ZeroDivisionError):
        await client.call(kind(breaks()))

    assert client.pieces == [b"x"]
    assert not client.complete


@streams
@pytest.mark.anyio
async def test_the_stream_is_made_in_the_request_s_context(kind):
    table = contextvars.ContextVar("table", default=0)

    async def sees_and_sets():
        yield str(table.get())
        table.set(2)

    table.set(1)
    client = await Client().call(kind(sees_and_sets()))

    assert client.pieces == [b"1"]
    assert table.get() == 2


@pytest.mark.anyio
async def test_pieces_may_be_text_or_bytes_or_encoded():
    client = await Client().call(StreamingResponse(["é", b"\xff", bytearray(b"b"), memoryview(b"m"), 1]))
    assert client.pieces == ["é".encode(), b"\xff", b"b", b"m", b"1"]

    response = StreamingResponse([1, 2])
    response.encode = lambda item: b"<%d>" % item
    client = await Client().call(response)
    assert client.pieces == [b"<1>", b"<2>"]
