"""A function around an app, for tests: how it is put there, small apps and functions, and what was sent."""

from __future__ import annotations

from contextvars import ContextVar

import anyio

from fwlab.middleware.http import BaseHTTPMiddleware
from fwlab.requests import Request
from fwlab.responses import PlainTextResponse, StreamingResponse

heard = ContextVar("heard", default="nothing")


def around(app, *dispatches):
    """The app in these functions, the first of which is the innermost."""
    for dispatch in dispatches:
        app = BaseHTTPMiddleware(app, dispatch)
    return app


async def pass_on(request, call_next):
    return await call_next(request)


async def send_start(send, status=200, headers=()):
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})


async def send_body(send, body=b"", more_body=False):
    await send({"type": "http.response.body", "body": body, "more_body": more_body})


def status_of(sent):
    (start,) = [message for message in sent if message["type"] == "http.response.start"]
    return start["status"]


def headers_of(sent):
    return next(message["headers"] for message in sent if message["type"] == "http.response.start")


def body_of(sent):
    return b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")


def is_complete(sent):
    return bool(sent) and sent[-1]["type"] == "http.response.body" and not sent[-1].get("more_body", False)


async def inner_echo(scope, receive, send):
    body = await Request(scope, receive).body()
    await PlainTextResponse(body)(scope, receive, send)


async def scoped(scope, receive, send):
    """An app that opens and closes cancel scopes of its own before it sends."""
    with anyio.fail_after(60):
        await anyio.sleep(0)
    async with anyio.create_task_group() as group:
        group.start_soon(anyio.sleep, 0)
    await StreamingResponse(iter("abc"))(scope, receive, send)


async def endless(steps, event=None):
    try:
        while True:
            if event is not None:
                await event.wait()
            yield "tick"
    finally:
        steps.append("closed")
