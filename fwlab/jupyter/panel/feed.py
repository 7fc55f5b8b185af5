"""Tells one page what is new about this kernel, in a thread of its own, at most ten times a second."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from fwlab.jupyter.panel.live_traces import LiveTraces
from fwlab.jupyter.panel.route_facts import route_facts
from fwlab.jupyter.panel.server_facts import Rates, running_servers, server_facts
from fwlab.lab.timeline.states import WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fwlab.jupyter.panel.loop_watch import LoopWatch
    from fwlab.lab.serving.server import Server

LEAST_PAUSE = 0.1
"""Seconds between two messages: ten a second."""

PATIENCE = 30.0
"""Seconds after which a page that says nothing more is taken to be gone."""

TIMELINES_EVERY = 0.2
"""Seconds between two pictures of the timelines, the dearest of what is looked at."""

ROUTES_EVERY = 1.0
"""Seconds between two looks at the routes, which change when a cell is run."""


class Feed:
    """Looks at this kernel and sends what has changed.

    Args:
        send: sends a message to the page; it is called from the feed's thread.
        watch: the kernel's event loop.
        clock: what tells the time.
    """

    def __init__(
        self,
        send: Callable[[dict[str, Any]], object],
        watch: LoopWatch,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._send = send
        self._watch = watch
        self._clock = clock
        self._heard = clock()
        self._wants: frozenset[str] = frozenset()
        self._to_keep: list[str] = []
        self._sent: dict[str, Any] = {}
        self._rates = Rates()
        self._traces = LiveTraces()
        self._timelines_due = self._routes_due = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fwlab-panel", daemon=True)

    def start(self) -> None:
        """Begin to look and to send."""
        self._thread.start()

    def stop(self) -> None:
        """Send nothing more."""
        self._done.set()

    def heard(self, wants: Iterable[str] | None) -> None:
        """Note that the page still listens, and what it shows; ``None``: what it showed before."""
        self._heard = self._clock()
        if wants is not None:
            self._wants = frozenset(wants)

    def keep(self, name: str) -> None:
        """Keep the timeline of a server, by its name; the page is told the number under which it is kept."""
        self._to_keep.append(name)

    def look(self) -> None:
        """Send what differs from what was sent before; nothing, when nobody listens any more."""
        now = self._clock()
        listened_to = now - self._heard <= PATIENCE
        servers = running_servers() if listened_to else []
        self._traces.follow(servers if "timelines" in self._wants else [])
        if not listened_to:
            return
        facts = self._facts(servers, now)
        news = {key: fact for key, fact in facts.items() if fact != self._sent.get(key)}
        if news:
            self._send(news)
            self._sent |= news

    def _facts(self, servers: list[Server], now: float) -> dict[str, Any]:
        facts: dict[str, Any] = {
            "loop": self._watch.look().facts(),
            "servers": [server_facts(server, self._rates.of(server, now)) for server in servers],
        }
        if "timelines" in self._wants and now >= self._timelines_due:
            self._timelines_due = now + TIMELINES_EVERY
            facts["timelines"] = self._traces.views()
            facts["words"] = dict(WORDS)
        if "routes" in self._wants and now >= self._routes_due:
            self._routes_due = now + ROUTES_EVERY
            facts["routes"] = {server.name: route_facts(server.app) for server in servers}
        while self._to_keep:
            facts["kept"] = self._traces.keep(self._to_keep.pop())
        return facts

    def _run(self) -> None:
        while not self._done.wait(LEAST_PAUSE):
            self.look()
        self._traces.follow([])
