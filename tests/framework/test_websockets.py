"""WebSockets: what a handler may do in which order, what it gets, and how a connection is refused or closed."""

import contextlib
import json
import re
from typing import Annotated

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from fwlab import APIRouter, App, Cookie, Depends, Header, HTTPException, WebSocket, WebSocketDisconnect
from fwlab.exceptions import FwlabError, WebSocketException, WebSocketRequestValidationError
from fwlab.requests import HTTPConnection
from fwlab.responses import JSONResponse, PlainTextResponse, StreamingResponse
from fwlab.testclient import WebSocketDenialResponse
from fwlab.websockets import WebSocketState, respond

CONNECT = {"type": "websocket.connect"}
GONE = {"type": "websocket.disconnect", "code": 1001, "reason": "left"}


def text(data):
    return {"type": "websocket.receive", "text": data}


def scripted(*incoming, extensions=None):
    """A WebSocket whose client sends these messages, and the list of what it is sent."""
    messages = iter([CONNECT, *incoming])
    sent = []

    async def receive():
        return next(messages)

    async def send(message):
        sent.append(message)

    scope = {"type": "websocket", "path": "/", "headers": [], "query_string": b"", "extensions": extensions}
    return WebSocket(scope, receive, send), sent


def run(function):
    """Run an async function on an event loop."""
    return anyio.run(function)


# Messages


def one_route(handler, path="/"):
    app = App()
    app.websocket(path)(handler)
    return app


def test_texts_bytes_and_json(client_of):
    async def echo(websocket: WebSocket):
        await websocket.accept()
        await websocket.send_text(await websocket.receive_text())
        await websocket.send_bytes(await websocket.receive_bytes())
        await websocket.send_json(await websocket.receive_json())
        await websocket.send_json(await websocket.receive_json(mode="binary"), mode="binary")
        await websocket.close()

    with client_of(one_route(echo)).websocket_connect("/") as session:
        session.send_text("ä")
        assert session.receive_text() == "ä"
        session.send_bytes(b"\x00\xff")
        assert session.receive_bytes() == b"\x00\xff"
        session.send_json({"ä": [1, None]})
        assert session.receive() == {"type": "websocket.send", "text": '{"ä":[1,null]}'}
        session.send_json([1], mode="binary")
        assert session.receive_json(mode="binary") == [1]


@pytest.mark.parametrize(
    ("kind", "sent", "received"),
    [("text", ["a", "b"], ["a", "b"]), ("bytes", [b"a", b""], [b"a", b""]), ("json", [[1], None], [[1], None])],
)
def test_each_message_until_the_client_goes(client_of, kind, sent, received):
    got = []

    async def collect(websocket: WebSocket):
        await websocket.accept()
        got.extend([message async for message in getattr(websocket, f"iter_{kind}")()])
        got.append("end")

    with client_of(one_route(collect)).websocket_connect("/") as session:
        for message in sent:
            getattr(session, f"send_{kind}")(message)
    assert got == [*received, "end"]


def test_json_is_written_as_a_response_writes_it():
    class Burger(BaseModel):
        name: str

    async def check():
        websocket, sent = scripted()
        await websocket.accept()
        await websocket.send_json({"burger": Burger(name="plain"), "nan": float("nan")})
        with pytest.raises(FwlabError, match="no JSON form"):
            await websocket.send_json(object())
        assert sent[1:] == [{"type": "websocket.send", "text": '{"burger":{"name":"plain"},"nan":null}'}]

    run(check)


# What clients send that they should not


