"""No framework: the least that an ASGI app can do for the same answers. What it costs, no framework can save."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from anyio import to_thread

from benchmarks.burger import Burger

if TYPE_CHECKING:
    from fwlab.types import Receive, Scope, Send

CASES = {"text", "json", "parameters", "body", "def"}

_encode = json.JSONEncoder(separators=(",", ":")).encode


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request."""
    if scope["type"] == "lifespan":
        await _run_lifespan(receive, send)
        return
    path = scope["path"]
    media_type = b"application/json"
    if path == "/text":
        body, media_type = b"Hello, burger!", b"text/plain; charset=utf-8"
    elif path == "/json":
        body = _encode({"message": "Hello, burger!", "number": 1}).encode()
    elif path.startswith("/burgers/"):
        query = dict(parse_qsl(scope["query_string"].decode()))
        parameters = {"burger_id": int(path[9:]), "cheese": query["cheese"], "double": query["double"] == "true"}
        body = _encode(parameters).encode()
    elif path == "/burgers":
        message = await receive()
        body = Burger.model_validate_json(message["body"]).model_dump_json().encode()
    else:
        body = _encode(await to_thread.run_sync(_blocking)).encode()
    headers = [(b"content-type", media_type), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _blocking() -> dict[str, str]:
    return {"message": "Hello, thread!"}


async def _run_lifespan(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})
