"""A timeline of each server while somebody looks at it, and those that were kept.

It is like :func:`fwlab.lab.trace` around whatever comes, begun anew after a while, so that it does not grow for ever.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, NamedTuple

from fwlab.lab.errors import LabError
from fwlab.lab.timeline.live import MOST_ROWS, view_of
from fwlab.lab.trace import open_timeline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fwlab.lab.serving.server import Server
    from fwlab.lab.trace import Timeline

MOST_REQUESTS = 2000
"""How many requests a timeline has before another one takes its place, as soon as none is under way."""

MOST_KEPT = 20
"""How many timelines are kept; the oldest go first."""

LOOK_EVERY = 0.1
"""Seconds between two looks at who holds the loop: seldom, as long as nobody asks for the very line of a short hold."""

_kept: dict[int, Timeline] = {}


def kept_timeline(number: int) -> Timeline:
    """Return a timeline that was kept in the panel.

    Args:
        number: the one that the panel wrote into the notebook.

    Raises:
        LabError: there is none of that number, or no more.
    """
    if number not in _kept:
        raise LabError(f"No timeline {number} is kept: this kernel has {sorted(_kept) or 'none'}. Keep it again.")
    return _kept[number]


class LiveTraces:
    """The timelines of the servers that somebody looks at; used by one thread."""

    def __init__(self) -> None:
        self._open: dict[str, _Open] = {}

    def follow(self, servers: Iterable[Server]) -> None:
        """Have a timeline of each of these servers, and of no other. Those in other processes are not seen into."""
        apps = {server.name: server.app for server in servers if server.where != "process"}
        for name, opened in list(self._open.items()):
            if apps.get(name) is not opened.app or _is_full(opened.timeline):
                self._close(name)
        for name in apps.keys() - self._open.keys():
            self._begin(name, apps[name])

    def views(self) -> dict[str, Any]:
        """Return what is drawn of each, by the server's name."""
        return {name: view_of(opened.timeline) for name, opened in self._open.items()}

    def keep(self, name: str) -> int | None:
        """Keep what is shown of a server under a number, and begin anew; None: nothing is shown of it."""
        opened = self._open.get(name)
        if opened is None:
            return None
        self._close(name)
        self._begin(name, opened.app)
        number = max(_kept, default=0) + 1
        _kept[number] = opened.timeline.newest(MOST_ROWS)
        if len(_kept) > MOST_KEPT:
            del _kept[min(_kept)]
        return number

    def _begin(self, name: str, app: Any) -> None:
        stack = ExitStack()
        self._open[name] = _Open(app, stack.enter_context(open_timeline(app, look_every=LOOK_EVERY)), stack)

    def _close(self, name: str) -> None:
        self._open.pop(name).stack.close()


class _Open(NamedTuple):
    app: Any
    timeline: Timeline
    stack: ExitStack


def _is_full(timeline: Timeline) -> bool:
    requests = timeline.requests
    return len(requests) > MOST_REQUESTS and all(request.end is not None for request in requests[-MOST_REQUESTS:])
