"""``@app.middleware("http")``: a function around the rest of the app that takes a request and returns a response.

Where the function waits in ``response = await call_next(request)``, the rest of the app runs until its response begins;
there it stands still while the function looks at the response, and goes on when the body is wanted. Two coroutines take
turns: the function (then the response that it returned), which wants messages, and the rest of the app, which has them.

Both run in the request's own task, by hand: :class:`_Turn` steps through a coroutine as the event loop would (PEP 492)
until that gives its turn away; all else that it waits for goes through to the loop. So context variables pass both
ways, a cancellation meets the code that is running, and there is neither task nor stream between the two. The price is
that a cancel scope which the rest of the app holds open while it sends is still open while the function goes on.
"""

import types
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Coroutine, Generator
from typing import Any

import anyio
import anyio.lowlevel

from fwlab.concurrency import lane_of
from fwlab.exceptions import DefinitionError, FwlabError
from fwlab.requests import ClientDisconnect, Request
from fwlab.responses import Response, close_iterator
from fwlab.types import ASGIApp, Message, Receive, Scope, Send

CallNext = Callable[[Request], Awaitable[Response]]
Dispatch = Callable[[Request, CallNext], Awaitable[Response]]


class BaseHTTPMiddleware:
    """Puts a function, or its own method ``dispatch``, around the HTTP requests of an app.

    Args:
        app: the rest of the app.
        dispatch: ``async def dispatch(request, call_next)``, which returns a response: that of
            ``await call_next(request)``, changed or not, or one of its own.

    Raises:
        DefinitionError: when ``dispatch`` is not ``async def``.

    Example:
        >>> from fwlab import App
        >>> app = App()
        >>> @app.middleware("http")
        ... async def say_who(request, call_next):
        ...     response = await call_next(request)
        ...     response.headers["x-kitchen"] = "burgers"
        ...     return response
    """

    def __init__(self, app: ASGIApp, dispatch: Dispatch | None = None) -> None:
        self.app = app
        self.dispatch_func: Dispatch = self.dispatch if dispatch is None else dispatch
        if lane_of(self.dispatch_func) != "loop":
            raise DefinitionError(f"The middleware {_name(self.dispatch_func)} awaits call_next: write `async def`.")

    async def dispatch(self, request: Request, call_next: CallNext) -> Response:
        """Answer a request; subclasses say how."""
        raise NotImplementedError(f"{type(self).__name__} needs `async def dispatch(self, request, call_next)`.")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request by way of the function; all that is not HTTP passes."""
        if scope["type"] == "http":
            await _Function(self.app, self.dispatch_func, scope, receive, send).answer()
        else:
            await self.app(scope, receive, send)


def _name(function: Callable[..., Any]) -> str:
    return repr(getattr(function, "__qualname__", function))


class _Turn:
    """A coroutine that is run by hand, up to where it gives its turn away.

    Attributes:
        coroutine: while ``cr_running``, the code that runs is its own and not that of another task that it began.
        busy: whether it has the turn: it runs, or waits for something of the loop's.
        done: whether it has come to its end.
        error: what it raised, until that is raised where it counts.
    """

    def __init__(self, coroutine: Coroutine[Any, Any, None]) -> None:
        self.coroutine: Any = coroutine
        self._given: Message | None = None
        self._waiting: list[anyio.Event] = []  # who wants it to go on from another task
        self.busy = self.done = False
        self.error: BaseException | None = None

    @types.coroutine
    def run(self, message: Message | None = None) -> Generator[Any, Any, Any]:
        """Let it go on with a message, until it gives its turn away; return what it gives, or None when it ends."""
        while self.busy:  # in another task
            self._waiting.append(idle := anyio.Event())
            yield from idle.wait().__await__()
        if self.done:
            return None
        self.busy = True
        try:
            wanted = self.coroutine.send(message)
            while wanted is not self:
                try:
                    value = yield wanted
                except BaseException as exc:
                    wanted = self.coroutine.throw(exc)
                else:
                    wanted = self.coroutine.send(value)
            return self._given
        except BaseException as exc:
            self.done, self.error = True, None if isinstance(exc, StopIteration) else exc
        finally:
            self.busy = False
            while self._waiting:
                self._waiting.pop(0).set()

    @types.coroutine
    def give(self, message: Message | None = None) -> Generator[Any, Any, Any]:
        """Give the turn away with a message, and return the next one: only to be awaited while it runs."""
        self._given = message
        return (yield self)

    def check(self) -> None:
        """Raise what it raised, once."""
        error, self.error = self.error, None
        if error is not None:
            raise error


class _Function(_Turn):
    """The function around the rest of the app, for one request, and the response that it returns."""

    def __init__(self, app: ASGIApp, dispatch: Dispatch, *call: Any) -> None:
        super().__init__(self._respond(dispatch, *call))
        self.app, self.send = app, call[2]
        self._rest: _Rest | None = None

    async def _respond(self, dispatch: Dispatch, *call: Any) -> None:
        try:
            response = await dispatch(Request(*call), self._call_next)
        except RuntimeError as exc:
            if self._rest is None or self._rest.done or "cancel scope" not in str(exc).lower():
                raise
            raise FwlabError(
                f"The middleware {_name(dispatch)} left a cancel scope, such as a time limit, that the app is still in."
            ) from exc
        if not callable(response):
            raise FwlabError(f"The middleware {_name(dispatch)} returned {response!r}, which is no response.")
        await response(*call)

    async def _call_next(self, request: Request) -> Response:
        if self._rest is not None:
            if self._rest.busy:
                raise FwlabError("call_next was called while an earlier call is still at work, in another task.")
            await self._rest.dismiss()  # what came of an earlier call is not wanted any more
        self._rest = rest = _Rest(self, request)
        if (start := await rest.next_message()) is None:
            raise FwlabError("The rest of the app ended without sending a response.")
        rest.start, rest.status_code, rest.raw_headers = start, start["status"], list(start.get("headers", ()))
        return rest

    async def answer(self) -> None:
        """Let the function and the rest of the app take their turns, until both have come to their ends."""
        try:
            await self.run()
            while not self.done and self._rest is not None:
                await self.run(await self._rest.run())
        finally:
            try:
                if self._rest is not None:
                    await self._rest.dismiss()
            finally:
                self.check()


class _Rest(_Turn, Response, AsyncIterator[bytes]):
    """The rest of the app, called once, as the response that it sends, whose body is still to come: its own pieces."""

    def __init__(self, function: _Function, request: Request) -> None:
        super().__init__(self._respond(function.app))
        self._function, self._request = function, request
        self._to: Send | None = None  # where its messages go, if not to the function
        self._listening: anyio.CancelScope | None = None
        self._request_read = self._left = False
        self._more_body: bool | None = None
        self.body_iterator: AsyncIterable[str | bytes] = self
        self.background = None
        self.start: Message = {}

    async def _respond(self, app: ASGIApp) -> None:
        await app(self._request.scope, self._receive, self._send)

    async def next_message(self) -> Message | None:
        """Wait for what it sends next; None when it has ended."""
        # The function may wait in another task, as within `asyncio.wait_for` before Python 3.12.
        message: Message | None = await (self._function.give() if self._function.coroutine.cr_running else self.run())
        self.check()
        return message

    async def __anext__(self) -> bytes:
        while self._more_body is not False and (message := await self.next_message()) is not None:
            if message["type"] != "http.response.body":
                raise FwlabError(f"The body comes as {message['type']!r}, which cannot be read; return it unread.")
            self._more_body = message.get("more_body", False)
            if body := message.get("body", b""):
                return bytes(body)
        self._more_body = False
        raise StopAsyncIteration

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it on; a body that the function has not looked at goes its own way."""
        await send({**self.start, "status": self.status_code, "headers": self.raw_headers})
        if self.body_iterator is self and self._more_body is None:
            self._to = send
            await self.next_message()
        else:
            try:
                async for chunk in self.body_iterator:
                    data = chunk.encode() if isinstance(chunk, str) else chunk
                    await send({"type": "http.response.body", "body": data, "more_body": True})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            finally:
                await close_iterator(self.body_iterator)
        if self.background is not None:
            await self.background()

    async def dismiss(self) -> None:
        """Let it come to its end as if the client had left."""
        self._leave()
        await self.run()
        try:
            self.check()
        except* ClientDisconnect:  # of which it was told itself
            pass

    def _leave(self) -> None:
        self._left, self._to = True, None
        if self._listening is not None:
            self._listening.cancel()

    async def _send(self, message: Message) -> None:
        function = self._function
        if self._to is not None or message["type"] in ("http.response.debug", "http.response.early_hint"):
            await (self._to or function.send)(message)
            return
        if not self._left:
            # Should it send from another task than the one in which it was called, the function goes on there.
            await (self.give(message) if self.coroutine.cr_running else function.run(message))
            if function.done:
                self._leave()
                if not isinstance(function.error, Exception):  # a cancellation, which may come from a scope in here
                    function.check()
        if self._left and self._listening is not None:
            await anyio.lowlevel.checkpoint()  # so that whoever listens hears it
        elif self._left and message.get("more_body", False):
            raise ClientDisconnect

    async def _receive(self) -> Message:
        request = self._request
        if self._request_read and not self._left:
            try:
                with anyio.CancelScope() as self._listening:
                    return await request.receive()
            finally:
                self._listening = None
        if self._left:
            return {"type": "http.disconnect"}
        body = request.__dict__.get("_body")
        if body is None and not request._stream_consumed:  # the function has not read it
            message = await request.receive()
        else:
            message = {"type": "http.request", "body": body or b"", "more_body": False}
        self._request_read = request._stream_consumed = not message.get("more_body", False)
        return message