@pytest.mark.parametrize(
    ("expected", "message", "code", "reason"),
    [
        ("text", {"bytes": b"a"}, 1003, "Expected a message of text"),
        ("text", {"bytes": b"a", "text": None}, 1003, "Expected a message of text"),
        ("bytes", {"text": "a"}, 1003, "Expected a message of bytes"),
        ("json", {"bytes": b"1"}, 1003, "Expected a message of text"),
        ("json", {"text": "{"}, 1007, "Invalid JSON"),
        ("json", {"text": ""}, 1007, "Invalid JSON"),
        ("json", {"text": "[" * 100_000}, 1007, "Invalid JSON"),
    ],
)
def test_a_wrong_message_closes_the_connection_and_is_no_error_of_the_app(client_of, expected, message, code, reason):
    async def handler(websocket: WebSocket):
        await websocket.accept()
        await getattr(websocket, f"receive_{expected}")()

    with client_of(one_route(handler)).websocket_connect("/") as session:
        session.send({"type": "websocket.receive", **message})
        with pytest.raises(WebSocketDisconnect) as closed:
            session.receive_text()
    assert (closed.value.code, closed.value.reason) == (code, reason)


@pytest.mark.parametrize("data", [b"{", b"\xff\xfe\xfd", b"[" * 100_000])
def test_bytes_that_are_no_json(data):
    async def check():
        websocket, _ = scripted({"type": "websocket.receive", "bytes": data})
        await websocket.accept()
        with pytest.raises(WebSocketException, match="1007"):
            await websocket.receive_json(mode="binary")

    run(check)


def test_a_handler_may_catch_invalid_json_as_it_does_elsewhere(client_of):
    async def handler(websocket: WebSocket):
        await websocket.accept()
        try:
            await websocket.receive_json()
        except json.JSONDecodeError as error:
            await websocket.send_text(f"not JSON: {error.doc}")

    with client_of(one_route(handler)).websocket_connect("/") as session:
        session.send_text("{")
        assert session.receive_text() == "not JSON: {"


@settings(deadline=None)
@given(st.one_of(st.text(), st.binary()))
def test_whatever_a_client_sends_is_json_or_refused(data):
    async def check():
        message = {"text": data} if isinstance(data, str) else {"bytes": data}
        websocket, _ = scripted({"type": "websocket.receive", **message})
        await websocket.accept()
        with contextlib.suppress(WebSocketException):
            await websocket.receive_json(mode="text" if isinstance(data, str) else "binary")

    run(check)


# The order of things


def test_the_client_s_disconnect_is_raised_with_its_code_and_reason():
    async def check():
        websocket, _ = scripted(GONE)
        await websocket.accept()
        with pytest.raises(WebSocketDisconnect) as gone:
            await websocket.receive_text()
        assert (gone.value.code, gone.value.reason) == (1001, "left")
        assert websocket.client_state is WebSocketState.DISCONNECTED
        with pytest.raises(FwlabError, match="nothing to receive"):
            await websocket.receive()

    run(check)


@pytest.mark.parametrize("receive", ["receive_text", "receive_bytes", "receive_json"])
def test_nothing_is_received_before_it_is_accepted(receive):
    async def check():
        websocket, _ = scripted(text("a"))
        with pytest.raises(RuntimeError, match="accept"):
            await getattr(websocket, receive)()

    run(check)


@pytest.mark.parametrize(
    ("before", "then", "complaint"),
    [
        ([], "send_text", r"connecting cannot send 'websocket.send'; call `await websocket.accept\(\)` first"),
        (["accept"], "accept", "connected cannot send 'websocket.accept'"),
        (["close"], "accept", "closed"),
        (["accept", "close"], "send_text", "closed"),
        (["accept", "close"], "close", "closed"),
    ],
)
def test_what_is_out_of_order_is_named(before, then, complaint):
    async def check():
        websocket, sent = scripted()
        for step in before:
            await getattr(websocket, step)()
        with pytest.raises(FwlabError, match=complaint):
            await getattr(websocket, then)(*(["a"] if then == "send_text" else []))
        assert len(sent) == len(before)

    run(check)


