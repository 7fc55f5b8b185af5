"""Streams, server-sent events and WebSockets."""

from collections.abc import AsyncIterator, Iterable
from typing import Annotated

from fastapi import Cookie, Depends, FastAPI, Header, HTTPException, WebSocket, WebSocketDisconnect, WebSocketException
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel

app = FastAPI()
LOG = []


class Burger(BaseModel):
    size: int


@app.get("/pieces")
async def pieces():
    def each():
        yield b"a"
        yield "b"

    return StreamingResponse(each(), media_type="text/x", headers={"X": "y"}, status_code=206)


@app.get("/numbers")
async def numbers() -> AsyncIterator[int]:
    yield 1
    yield 2


@app.get("/burgers")
def burgers() -> Iterable[Burger]:
    yield Burger(size=1)


@app.get("/fails")
async def fails():
    async def each():
        yield "a"
        raise ValueError

    return StreamingResponse(each())


@app.get("/events", response_class=EventSourceResponse)
async def events() -> AsyncIterator[Burger]:
    yield Burger(size=1)
    yield ServerSentEvent(data=3, event="number", id="3", retry=5)
    yield ServerSentEvent(raw_data="two\nlines", comment="c")


@app.get("/events/any", response_class=EventSourceResponse)
def any_events():
    yield "x"


@app.websocket("/echo/{n}")
async def echo(
    socket: WebSocket,
    n: int,
    q: str = "d",
    token: Annotated[str | None, Cookie()] = None,
    h: Annotated[str | None, Header()] = None,
):
    await socket.accept()
    try:
        while True:
            await socket.send_json([await socket.receive_text(), n, q, token, h])
    except WebSocketDisconnect as left:
        LOG.append(f"left with {left.code}")


@app.websocket("/denied")
async def denied(socket: WebSocket):
    raise WebSocketException(1008, "no")


@app.websocket("/refused")
async def refused(socket: WebSocket):
    raise HTTPException(403, "no")


@app.websocket("/mistake")
async def mistake(socket: WebSocket):
    await socket.accept()
    raise ValueError


async def needs(q: int):
    LOG.append("begins")
    yield q
    LOG.append("ends")


@app.websocket("/depends")
async def depends(socket: WebSocket, q: Annotated[int, Depends(needs)]):
    await socket.accept(subprotocol="x")
    await socket.send_bytes(b"1")
    await socket.close(4000, "r")


@app.websocket("/each")
async def each(socket: WebSocket):
    await socket.accept(headers=[(b"a", b"b")])
    async for text in socket.iter_text():
        await socket.send_text(text)
    LOG.append("no more")


@app.websocket("/own-code")
async def own_code(socket: WebSocket):
    await socket.accept()
    raise WebSocketException(4001, "mine")


@app.websocket("/closed-at-once")
async def closed_at_once(socket: WebSocket):
    await socket.close(1008, "r")


@app.websocket("/state")
async def state(socket: WebSocket):
    before = socket.client_state.name
    await socket.accept()
    told = [before, socket.client_state.name, socket.application_state.name, str(socket.url), socket.headers.get("h")]
    await socket.send_json([*told, socket.query_params.get("a"), socket.path_params, socket.cookies])
    await socket.close()


class SoldOut(Exception):
    """There is none."""


@app.exception_handler(SoldOut)
async def sold_out(socket: WebSocket, exc: SoldOut):
    await socket.close(4003, "sold out")


@app.websocket("/sold-out")
async def sells(socket: WebSocket):
    await socket.accept()
    raise SoldOut


REQUESTS = [
    *(("GET", path) for path in ("/pieces", "/numbers", "/burgers", "/fails", "/events", "/events/any")),
    ("HEAD", "/pieces"),
    ("WEBSOCKET", "/echo/3?q=z", {"cookie": "token=1", "h": "x"}, ["a", "b"]),
    *(("WEBSOCKET", path) for path in ("/denied", "/refused", "/mistake", "/depends?q=3", "/nowhere")),
    ("WEBSOCKET", "/each", {}, ["a", "b"]),
    ("WEBSOCKET", "/state?a=1", {"h": "v", "cookie": "c=d"}),
    *(("WEBSOCKET", path) for path in ("/own-code", "/closed-at-once", "/sold-out")),
]
