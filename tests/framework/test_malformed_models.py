"""Whatever bytes arrive where parameter models, forms and WebSockets read them, the app is never at fault."""

from typing import Annotated

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from fwlab import App, Cookie, Form, Header, Query, UploadFile, WebSocket

from .asgi import body_messages, exchange, http_scope


class Anything(BaseModel):
    model_config = ConfigDict(extra="allow")
    n: int = 1
    tags: list[str] = []
    text: str | None = None


app = App(max_body_size=500)


@app.post("/{where:path}")
async def handler(
    where: str,
    query: Annotated[Anything, Query()],
    header: Annotated[Anything | None, Header()] = None,
    cookie: Annotated[Anything | None, Cookie()] = None,
):
    return [where, query, header, cookie]


@app.put("/form")
async def form(a: Annotated[Anything, Form()]):
    return a


@app.patch("/form")
async def fields(text: Annotated[str, Form()] = "", files: list[UploadFile] = []):  # noqa: B006
    return [text, [file.filename for file in files]]


@app.websocket("/")
async def talk(websocket: WebSocket, query: Annotated[Anything, Query()], x: Annotated[str, Header()] = ""):
    await websocket.accept()
    await websocket.send_json([query.model_dump(), x])


BYTES = st.one_of(
    st.binary(max_size=40),
    st.lists(
        st.sampled_from(
            [b"n", b"tags", b"text", b"=", b"&", b";", b"%ED%A0%80", b"%ff", b"%00", b"+", b"1", b"\xff", b'"', b"\\"]
        ),
        max_size=8,
    ).map(b"".join),
)
PARTS = st.lists(
    st.sampled_from(
        [
            b"--b\r\n",
            b"--b--\r\n",
            b'Content-Disposition: form-data; name="text"\r\n',
            b'Content-Disposition: form-data; name="files"; filename="\xff\x00"\r\n',
            b'Content-Disposition: form-data; name=""\r\n',
            b"Content-Type: text/plain; charset=nonsense\r\n",
            b"\r\n",
            b"\xed\xa0\x80",
            b"x",
        ]
    ),
    max_size=12,
).map(b"".join)
FORMS = st.one_of(
    st.tuples(st.just(b"application/x-www-form-urlencoded"), BYTES),
    st.tuples(st.just(b"multipart/form-data; boundary=b"), PARTS),
    st.tuples(st.binary(max_size=20), BYTES),
)


@settings(max_examples=300, deadline=None)
@given(BYTES, BYTES, BYTES)
def test_models_of_the_query_the_headers_and_the_cookies(query, header, cookie):
    headers = [(b"text", header), (b"n", header), (b"cookie", cookie), (header.lower(), b"x")]
    start, _ = anyio.run(exchange, app, http_scope("POST", "/ä\x00", query=query, headers=headers))
    assert start["status"] in (200, 422)


@settings(max_examples=300, deadline=None)
@given(FORMS, st.sampled_from(["PUT", "PATCH"]))
def test_models_and_fields_of_a_form(content, method):
    content_type, body = content
    scope = http_scope(method, "/form", headers=[(b"content-type", content_type)])
    start, _ = anyio.run(exchange, app, scope, body_messages(body[:7], body[7:]))
    assert start["status"] in (200, 400, 422)


@settings(max_examples=100, deadline=None)
@given(BYTES, BYTES)
def test_what_a_websocket_asks_for(query, header):
    scope = http_scope(query=query, headers=[(b"x", header)]) | {"type": "websocket"}
    sent = anyio.run(exchange, app, scope, [{"type": "websocket.connect"}])
    assert sent[0]["type"] in ("websocket.accept", "websocket.close")


@pytest.mark.anyio
@pytest.mark.parametrize("depth", [500, 100_000])
async def test_brackets_nested_deep_in_a_query_s_model(depth):
    start, _ = await exchange(app, http_scope("POST", "/", query=b"text=" + b"[" * depth))
    assert start["status"] == 200