STEPS = {
    "accept": lambda websocket: websocket.accept(),
    "send": lambda websocket: websocket.send_text("a"),
    "close": lambda websocket: websocket.close(),
    "response": lambda websocket: websocket.send({"type": "websocket.http.response.start", "status": 400}),
    "more": lambda websocket: websocket.send({"type": "websocket.http.response.body", "body": b"a", "more_body": True}),
    "end": lambda websocket: websocket.send({"type": "websocket.http.response.body", "body": b"a"}),
}
# What ASGI allows, as a pattern over the first letters of what is sent.
ALLOWED = r"(a(s*c?)|c|r(m*e?))?"


@settings(deadline=None)
@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=8))
def test_whatever_a_handler_does_the_server_gets_what_asgi_allows(steps):
    async def check():
        websocket, sent = scripted()
        for step in steps:
            with contextlib.suppress(FwlabError):
                await STEPS[step](websocket)
        return [message["type"] + ("+" if message.get("more_body") else "") for message in sent]

    letters = {
        "websocket.accept": "a",
        "websocket.send": "s",
        "websocket.close": "c",
        "websocket.http.response.start": "r",
        "websocket.http.response.body+": "m",
        "websocket.http.response.body": "e",
    }
    assert re.fullmatch(ALLOWED, "".join(letters[kind] for kind in run(check)))


def test_a_broken_line_is_a_disconnect():
    async def check():
        async def send(message):
            if message["type"] == "websocket.send":
                raise OSError("broken pipe")

        websocket, _ = scripted()
        websocket._send = send
        await websocket.accept()
        with pytest.raises(WebSocketDisconnect) as gone:
            await websocket.send_text("a")
        assert gone.value.code == 1006
        with pytest.raises(FwlabError):
            await websocket.send_text("a")

    run(check)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_a_reason_is_cut_to_what_the_protocol_allows(reason):
    async def check():
        websocket, sent = scripted()
        await websocket.close(1008, reason)
        cut = sent[0]["reason"]
        assert len(cut.encode()) <= 123
        assert reason.startswith(cut)
        assert cut == reason or len(cut.encode()) > 119

    run(check)


# Parameters and dependencies


def test_a_handler_s_arguments(client_of):
    async def dependency(connection: HTTPConnection, q: int):
        return [connection.url.path, q]

    async def handler(
        websocket: WebSocket,
        table: int,
        seen: Annotated[list, Depends(dependency)],
        x_a: Annotated[str, Header()],
        seat: Annotated[str | None, Cookie()] = None,
    ):
        await websocket.accept()
        await websocket.send_json([table, seen, x_a, seat])

    client = client_of(one_route(handler, "/tables/{table}"), cookies={"seat": "4"})
    with client.websocket_connect("/tables/7?q=1", headers={"x-a": "b"}) as session:
        assert session.receive_json() == [7, ["/tables/7", 1], "b", "4"]


def test_a_router_s_route_under_its_prefix(client_of):
    router = APIRouter(prefix="/kitchen")

    @router.websocket("/bell")
    async def bell(websocket: WebSocket):
        await websocket.accept()
        await websocket.send_text(websocket.url.path)

    app = App()
    app.include_router(router, prefix="/v1")
    with client_of(app).websocket_connect("/v1/kitchen/bell") as session:
        assert session.receive_text() == "/v1/kitchen/bell"


def test_what_does_not_fit_is_refused_with_its_place(client_of):
    called = []

    async def handler(websocket: WebSocket, q: int):
        called.append(q)

    with pytest.raises(WebSocketDisconnect) as closed, client_of(one_route(handler)).websocket_connect("/?q=a"):
        pytest.fail("it was refused")
    assert closed.value.code == 1008
    assert "int_parsing" in closed.value.reason
    assert called == []


def test_an_app_may_answer_what_does_not_fit_itself(client_of):
    async def handler(websocket: WebSocket, q: int): ...

    app = one_route(handler)

    @app.exception_handler(WebSocketRequestValidationError)
    async def refuse(websocket: WebSocket, exc: WebSocketRequestValidationError):
        await websocket.close(4000, exc.errors()[0]["loc"][1])

    with pytest.raises(WebSocketDisconnect) as closed, client_of(app).websocket_connect("/?q=a"):
        pytest.fail("it was refused")
    assert (closed.value.code, closed.value.reason) == (4000, "q")


