"""Experiments in virtual time: an async function, or requests to an app, and everything worth knowing about it.

An hour passes at once, and every figure is exact, so nothing has to be judged with a tolerance.
"""

from __future__ import annotations

import asyncio
import gc
import inspect
import time
import traceback
import warnings
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx

from fwlab.course.activities import activity, current_request, watched
from fwlab.grading.experiment import NUMBER, WatchedApp, is_application, names_never_awaited
from fwlab.grading.failure import failure_of
from fwlab.grading.finding import Finding
from fwlab.grading.garbage import only_new_garbage
from fwlab.grading.orders import current_order
from fwlab.grading.recording import Hold, Recording, plain
from fwlab.grading.reply import Reply
from fwlab.lab.clock.actors import LoopActor, current_actor
from fwlab.lab.clock.errors import VirtualTimeError
from fwlab.lab.clock.machine import SECOND
from fwlab.lab.clock.run import virtual
from fwlab.lab.loading.memory import AppTransport
from fwlab.lab.translation import gettext
from fwlab.places import Place, places_in, users_place

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType

    from fwlab.course.activities import Activity
    from fwlab.types import Receive, Scope, Send

LONGEST = 60.0
"""Virtual seconds that an experiment may take: what is not over then will not be."""


@dataclass(frozen=True)
class Ask:
    """A request of an experiment.

    Attributes:
        path: with its query, such as ``"/stock/bun"``.
        method: of HTTP.
        json: what is sent as the body, if anything.
        at: when it is sent, in virtual seconds.
        leaves_at: when whoever asked goes away, if they do.
    """

    path: str
    method: str = "GET"
    json: Any = None
    at: float = 0.0
    leaves_at: float | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def record(fn: Callable[[], Any], *, tick: float | None = None, seed: int | None = None) -> Recording:
    """Run an async function in virtual time, and write down what happens.

    Args:
        fn: without parameters; what it raises is written down, too. A plain function is called as it is.
        tick: let a ticker take a turn every so many seconds beside it, and note when it had one.
        seed: shuffle what may come in another order, always the same way for the same seed.

    Example:
        >>> from fwlab.course.kitchen import bake_bun, grill_patty
        >>> async def lunch():
        ...     return await asyncio.gather(bake_bun(), grill_patty())
        >>> seen = record(lunch)
        >>> seen.result, seen.seconds, seen.most_at_once()
        (['bun', 'patty'], 0.4, 2)
    """
    return _Experiment(fn, tick).run(seed)


def record_requests(
    app: object, requests: Sequence[str | Ask], *, tick: float | None = None, seed: int | None = None
) -> Recording:
    """Send requests to an app in virtual time, and write down what happens. Each is an activity, ``"GET /stock/bun"``.

    Args:
        app: the learner's app; its start-up and shutdown are run.
        requests: paths to get, all at once, or :class:`Ask` for more.
        tick: as in :func:`record`.
        seed: as in :func:`record`.

    Raises:
        Finding: `app` is no application.

    Example:
        >>> from fwlab import App
        >>> app = App()
        >>> @app.get("/{n}")
        ... async def two(n: str):
        ...     await asyncio.sleep(0.2)
        ...     return 2
        >>> seen = record_requests(app, ["/a", "/b"])
        >>> [reply.json() for reply in seen.replies], seen.seconds, seen.most_at_once()
        ([2, 2], 0.2, 2)
    """
    if not is_application(app):
        raise Finding(f"`app` is of type {type(app).__name__}, which is no application.", "Let `app = App()` stand.")
    watched_app = WatchedApp(app)
    asks = [Ask(request) if isinstance(request, str) else request for request in requests]
    replies: list[Reply] = []
    recording = _Experiment(partial(_send_all, watched_app, asks), tick, replies.extend).run(seed)
    recording.replies = replies
    messages = [failure.message for failure in watched_app.failures.values()]
    recording.never_awaited += names_never_awaited(messages)
    recording.failure = recording.failure or next((r.failure for r in replies if r.failure is not None), None)
    return recording


