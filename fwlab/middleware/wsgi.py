"""An app of the older, synchronous kind (WSGI, PEP 3333: Flask, Django, Bottle) as an ASGI app, to be mounted in one.

It runs in worker threads, and each piece of its body is fetched in one, so it never blocks the loop.
"""

from __future__ import annotations

import contextvars
import sys
from collections.abc import Callable, Iterable
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, TypeVar, cast

import anyio

from fwlab.concurrency import run_in_threadpool
from fwlab.datastructures import UploadFile
from fwlab.exceptions import FwlabError
from fwlab.requests import Request, route_path
from fwlab.types import Receive, Scope, Send
from fwlab.websockets import close_message

T = TypeVar("T")
WSGIApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_BODY_IN_MEMORY = 1024 * 1024
"""Bytes of a request's body that are kept in memory; a larger one goes to a temporary file."""


class WSGIMiddleware:
    """Calls a WSGI app.

    Args:
        app: the WSGI app, such as Flask's ``app``.

    Example:
        >>> def hello(environ, start_response):
        ...     start_response("200 OK", [("Content-Type", "text/plain")])
        ...     return [b"Hello from WSGI"]
        >>> from fwlab import App
        >>> app = App()
        >>> app.mount("/old", WSGIMiddleware(hello))
    """

    def __init__(self, app: WSGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "websocket":
            await send(close_message())
            return
        # One context for all of them, though they may run in different threads: Flask keeps its request in it.
        context = contextvars.copy_context()

        async def in_thread(function: Callable[..., T], *args: Any) -> T:
            return await run_in_threadpool(context.run, function, *args)

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], Any]:
            if sent and exc_info is not None:
                raise exc_info[1]
            told[:] = [int(status.partition(" ")[0]), headers]
            return written.append

        told: list[Any] = []
        written: list[bytes] = []
        sent = False
        body = UploadFile(cast(BinaryIO, SpooledTemporaryFile(_BODY_IN_MEMORY)))  # noqa: SIM115 closed below
        pieces: Iterable[bytes] = ()
        try:
            async for chunk in Request(scope, receive).stream():
                await body.write(chunk)
            await body.seek(0)
            pieces = await in_thread(self.app, environ_of(scope, body.file), start_response)
            iterator = iter(pieces)
            piece = await in_thread(next, iterator, None)
            if not told:
                raise FwlabError("The WSGI app began its body without calling start_response.")
            sent = True
            headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in told[1]]
            await send({"type": "http.response.start", "status": told[0], "headers": headers})
            while piece is not None or written:
                data = b"".join([*written, piece or b""])
                written.clear()
                await send({"type": "http.response.body", "body": data, "more_body": True})
                piece = await in_thread(next, iterator, None)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            with anyio.CancelScope(shield=True):
                await body.close()
                if (close := getattr(pieces, "close", None)) is not None:
                    await in_thread(close)


def environ_of(scope: Scope, body: Any) -> dict[str, Any]:
    """Return a request as WSGI describes it."""
    server = scope.get("server") or ("localhost", 80)
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope.get("root_path", "").encode().decode("latin-1"),
        "PATH_INFO": route_path(scope).encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if scope.get("client"):
        environ["REMOTE_ADDR"] = scope["client"][0]
    for raw_name, raw_value in scope["headers"]:
        if b"_" in raw_name:  # which could pass for a header with a dash, such as one that only a proxy may set
            continue
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        name = name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"
        value = raw_value.decode("latin-1")
        between = "; " if name == "HTTP_COOKIE" else ","
        environ[name] = f"{environ[name]}{between}{value}" if name in environ else value
    return environ
