"""``trace(app)``: follow the requests of an application, wherever in this process it is served or loaded.

What is seen of them, and how, is in ``timeline/recorder.py``; what may be asked about it, in ``timeline/timeline.py``.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from fwlab.applications import App
from fwlab.lab.errors import LabError
from fwlab.lab.timeline import sent_at
from fwlab.lab.timeline.lanes import lanes_watched
from fwlab.lab.timeline.monitor import LOOK_EVERY, Monitor
from fwlab.lab.timeline.recorder import Recorder
from fwlab.lab.timeline.timeline import Hold, Timeline

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator

    from fwlab.types import ASGIApp, Receive, Scope, Send

__all__ = ["Hold", "Timeline", "trace", "traced"]


def traced(app: ASGIApp) -> ASGIApp:
    """Wrap `app` so that :func:`trace` can follow its requests; ``serve`` and ``AppTransport`` do this to every app.

    While no timeline is open for `app`, a call costs one look into a dictionary.

    Args:
        app: an ASGI application.

    Returns:
        An ASGI application that does the same.
    """
    key = id(app)

    def observed(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        recorders = _open.get(key)
        if recorders is None or scope["type"] != "http":
            return app(scope, receive, send)
        sent = sent_at.of(scope) if sent_at.told else None
        followed = app
        for recorder in recorders[1:]:
            followed = partial(recorder.follow, followed, sent)
        return recorders[0].follow(followed, sent, scope, receive, send)

    return observed


@contextmanager
def trace(app: ASGIApp) -> Iterator[Timeline]:
    """Follow the requests of `app`, wherever it is served or loaded in this process, while the block runs.

    Args:
        app: the very object that was given to ``serve`` or ``load``.

    Yields:
        The :class:`Timeline`, which fills while requests run.

    Raises:
        LabError: `app` cannot be called, so it is no ASGI application.

    Example:
        >>> import asyncio
        >>> async def app(scope, receive, send):
        ...     await asyncio.sleep(0)
        ...     await send({"type": "http.response.start", "status": 204, "headers": []})
        ...     await send({"type": "http.response.body", "body": b""})
        >>> async def ask():
        ...     async def no_body(): ...
        ...     async def ignore(message): ...
        ...     await traced(app)({"type": "http", "method": "GET", "path": "/"}, no_body, ignore)
        >>> with trace(app) as timeline:
        ...     asyncio.run(ask())
        >>> timeline.requests[0].status, len(timeline.requests[0].steps), timeline.blocked(seconds=0.5)
        (204, 2, [])
    """
    with open_timeline(app) as timeline:
        yield timeline


@contextmanager
def open_timeline(app: ASGIApp, *, look_every: float = LOOK_EVERY) -> Iterator[Timeline]:
    """Do what :func:`trace` does; `look_every` so many seconds, the loop's thread is looked at from outside."""
    if not callable(app):
        raise LabError(f"trace() follows an application, and {app!r} cannot be called: pass the app itself.")
    recorder = Recorder(mark_tasks=isinstance(app, App))
    monitor = Monitor(recorder, look_every)
    with ExitStack() as stack:
        stack.enter_context(sent_at.noted(recorder.join))
        stack.enter_context(lanes_watched(recorder))
        stack.callback(recorder.close)
        monitor.start()
        stack.callback(monitor.stop)
        _open[id(app)] = (*_open.get(id(app), ()), recorder)
        stack.callback(_forget, id(app), recorder)
        yield Timeline(recorder, monitor)


_open: dict[int, tuple[Recorder, ...]] = {}
"""Who follows the requests of each application, by its identity."""


def _forget(key: int, recorder: Recorder) -> None:
    others = tuple(other for other in _open[key] if other is not recorder)
    if others:
        _open[key] = others
    else:
        del _open[key]
