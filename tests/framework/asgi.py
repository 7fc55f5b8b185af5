"""A server's side of ASGI, word by word, for tests that look at the messages themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import anyio


def http_scope(
    method: str = "GET",
    path: str = "/",
    query: bytes = b"",
    headers: Iterable[tuple[bytes, bytes]] = (),
    root_path: str = "",
) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "root_path": root_path,
        "scheme": "http",
        "headers": list(headers),
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
        "state": {},
    }


def json_body(body: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]


def body_messages(*chunks: bytes) -> list[dict[str, Any]]:
    """The request's body in so many messages, the last of which says that it is the last."""
    return [
        {"type": "http.request", "body": chunk, "more_body": number < len(chunks)}
        for number, chunk in enumerate(chunks, start=1)
    ]


async def exchange(app, scope, messages=None) -> list[dict[str, Any]]:
    """Let ``app`` answer: it receives the messages and then a disconnect; what it sends is returned."""
    incoming = iter(body_messages(b"") if messages is None else messages)
    sent: list[dict[str, Any]] = []

    async def receive():
        return next(incoming, {"type": "http.disconnect"})

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    return sent


class Client:
    """A server's side of one request, whose client stays until it has its answer, or leaves when told to."""

    def __init__(self, *messages, on_send=None):
        self.incoming = list(messages or body_messages(b""))
        self.left = anyio.Event()
        self.sent = []
        self.on_send = on_send

    async def receive(self):
        if self.incoming:
            return self.incoming.pop(0)
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.sent.append(message)
        if self.on_send is not None:
            await self.on_send(message)
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self.left.set()  # as servers do: after the response there is nothing more to receive

    async def asks(self, app, **scope):
        with anyio.fail_after(20):  # only so that a test that hangs is one that fails
            await app(http_scope(**scope), self.receive, self.send)
        return self.sent