def test_a_dependency_s_clean_up_runs_when_the_client_has_gone(client_of):
    journal = []

    async def kitchen():
        yield "open"
        journal.append("closed")

    async def handler(websocket: WebSocket, kitchen: Annotated[str, Depends(kitchen)]):
        await websocket.accept()
        async for _ in websocket.iter_text():
            pass
        journal.append("handler")

    with client_of(one_route(handler)).websocket_connect("/"):
        pass
    assert journal == ["handler", "closed"]


# Refusing and closing


def test_a_websocket_exception_closes_with_its_code_and_reason(client_of):
    async def handler(websocket: WebSocket):
        await websocket.accept()
        raise WebSocketException(4001, "enough")

    with client_of(one_route(handler)).websocket_connect("/") as session, pytest.raises(WebSocketDisconnect) as closed:
        session.receive_text()
    assert (closed.value.code, closed.value.reason) == (4001, "enough")


def test_an_http_exception_of_a_dependency_is_a_response(client_of):
    async def guard():
        raise HTTPException(401, "Who are you?", {"WWW-Authenticate": "Bearer"})

    async def handler(websocket: WebSocket, _: Annotated[None, Depends(guard)]): ...

    with pytest.raises(WebSocketDenialResponse) as denied, client_of(one_route(handler)).websocket_connect("/"):
        pytest.fail("it was refused")
    assert (denied.value.status_code, denied.value.json()) == (401, {"detail": "Who are you?"})
    assert denied.value.headers["www-authenticate"] == "Bearer"


def streamed():
    async def pieces():
        yield "no "
        yield "table"

    return StreamingResponse(pieces(), 409)


@pytest.mark.parametrize(
    ("response", "status", "content"),
    [
        (lambda: JSONResponse({"free": 0}, 409), 409, '{"free":0}'),
        (lambda: PlainTextResponse("", 404), 404, ""),
        (streamed, 409, "no table"),
    ],
)
def test_a_response_that_refuses(client_of, response, status, content):
    async def app(scope, receive, send):
        await respond(response(), scope, receive, send)

    with pytest.raises(WebSocketDenialResponse) as denied, client_of(app).websocket_connect("/"):
        pytest.fail("it was refused")
    assert (denied.value.status_code, denied.value.text) == (status, content)


@pytest.mark.parametrize("extensions", [None, {}])
def test_a_server_that_cannot_refuse_with_a_response_closes(extensions):
    async def check():
        websocket, sent = scripted(extensions=extensions)
        await respond(PlainTextResponse("no"), websocket.scope, websocket.receive, websocket.send)
        assert [message["type"] for message in sent] == ["websocket.close"]

    run(check)


def test_no_such_path(client_of):
    with pytest.raises(WebSocketDisconnect) as closed, client_of(App()).websocket_connect("/"):
        pytest.fail("it was refused")
    assert closed.value.code == 1000


def test_an_exception_is_the_server_s_business(client_of):
    async def handler(websocket: WebSocket):
        await websocket.accept()
        raise KeyError("burger")

    session = client_of(one_route(handler)).websocket_connect("/")
    with pytest.raises(KeyError, match="burger"), session:
        session.receive_text()


@pytest.mark.parametrize(("status", "code"), [(403, 1008), (503, 1011)])
def test_an_http_exception_after_the_accept_closes_the_connection(client_of, status, code):
    app = App()

    @app.websocket("/")
    async def handler(websocket: WebSocket):
        await websocket.accept()
        raise HTTPException(status, "closed for today")

    with client_of(app).websocket_connect("/") as session, pytest.raises(WebSocketDisconnect) as closed:
        session.receive_text()
    assert (closed.value.code, closed.value.reason) == (code, "closed for today")