class _Experiment:
    """One run in virtual time."""

    def __init__(self, fn: Callable[[], Any], tick: float | None, keep: Callable[[Any], Any] = plain) -> None:
        self._fn = fn
        self._tick = tick
        self._keep = keep
        self._seen = Recording()
        self._over = False
        self._snapshot: list[Activity] = []  # as it was at the end, before what was left was ended

    def run(self, seed: int | None) -> Recording:
        seen = self._seen
        with only_new_garbage(), warnings.catch_warnings(record=True) as caught, watched() as seen.activities:
            warnings.simplefilter("always")
            try:
                virtual(self._main, seed=current_order() if seed is None else seed)
            except VirtualTimeError as error:
                seen.stuck = str(error)
            gc.collect()  # a coroutine that nobody awaited warns when it is thrown away
        seen.activities = self._snapshot or seen.activities.copy()
        seen.never_awaited = names_never_awaited(str(warning.message) for warning in caught)
        return seen

    async def _main(self) -> None:
        seen, loop = self._seen, asyncio.get_running_loop()
        actor = current_actor()
        assert isinstance(actor, LoopActor)
        actor.holds.append(self._note_hold)
        loop.set_exception_handler(lambda _, context: self._note_lost(context.get("exception")))
        ticker = loop.create_task(self._ticking(self._tick), name="fwlab ticker") if self._tick else None
        ours = {asyncio.current_task(), ticker}
        await asyncio.sleep(0)  # so that the ticker runs before anybody can hold the loop
        begun = time.perf_counter()
        limit = asyncio.timeout(LONGEST)
        try:
            async with limit:
                seen.result = self._keep(await self._call())
        except TimeoutError as error:
            if limit.expired():
                seen.stuck = gettext("After {seconds:g} seconds it had not come to its end", seconds=LONGEST) + _where(
                    error.__cause__
                )
            else:
                seen.failure = failure_of(error)
        except VirtualTimeError:
            raise
        except Exception as error:
            seen.failure = failure_of(error)
        finally:
            seen.seconds = round(time.perf_counter() - begun, 9)
            await asyncio.sleep(0)  # a task that has just been cancelled takes a turn to end
            left = [task for task in asyncio.all_tasks() if task not in ours and not task.done()]
            self._snapshot = [replace(one) for one in seen.activities]
            seen.left_over = sorted(_name_of(task) for task in left)
            if ticker is not None:
                ticker.cancel()
        await self._put_away(left)

    async def _call(self) -> Any:
        value = self._fn()
        if not inspect.isawaitable(value):
            self._seen.awaitable = False
            return value
        return await value

    async def _put_away(self, left: Sequence[asyncio.Task[Any]]) -> None:
        """Let exceptions be found that nobody looked at; then end what is left: what comes of that is our doing."""
        gc.collect()
        self._over = True
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=1)

    async def _ticking(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            self._seen.ticks.append(round(time.perf_counter(), 9))

    def _note_hold(self, begin: int, end: int, frame: FrameType | None) -> None:
        if end > begin:
            place = users_place(places_in(frame))
            self._seen.holds.append(Hold(begin / SECOND, end / SECOND, place))

    def _note_lost(self, error: BaseException | None) -> None:
        if isinstance(error, Exception) and not self._over:
            self._seen.lost.append(failure_of(error))


def _name_of(task: asyncio.Task[Any]) -> str:
    """Return what a task runs."""
    name: str = getattr(task.get_coro(), "__qualname__", task.get_name())
    return name.rpartition("<locals>.")[2]


async def _send_all(app: WatchedApp, asks: Sequence[Ask]) -> list[Reply]:
    counted = _Counted(app)
    async with httpx.AsyncClient(transport=AppTransport(counted), base_url="http://app", timeout=None) as client:
        answers = await asyncio.gather(*(_send(client, number, ask) for number, ask in enumerate(asks)))
        with suppress(TimeoutError):  # who has left is not answered, and may be worked for nevertheless
            async with asyncio.timeout(LONGEST / 2):
                await counted.idle.wait()
    return [
        Reply(ask.path, status, body, app.failures.get(number))
        for number, (ask, (status, body)) in enumerate(zip(asks, answers, strict=True))
    ]


async def _send(client: httpx.AsyncClient, number: int, ask: Ask) -> tuple[int | None, bytes]:
    if ask.at:
        await asyncio.sleep(ask.at)
    token = current_request.set(number)
    try:
        async with asyncio.timeout(None if ask.leaves_at is None else ask.leaves_at - ask.at):
            with activity(str(ask)):
                response = await client.request(ask.method, ask.path, json=ask.json, headers={NUMBER: str(number)})
                return int(response.status_code), response.content  # an app may send an HTTPStatus
    except (httpx.HTTPError, TimeoutError):
        return None, b""
    finally:
        current_request.reset(token)


class _Counted:
    """The app; what it does is told the number of the request that it is for."""

    def __init__(self, app: WatchedApp) -> None:
        self.idle = asyncio.Event()
        """Whether no request is inside."""
        self.idle.set()
        self._app = app
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        current_request.set(int(dict(scope["headers"])[NUMBER.encode()]))
        self._inside += 1
        self.idle.clear()
        try:
            await self._app(scope, receive, send)
        finally:
            self._inside -= 1
            if not self._inside:
                self.idle.set()


def _where(error: BaseException | None) -> str:
    """Say at which of the learner's lines an exception struck."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__ if error else None)]
    place = users_place(Place.of(frame) for frame in reversed(frames))
    return f"; it was at {place}" if place is not None else "."
