"""One call of an app by the test client: in the app's event loop, on behalf of a test in another thread.

It begins and ends with the test's request or WebSocket. An app whose client leaves is told, as a server would tell it;
one that does not listen is cancelled, so that no test hangs.
"""

from __future__ import annotations

import concurrent.futures
import dataclasses
import math
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack

import anyio
import anyio.abc
import httpx
from anyio.from_thread import BlockingPortal

from fwlab.types import ASGIApp, Message, Scope

# How long an app may take to notice that its client has gone, in seconds. One that waits for a message notices at once.
NOTICE = 0.05


@dataclasses.dataclass
class CalledApp:
    """The app of a test client.

    Attributes:
        app: any ASGI application.
        open_portal: gives the way into its event loop.
        raise_exceptions: whether what it raises reaches the test.
        calls: those that have not ended.
    """

    app: ASGIApp
    open_portal: Callable[[], AbstractContextManager[BlockingPortal]]
    raise_exceptions: bool
    calls: set[AppCall] = dataclasses.field(default_factory=set)


class AppCall:
    """The common part of a request and a WebSocket; they differ in ``receive`` and ``send``.

    Args:
        called: the app.
        scope: what it is called with.
        request: what httpx sends.
    """

    limited = True  # whether the app has to send something from time to time, from the beginning on

    def __init__(self, called: CalledApp, scope: Scope, request: httpx.Request) -> None:
        self.called = called
        self.scope = scope
        self.request = request
        timeout = request.extensions.get("timeout", {}).get("read")
        self.timeout: float = math.inf if timeout is None else timeout
        self.error: Exception | None = None  # what the app raised
        self.failure: Exception | None = None  # what the test is told in any case
        self.left = False  # the client has gone
        self._exits = ExitStack()
        self._future: concurrent.futures.Future[None] | None = None

    # What follows runs in the thread of the test.

    def begin(self) -> None:
        """Call the app, and go on while it runs."""
        self.portal = self._exits.enter_context(self.called.open_portal())
        self.called.calls.add(self)
        self._future, _ = self.portal.start_task(self._run)

    @property
    def is_open(self) -> bool:
        """Whether it has begun and not ended."""
        return self in self.called.calls

    def end(self) -> None:
        """Leave the app and wait until it has ended."""
        if not self.is_open:
            return
        self.called.calls.discard(self)
        try:
            if self._future is not None:
                if not self._future.done():
                    self.portal.call(self._leave)
                concurrent.futures.wait([self._future])
        finally:
            self._exits.close()

    def raise_error(self) -> None:
        """Raise what went wrong, if it did."""
        if self.failure is not None:
            raise self.failure
        if self.error is not None and self.called.raise_exceptions:
            raise self.error

    def timed_out(self, what: str) -> httpx.ReadTimeout:
        """Return the exception for an app that has been silent for too long."""
        name = f"{self.request.method} {self.request.url.path}"
        return httpx.ReadTimeout(
            f"{name}: the app {what} for {self.timeout:g} s; if it needs longer, pass another timeout=.",
            request=self.request,
        )

    # What follows runs in the app's event loop.

    async def receive(self) -> Message:
        """Give the app the client's next message."""
        raise NotImplementedError

    async def send(self, message: Message) -> None:
        """Take a message from the app."""
        raise NotImplementedError

    async def _run(self, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        self.noticed = anyio.Event()  # the app knows that there is nobody to answer any more
        try:
            with anyio.CancelScope() as self.cancel_scope:
                if self.limited:
                    self.grant_time()
                task_status.started()
                await self.called.app(self.scope, self.receive, self.send)
            if self.cancel_scope.cancelled_caught and anyio.current_time() >= self.cancel_scope.deadline:
                self.failure = self.timed_out(self.silence())
        except Exception as error:
            self.error = error
        finally:
            self.noticed.set()
            self.app_ended()

    def grant_time(self) -> None:
        """Let the app be silent for another while."""
        self.cancel_scope.deadline = anyio.current_time() + self.timeout

    def silence(self) -> str:
        """Say what the app has not done."""
        return "has not ended"

    def app_ended(self) -> None:
        """Tell a waiting test."""

    def hang_up(self) -> bool:
        """Be the client that goes; return False if it got all it came for, and the app may end in peace."""
        raise NotImplementedError

    async def _leave(self) -> None:
        """Tell the app that its client has gone: by its next message, else by the next that it sends; or cancel it."""
        if not self.hang_up():
            return
        self.grant_time()
        for self.left in (False, True):
            if not self.noticed.is_set():
                with anyio.move_on_after(NOTICE):
                    await self.noticed.wait()
        if not self.noticed.is_set():
            self.cancel_scope.cancel()
