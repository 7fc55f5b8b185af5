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
    """The common part of a request and a WebSocket; they differ in what they give to the app and take from it.

    Args:
        called: the app.
        scope: what it is called with.
        request: what httpx sends.
    """

    _due = "ended"  # what the app has to do next
    _limited = False  # whether it must do so soon, from the beginning on

    def __init__(self, called: CalledApp, scope: Scope, request: httpx.Request) -> None:
        self.scope = scope
        self._called = called
        self._request = request
        timeout = request.extensions.get("timeout", {}).get("read")
        self._timeout: float = math.inf if timeout is None else timeout
        self._error: Exception | None = None  # what the app raised
        self._failure: Exception | None = None  # what the test is told in any case
        self._left = False  # the client has gone
        self._exits = ExitStack()
        self._future: concurrent.futures.Future[None] | None = None

    # What follows runs in the thread of the test.

    def _begin(self) -> None:
        """Call the app, and go on while it runs."""
        self._portal = self._exits.enter_context(self._called.open_portal())
        self._called.calls.add(self)
        self._future, _ = self._portal.start_task(self._run)

    def end(self) -> None:
        """Leave the app and wait until it has ended."""
        if self not in self._called.calls:
            return
        self._called.calls.discard(self)
        with self._exits:
            if self._future is not None and not self._future.done():
                self._portal.call(self._leave)
                concurrent.futures.wait([self._future])

    def _raise_error(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self._error is not None and self._called.raise_exceptions:
            raise self._error

    def _timed_out(self, due: str) -> httpx.ReadTimeout:
        return httpx.ReadTimeout(
            f"{self._request.method} {self._request.url.path}: the app has not {due} for {self._timeout:g} s; "
            "if it needs longer, pass another timeout=.",
            request=self._request,
        )

    # What follows runs in the app's event loop.

    async def _give(self) -> Message:
        """Return the app's next message: its ``receive``."""
        raise NotImplementedError

    async def _take(self, message: Message) -> None:
        """Take a message from the app: its ``send``."""
        raise NotImplementedError

    def _hang_up(self) -> bool:
        """Be the client that goes; return False if it got all it came for, and the app may end in peace."""
        raise NotImplementedError

    def _app_ended(self) -> None:
        """Tell the test, which may be waiting."""
        raise NotImplementedError

    def _grant_time(self) -> None:
        self._cancel_scope.deadline = anyio.current_time() + self._timeout

    async def _run(self, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        self._noticed = anyio.Event()  # the app knows that there is nobody to answer any more
        try:
            with anyio.CancelScope() as self._cancel_scope:
                if self._limited:
                    self._grant_time()
                task_status.started()
                await self._called.app(self.scope, self._give, self._take)
            if self._cancel_scope.cancelled_caught and anyio.current_time() >= self._cancel_scope.deadline:
                self._failure = self._timed_out(self._due)
        except Exception as error:
            self._error = error
        finally:
            self._noticed.set()
            self._app_ended()

    async def _leave(self) -> None:
        """Tell the app that its client has gone: by its next message, else by the next that it sends; or cancel it."""
        if not self._hang_up():
            return
        self._grant_time()
        for self._left in (False, True):
            if not self._noticed.is_set():
                with anyio.move_on_after(NOTICE):
                    await self._noticed.wait()
        if not self._noticed.is_set():
            self._cancel_scope.cancel()
