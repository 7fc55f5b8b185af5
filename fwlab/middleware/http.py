"""``@app.middleware("http")``: a function around the rest of the app that takes a request and returns a response.

Where the function waits in ``response = await call_next(request)``, the rest of the app runs until its response begins;
there it stands still while the function looks at the response, and goes on when the body is wanted. Two coroutines take
turns: the *outer* one (the function, then the response that it returned) and the *inner* one (the rest of the app).

Both run in the request's own task, by hand: :class:`_Turn` steps through a coroutine as the event loop would (PEP 492)
until that gives its turn away; all else that it waits for goes through to the loop. So context variables pass both
ways, a cancellation meets the code that is running, and there is neither task nor stream between the two. The price is
that a cancel scope which the rest of the app holds open while it sends is still open while the function goes on.
"""

from __future__ import annotations

import types
from collections.abc import AsyncIterable, Awaitable, Callable, Coroutine, Generator
from typing import Any

import anyio
from anyio.lowlevel import checkpoint

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
            await _Exchange(self.app, self.dispatch_func, scope, receive, send).run()
        else:
            await self.app(scope, receive, send)


def _name(function: Callable[..., Any]) -> str:
    return repr(getattr(function, "__qualname__", function))


class _Turn:
    """A coroutine that is run by hand, up to where it gives its turn away.

    Attributes:
        busy: whether it has the turn: it runs, or waits for something of the loop's.
        stepping: whether the code that is running this moment is the coroutine's own, and not that of a task it began.
        done: whether it has come to its end.
    """

    def __init__(self, coroutine: Coroutine[Any, Any, None]) -> None:
        self._coroutine = coroutine
        self._idle: anyio.Event | None = None
        self.busy = self.stepping = self.done = False

    @types.coroutine
    def run(self, error: BaseException | None = None) -> Generator[Any, Any, bool]:
        """Let it go on, or raise ``error`` where it stands, until it gives its turn away or ends.

        Returns:
            Whether it is done.

        Raises:
            BaseException: what the coroutine raised; it is done then, too.
        """
        while self.busy:  # in another task
            self._idle = self._idle or anyio.Event()
            yield from self._idle.wait().__await__()
        if self.done:
            return True
        value: Any = error
        wanted = None
        step: Callable[[Any], Any] = self._coroutine.send if error is None else self._coroutine.throw
        self.busy = True
        try:
            while True:
                self.stepping = True
                try:
                    wanted = step(value)
                finally:
                    self.stepping = False
                if wanted is self:
                    return False
                try:
                    value, step = (yield wanted), self._coroutine.send
                except BaseException as exc:
                    value, step = exc, self._coroutine.throw
        except StopIteration:
            return True
        finally:
            value = error = None  # an exception refers to this frame; the frame must not refer to it
            self.busy, self.done = False, wanted is not self
            if self._idle is not None:
                self._idle.set()
                self._idle = None

    @types.coroutine
    def give(self) -> Generator[Any, Any, None]:
        """Give the turn away: only to be awaited by the coroutine itself, while it is stepping."""
        yield self


class _Exchange:
    """One request on its way through the function and, as often as that calls it, through the rest of the app."""

    def __init__(self, app: ASGIApp, dispatch: Dispatch, *call: Any) -> None:
        self._app, self._dispatch, self._call = app, dispatch, call
        self._rest: _Rest | None = None
        self._outer = _Turn(self._respond())

    async def _respond(self) -> None:
        response = await self._dispatch(Request(*self._call), self._call_next)
        if not callable(response):
            raise FwlabError(f"The middleware {_name(self._dispatch)} returned {response!r}, which is no response.")
        await response(*self._call)

    async def _call_next(self, request: Request) -> Response:
        if self._rest is not None and self._rest.inner.busy:
            raise FwlabError("call_next was called while an earlier call is still at work, in another task.")
        await self._dismiss()  # what came of an earlier call is not wanted any more
        self._rest = rest = _Rest(self._app, request, self._call[2], self._outer)
        start = await rest.next_message()
        if start is None:
            raise FwlabError("The rest of the app ended without sending a response.")
        return _Passing(start, rest)

    async def run(self) -> None:
        """Let the two coroutines take their turns, until both have come to their ends."""
        error: BaseException | None = None
        try:
            while not await self._outer.run(error) and self._rest is not None:
                error = None
                try:
                    await self._rest.inner.run()
                except BaseException as exc:
                    if self._outer.done and not _is_disconnect(exc):
                        raise
                    error = exc  # raised where the function waits
        except Exception as exc:
            held = self._rest is not None and not self._rest.inner.done
            await self._dismiss()
            if held and isinstance(exc, RuntimeError) and "cancel scope" in str(exc).lower():
                raise FwlabError(
                    f"The middleware {_name(self._dispatch)} left a cancel scope, such as a time limit, in which the "
                    "rest of the app still holds one open, such as the task group of a dependency."
                ) from exc
            raise
        except BaseException as exc:
            # A cancellation. It may come from a cancel scope that the rest of the app holds open, and ends there then.
            if self._rest is None or self._rest.inner.done:
                raise
            await self._rest.dismiss(exc)
        else:
            await self._dismiss()

    async def _dismiss(self) -> None:
        if self._rest is not None:
            await self._rest.dismiss()


