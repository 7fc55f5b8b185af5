"""Who blocks the loop: named in the log while it happens, with the line that it is at.

An app that asks for it (``App(debug_block=0.1)``) has the steps of its requests timed, and a thread that looks at a
step which takes too long. It costs two looks at the clock for each step; other apps pay nothing.
"""

import logging
import threading
import time

from fwlab.concurrency import in_steps
from fwlab.exceptions import DefinitionError
from fwlab.places import frame_of, places_in, users_place
from fwlab.types import ASGIApp, Receive, Scope, Send

logger = logging.getLogger("fwlab")


class BlockWatch:
    """A middleware that tells the log of every step which holds the event loop for too long.

    Args:
        app: the app that it is around.
        seconds: how long is too long.
    """

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        if not seconds > 0:
            raise DefinitionError(f"App(debug_block={seconds!r}): seconds above 0, such as 0.1.")
        self.app, self.seconds = app, seconds
        self._running: dict[int, tuple[float, Scope]] = {}
        self._told: set[float] = set()
        self._thread: threading.Thread | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request with its steps under watch."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._watch, name="fwlab-debug-block", daemon=True)
            self._thread.start()

        def enter() -> int:
            thread = threading.get_ident()
            self._running[thread] = (time.perf_counter(), scope)
            return thread

        await in_steps(self.app(scope, receive, send), enter, self._leave)

    def _leave(self, thread: int) -> None:
        began, scope = self._running.pop(thread)
        if began in self._told:
            self._told.discard(began)
            logger.warning("%s let the event loop go on after %.2f s.", _what(scope), time.perf_counter() - began)

    def _watch(self) -> None:
        while True:
            time.sleep(self.seconds / 4)
            for thread, step in list(self._running.items()):
                began, scope = step
                if time.perf_counter() - began < self.seconds or began in self._told:
                    continue
                place = users_place(places_in(frame_of(thread), within=in_steps.__code__))
                if self._running.get(thread) is step:  # the loop has not gone on while we looked
                    self._told.add(began)
                    held, at = time.perf_counter() - began, f" in {place}" if place is not None else ""
                    logger.warning("%s has held the event loop for %.2f s%s", _what(scope), held, at)


def _what(scope: Scope) -> str:
    route = scope.get("route")
    return "a request without a route" if route is None else str(route.shown)
