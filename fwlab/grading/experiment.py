"""An experiment: several requests at once on the learner's app, in memory, and what was seen of them."""

from __future__ import annotations

import asyncio
import gc
import re
import threading
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

import httpx

from fwlab.grading.failure import Failure, failure_of
from fwlab.grading.finding import Finding
from fwlab.grading.reply import Reply
from fwlab.grading.timelimit import keep_awake, waits_at
from fwlab.lab.loading.memory import AppTransport
from fwlab.lab.suspended import places_of_wait
from fwlab.lab.trace import Timeline, trace
from fwlab.lab.translation import gettext
from fwlab.places import Place, users_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fwlab.types import ASGIApp, Message, Receive, Scope, Send

NUMBER = "x-fwlab-request"


@dataclass(frozen=True)
class Observation:
    """What an experiment saw.

    Attributes:
        replies: in the order of the paths.
        timeline: who held the loop.
        loop_thread: the identifier of the thread that the event loop ran in.
        never_awaited: the names of ``async def`` functions that were called and not awaited.
    """

    replies: list[Reply]
    timeline: Timeline
    loop_thread: int
    never_awaited: list[str]

    @property
    def failure(self) -> Failure | None:
        """The first exception of the app."""
        return next((reply.failure for reply in self.replies if reply.failure is not None), None)


def observe(app: object, paths: Sequence[str]) -> Observation:
    """Send GET requests for all paths at the same time, and watch.

    The app runs in memory, on an event loop of this thread, with its start-up and shutdown. It is a plain call, for the
    thread that a check runs in.

    Args:
        app: the learner's app.
        paths: such as ``["/stock/bun", "/stock/pickle"]``.

    Raises:
        Finding: `app` is no application.

    Example:
        >>> async def app(scope, receive, send):
        ...     await send({"type": "http.response.start", "status": 200, "headers": []})
        ...     await send({"type": "http.response.body", "body": b"[1, 2]"})
        >>> [reply.json() for reply in observe(app, ["/a", "/b"]).replies]
        [[1, 2], [1, 2]]
    """
    if not is_application(app):
        raise Finding(
            gettext("`app` is of type {type}, which is no application.", type=type(app).__name__),
            gettext("Let `app = App()` stand."),
        )
    watched = WatchedApp(app)
    with warnings.catch_warnings(record=True) as caught, trace(watched) as timeline:
        warnings.simplefilter("always")
        waits_at(watched.place_of_wait)
        replies = asyncio.run(_ask_all(watched, paths))
        gc.collect()  # a coroutine that nobody awaited warns when it is thrown away
    messages = [
        *(str(warning.message) for warning in caught),
        *(failure.message for failure in watched.failures.values()),
    ]
    return Observation(replies, timeline, threading.get_ident(), names_never_awaited(messages))


class WatchedApp:
    """The app, with an eye on each request: its exception, and the coroutine that answers it.

    Attributes:
        failures: what it raised, by the number of the request.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.failures: dict[int, Failure] = {}
        self._app = app
        self._answering: list[Any] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the app."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent: list[Message] = []

        async def noted_send(message: Message) -> None:
            sent.append(message)
            await send(message)

        coroutine = self._app(scope, receive, noted_send)
        self._answering.append(coroutine)
        try:
            await coroutine
        except Exception as error:
            headers = dict(scope["headers"])
            self.failures[int(headers[NUMBER.encode()])] = failure_of(error)
            if not sent:
                await noted_send({"type": "http.response.start", "status": 500, "headers": []})
            if sent[-1]["type"] == "http.response.start" or sent[-1].get("more_body", False):
                await noted_send({"type": "http.response.body", "body": b""})
        finally:
            self._answering.remove(coroutine)

    def place_of_wait(self) -> Place | None:
        """Return the line of the user's code in which a request is waiting."""
        places = [users_place(places_of_wait(coroutine)) for coroutine in self._answering.copy()]
        return next((place for place in places if place is not None), None)


async def _ask_all(app: WatchedApp, paths: Sequence[str]) -> list[Reply]:
    keep_awake(asyncio.get_running_loop())
    async with httpx.AsyncClient(transport=AppTransport(app), base_url="http://app", timeout=None) as client:
        answers = await asyncio.gather(*(_ask(client, number, path) for number, path in enumerate(paths)))
    return [
        Reply(path, status, body, app.failures.get(number))
        for number, (path, (status, body)) in enumerate(zip(paths, answers, strict=True))
    ]


async def _ask(client: httpx.AsyncClient, number: int, path: str) -> tuple[int | None, bytes]:
    try:
        response = await client.get(path, headers={NUMBER: str(number)})
    except httpx.HTTPError:
        return None, b""
    return int(response.status_code), response.content  # an app may send an HTTPStatus


def is_application(app: object) -> TypeGuard[ASGIApp]:
    """Tell whether it may be an ASGI application at all."""
    return callable(app)


def names_never_awaited(messages: Iterable[str]) -> list[str]:
    """Find the functions in Python's warning, and in fwlab's error about a coroutine in the place of a result."""
    found = [re.search(r"coroutine '(.+)' was never awaited|(\w+)\(\) was called but not awaited", m) for m in messages]
    return [match[1] or match[2] for match in found if match]