class _Rest:
    """The rest of the app, called once: what it receives and sends, and its turns with the function around it."""

    def __init__(self, app: ASGIApp, request: Request, send: Send, outer: _Turn) -> None:
        self._request, self._send, self._outer = request, send, outer
        self._to: Send = self._hand_over  # where its messages go
        self._message: Message | None = None
        self._request_read = False
        self._listening: anyio.CancelScope | None = None
        self.more_body: bool | None = None
        self.inner = _Turn(self._run(app))

    async def _run(self, app: ASGIApp) -> None:
        await app(self._request.scope, self._receive, lambda message: self._to(message))

    async def next_message(self) -> Message | None:
        """Wait for what it sends next; None when it has ended."""
        if not self.inner.done:
            if self._outer.stepping:
                await self._outer.give()
            else:  # the function waits in another task, as within `asyncio.wait_for` before Python 3.12
                await self.inner.run()
        message, self._message = self._message, None
        return message

    def __aiter__(self) -> _Rest:
        """The response's body, in the pieces in which it is sent."""
        return self

    async def __anext__(self) -> bytes:
        while self.more_body is not False and (message := await self.next_message()) is not None:
            if message["type"] != "http.response.body":
                raise FwlabError(f"The body comes as {message['type']!r}, which cannot be read; return it unread.")
            self.more_body = message.get("more_body", False)
            if body := message.get("body", b""):
                return bytes(body)
        self.more_body = False
        raise StopAsyncIteration

    async def pass_on(self, send: Send) -> None:
        """Let all that it sends from now on go straight to ``send``, and wait for its end."""
        self._to = send
        await self.next_message()

    async def dismiss(self, error: BaseException | None = None) -> None:
        """Let it come to its end as if the client had left; with ``error``, raised where it stands."""
        self._leave()
        try:
            await self.inner.run(error)
        except Exception as exc:
            if not _is_disconnect(exc):
                raise

    def _leave(self) -> None:
        self._to = self._discard
        if self._listening is not None:
            self._listening.cancel()

    async def _discard(self, message: Message) -> None:
        if self._listening is not None:
            await checkpoint()  # so that whoever listens hears it
        elif message.get("more_body", False):
            raise ClientDisconnect

    async def _hand_over(self, message: Message) -> None:
        if message["type"] in ("http.response.debug", "http.response.early_hint"):
            await self._send(message)
            return
        self._message = message
        if self.inner.stepping:
            await self.inner.give()
            return
        # It sends from another task than the one in which it was called: there the function goes on, then.
        await self._outer.run()
        if self._outer.done:
            self._leave()
            await self._discard(message)

    async def _receive(self) -> Message:
        request = self._request
        if self._to == self._discard:
            return {"type": "http.disconnect"}
        if self._request_read:
            try:
                with anyio.CancelScope() as self._listening:
                    return await request.receive()
            finally:
                self._listening = None
            return {"type": "http.disconnect"}
        message: Message = {"type": "http.request", "body": request.__dict__.get("_body"), "more_body": False}
        if message["body"] is None and request._stream_consumed:
            message["body"] = b""
        elif message["body"] is None:  # the function has not read it
            message = await request.receive()
        self._request_read = request._stream_consumed = not message.get("more_body", False)
        return message


def _is_disconnect(exc: BaseException) -> bool:
    """Tell whether the rest of the app only says that the client left, of which it was told itself."""
    if isinstance(exc, BaseExceptionGroup):
        return all(map(_is_disconnect, exc.exceptions))
    return isinstance(exc, ClientDisconnect)


class _Passing(Response):
    """The response of the rest of the app, whose body is still to come."""

    def __init__(self, start: Message, rest: _Rest) -> None:
        self._start, self._rest = start, rest
        self.status_code = start["status"]
        self.raw_headers = list(start.get("headers", ()))
        self.body_iterator: AsyncIterable[str | bytes] = rest
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it on; a body that the function has not looked at goes its own way."""
        await send({**self._start, "status": self.status_code, "headers": self.raw_headers})
        if self.body_iterator is self._rest and self._rest.more_body is None:
            await self._rest.pass_on(send)
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
