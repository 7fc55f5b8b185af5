"""An application's lifespan: its start-up before the first request, its shutdown after the last.

uvicorn can do this too, but it answers a failed start-up with ``sys.exit`` and leaves the reason in a log. Here the
application's own exception reaches whoever started it; the server and the in-memory transport both start apps this way.
See "Lifespan Protocol" in the ASGI specification.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from fwlab.lab.errors import ServeError
from fwlab.lab.tracebacks import from_users_code, place_of

if TYPE_CHECKING:
    from fwlab.types import ASGIApp, Message

SHUTDOWN_LIMIT = 5.0  # seconds; a clean-up that never ends must not hold the notebook for ever
_MOMENT = 1.0  # seconds that an app has to raise the exception which it announced


class Lifespan:
    """One run of an application's lifespan.

    ``state`` is the dictionary that the application may fill at start-up and finds again in each request's scope.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.state: dict[str, Any] = {}
        self._app = app
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._answer: asyncio.Future[Message] | None = None
        self._task: asyncio.Task[BaseException | None] | None = None
        self._started = False

    async def startup(self) -> None:
        """Run the application's start-up, and return when it is complete.

        An application that knows no lifespan is started as it is, as the specification asks.

        Raises:
            ServeError: the application said that its start-up failed; its own exception is the cause.
        """
        self._task = asyncio.create_task(self._call(), name="fwlab-lifespan")
        answer = await self._ask("lifespan.startup", self._task)
        if answer is not None and answer["type"] == "lifespan.startup.failed":
            raise await self._failure("start", answer, self._task)
        self._started = answer is not None

    async def shutdown(self) -> None:
        """Run the application's shutdown, where its start-up was complete. To call it again does nothing.

        Raises:
            ServeError: the shutdown failed, or did not end within five seconds.
        """
        task, self._task = self._task, None
        if task is None:
            return
        try:
            if self._started and not task.done():
                async with asyncio.timeout(SHUTDOWN_LIMIT):
                    answer = await self._ask("lifespan.shutdown", task)
                if answer is not None and answer["type"] == "lifespan.shutdown.failed":
                    raise await self._failure("shut down", answer, task)
            if self._started and task.done() and not task.cancelled() and task.result() is not None:
                raise _error("shut down", task.result(), "")
        except TimeoutError:
            limit = f"{SHUTDOWN_LIMIT:.0f} s"
            raise ServeError(
                f"The application's shutdown did not end within {limit} and was cancelled. "
                "Look at the code that its lifespan runs after the `yield`."
            ) from None
        finally:
            task.cancel()
            await asyncio.wait([task], timeout=_MOMENT)

    async def _call(self) -> BaseException | None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}
        try:
            await self._app(scope, self._inbox.get, self._send)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # SystemExit too: it would end the event loop, and with it the kernel
            return error
        return None

    async def _send(self, message: Message) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(message)

    async def _ask(self, question: str, task: asyncio.Task[BaseException | None]) -> Message | None:
        """Send the app a message; return its answer, or None where it ended without one."""
        self._answer = asyncio.get_running_loop().create_future()
        self._inbox.put_nowait({"type": question})
        waited_for: list[asyncio.Future[Any]] = [self._answer, task]
        await asyncio.wait(waited_for, return_when=asyncio.FIRST_COMPLETED)
        return self._answer.result() if self._answer.done() else None

    async def _failure(self, verb: str, answer: Message, task: asyncio.Task[BaseException | None]) -> ServeError:
        await asyncio.wait([task], timeout=_MOMENT)
        error = task.result() if task.done() and not task.cancelled() else None
        return _error(verb, error, str(answer.get("message", "")))


def _error(verb: str, error: BaseException | None, message: str) -> ServeError:
    if error is None:
        return ServeError(f"The application did not {verb}: {message.strip() or 'it gave no reason'}")
    place = place_of(error)
    failure = ServeError(f"The application did not {verb}. {type(error).__name__}: {error}{place and f' ({place})'}")
    failure.__cause__ = error.with_traceback(from_users_code(error.__traceback__))
    return failure
