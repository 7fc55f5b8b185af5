"""An application in memory as a transport for httpx: no server, no socket, and still the truth about a blocked loop.

httpx's own ``ASGITransport`` runs the application inside the task that asks. Ten users of a handler that holds the loop
for 20 ms are then served one after the other without knowing it, and each reads 21 ms where the truth is 200. Here, as
on a server, each request is a task of its own, and its caller waits as long as a caller does.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

import httpx

from fwlab.lab.serving.lifespan import Lifespan
from fwlab.lab.serving.process_pool import keep_processes
from fwlab.lab.trace import traced
from fwlab.lab.tracebacks import from_users_code

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator
    from types import TracebackType

    from fwlab.types import ASGIApp, Message, Scope

_GRACE = 1.0  # seconds that work after a complete answer (background tasks) has to end when the transport is closed
_MOST_UNREAD = 16  # pieces of a body that the application may be ahead of its reader

_logger = logging.getLogger("fwlab.lab")


MOMENTS = "fwlab_moments"
"""The extension of a response in which its :class:`Moments` are."""


@dataclass(slots=True)
class Moments:
    """When an answer left the application, on the event loop's clock; whoever is elsewhere has it from then on.

    A reader in the same loop gets it later, where something else holds the loop in the meantime.

    Attributes:
        first_byte: the head of the answer; ``None`` before.
        done: its last byte; ``None`` before.
    """

    first_byte: float | None = None
    done: float | None = None


class AppTransport(httpx.AsyncBaseTransport):
    """A transport for :class:`httpx.AsyncClient` that calls an ASGI application, one task per request.

    As a context manager (``async with httpx.AsyncClient(transport=AppTransport(app), ...)``) it runs the application's
    start-up and shutdown as well. An exception before the answer has begun reaches the caller; one after it, as a
    framework raises again what it has answered with 500, is logged as a server would log it.

    Args:
        app: any ASGI 3 application.

    Example::

        async with httpx.AsyncClient(transport=AppTransport(app), base_url="http://app") as client:
            response = await client.get("/burgers/2")
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = traced(app)
        self._lifespan = Lifespan(app)
        self._calls: set[_Call] = set()

    async def __aenter__(self) -> AppTransport:
        keep_processes()
        try:
            await self._lifespan.startup()
        except BaseException:
            await self._lifespan.shutdown()
            raise
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.aclose()
        await self._lifespan.shutdown()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Call the application, and return its answer with the body still to be read."""
        timeout = request.extensions.get("timeout", {}).get("read")
        call = _Call(self._app, request, self._lifespan.state.copy(), timeout)
        self._calls.add(call)
        call.task.add_done_callback(lambda _: self._calls.discard(call))
        try:
            start = await call.next_message()
        except BaseException:
            call.disconnect()
            raise
        return httpx.Response(
            start["status"],
            headers=list(start.get("headers", [])),
            stream=_Body(call),
            extensions={MOMENTS: call.moments},
        )

    async def aclose(self) -> None:
        """End what is still running: at once where nobody waits for it, after a second where it follows an answer."""
        for call in self._calls:
            if not call.complete:
                call.task.cancel()
        running = {call.task for call in self._calls}
        if running:
            _, late = await asyncio.wait(running, timeout=_GRACE)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=_GRACE)


class _Call:
    """One request inside the application: its task, and the messages in both directions."""

    def __init__(self, app: ASGIApp, request: httpx.Request, state: dict[str, Any], timeout: float | None) -> None:
        self.complete = False
        """Whether the application has sent the last piece of its answer."""
        self.moments = Moments()
        self._clock = asyncio.get_running_loop().time
        self._started = False
        self._head_only = request.method == "HEAD"
        self._timeout = timeout
        self._questions = _request_messages(request)
        self._answers: asyncio.Queue[Message] = asyncio.Queue(_MOST_UNREAD)
        self._news = asyncio.Event()  # there is an answer, or there will be none
        self._over = asyncio.Event()  # the answer is complete, or its reader has gone
        self.task = asyncio.create_task(
            self._run(app, _scope(request, state)), name=f"{request.method} {request.url.path}"
        )
        self.task.add_done_callback(lambda _: self._news.set())

    async def next_message(self) -> Message:
        """Return the application's next message; raise where it ends without one."""
        while self._answers.empty():
            if self.task.done():
                raise self._why_it_ended()
            self._news.clear()
            try:
                async with asyncio.timeout(self._timeout):
                    await self._news.wait()
            except TimeoutError:
                raise httpx.ReadTimeout(f"nothing came from the application for {self._timeout} s") from None
        return self._answers.get_nowait()

    def disconnect(self) -> None:
        """Nobody reads the answer any more: tell the application, and let it run on, as a server does."""
        self._over.set()
        while not self._answers.empty():
            self._answers.get_nowait()

    async def _run(self, app: ASGIApp, scope: Scope) -> Exception | None:
        try:
            await app(scope, self._receive, self._send)
        except Exception as error:
            if self.complete:
                where = from_users_code(error.__traceback__)
                _logger.error("Exception in ASGI application\n", exc_info=(type(error), error, where))
            return error
        except SystemExit as error:  # outside of this coroutine it would end the event loop
            return RuntimeError(f"the application raised SystemExit({error.code!r})")
        return None

    async def _receive(self) -> Message:
        question = await anext(self._questions, None)
        if question is None:
            await self._over.wait()
            return {"type": "http.disconnect"}
        return question

    async def _send(self, message: Message) -> None:
        if self._over.is_set() and not self.complete:
            return  # the reader has gone
        expected = "http.response.body" if self._started else "http.response.start"
        if self.complete or message["type"] != expected:
            when = "after the answer was complete" if self.complete else f"where {expected!r} was due"
            raise RuntimeError(f"The application sent {message['type']!r} {when}.")
        self.complete = self._started and not message.get("more_body", False)
        if not self._started:
            self.moments.first_byte = self._clock()
        if self.complete:
            self.moments.done = self._clock()
        self._started = True
        if self._head_only and expected == "http.response.body":
            message = {**message, "body": b""}
        await self._answers.put(message)
        self._news.set()
        if self.complete:
            self._over.set()

    def _why_it_ended(self) -> Exception:
        if self.task.cancelled():
            return httpx.ReadError("the application's task was cancelled")
        error = self.task.result()
        if self._started:
            failure = httpx.RemoteProtocolError(f"the application ended in the middle of its answer: {error!r}")
            failure.__cause__ = error
            return failure
        if error is None:
            return httpx.RemoteProtocolError("the application returned without an answer")
        return error.with_traceback(from_users_code(error.__traceback__))


class _Body(httpx.AsyncByteStream):
    def __init__(self, call: _Call) -> None:
        self._call = call
        self._read = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            while not self._read:
                message = await self._call.next_message()
                if message.get("body"):
                    yield message["body"]
                self._read = not message.get("more_body", False)
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        if not self._read:
            self._read = True
            self._call.disconnect()


async def _request_messages(request: httpx.Request) -> AsyncGenerator[Message, None]:
    """The request's body as a server hands it on: a body that came in one piece in one message."""
    held: bytes = b""
    async for piece in cast("httpx.AsyncByteStream", request.stream):
        if held:
            yield {"type": "http.request", "body": held, "more_body": True}
        held = piece
    yield {"type": "http.request", "body": held, "more_body": False}


def _scope(request: httpx.Request, state: dict[str, Any]) -> Scope:
    url = request.url
    raw_path, _, query = url.raw_path.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": url.scheme,
        "path": unquote(raw_path.decode("ascii")),
        "raw_path": raw_path,
        "root_path": "",
        "query_string": query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 0),
        "server": (url.host, url.port or 80),
        "state": state,
    }
