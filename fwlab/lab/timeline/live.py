"""A timeline that can be watched while it fills: a widget in a notebook, and a picture where there are no widgets.

The monitor's thread sends what is new, so the view goes on while a cell blocks the loop. What is drawn, and how, is
``live.js``: it is given the newest requests with their states, and draws them all, at most twenty times a second.
"""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fwlab.lab.notebook import has_widgets
from fwlab.lab.timeline.states import WORDS
from fwlab.lab.timeline.table import summary
from fwlab.lab.units import count_text

if TYPE_CHECKING:
    from fwlab.lab.timeline.monitor import Monitor
    from fwlab.lab.timeline.timeline import Timeline

MOST_ROWS = 40
"""The newest requests that are shown."""

LEAST_PAUSE = 0.05
"""Seconds between two messages to the browser, at least: twenty a second."""

_clock = time.monotonic  # the real one: messages go to a real browser


class Live:
    """A view of a timeline, to be shown as the result of a cell or with ``display``.

    Args:
        timeline: what to show.
        monitor: whose thread sends what is new, until the timeline is closed.
    """

    def __init__(self, timeline: Timeline, monitor: Monitor | None) -> None:
        self._timeline = timeline
        self._sent_at = _clock() - LEAST_PAUSE
        self._sent: object = None
        self._widget = _new_widget() if has_widgets() else None
        if self._widget is not None:
            self.refresh(last=True)
            if monitor is not None:
                monitor.add_view(self.refresh)

    def refresh(self, *, last: bool = False) -> None:
        """Send what is new, unless something was sent a moment ago.

        Args:
            last: whether nothing will follow, so that it is sent in any case.
        """
        now = _clock()
        if self._widget is None or (not last and now - self._sent_at < LEAST_PAUSE):
            return
        self._sent_at = now
        view = view_of(self._timeline)
        if view != self._sent:
            self._sent = view
            self._widget.view = view

    def _repr_mimebundle_(self, **options: Any) -> Any:
        if self._widget is None:
            if self._timeline.requests:
                return self._timeline.plot()._repr_mimebundle_()
            return {"text/plain": str(self)}, {}
        bundle = self._widget._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**(data or {}), "text/plain": str(self)}, metadata

    def __repr__(self) -> str:
        return f"{summary(self._timeline)}. Where this text is shown there is no live view: see timeline.plot()."


def view_of(timeline: Timeline) -> dict[str, Any]:
    """Return what the browser draws: the newest requests, each with its states in whole microseconds."""
    newest = timeline.newest(MOST_ROWS)
    requests, now = newest.requests, timeline.now
    origin = timeline.requests[0].begin if requests else timeline.origin
    rows = [
        {
            "label": f"{request.number}  {request.path}",
            "states": [
                [state.kind, round(1e6 * (state.start - origin)), round(1e6 * (state.end - origin))]
                for state in newest.states(request)
            ],
        }
        for request in requests
    ]
    under_way = any(request.end is None for request in requests)
    ends = [request.end for request in requests if request.end is not None]
    last = now if under_way else max(ends, default=origin)
    others = [(stretch.start, stretch.end) for stretch in newest.loop() if stretch.request is None]
    others += [(since, last) for since in timeline.held_since() if since < last]
    return {
        "rows": rows,
        "others": [[round(1e6 * (start - origin)), round(1e6 * (end - origin))] for start, end in others[-MOST_ROWS:]],
        "now": round(1e6 * (last - origin)),
        "summary": f"{count_text(len(timeline.requests), 'request')} so far. The newest {summary(newest)}",
    }


def _new_widget() -> Any:
    return widget_class()(words=dict(WORDS))


@cache
def widget_class() -> Any:
    """Return the widget's class, made when the first one is shown: its libraries take long to load."""
    import anywidget
    import traitlets

    class TimelineWidget(anywidget.AnyWidget):
        """The browser's side of a live timeline."""

        _esm = Path(__file__).with_name("live.js")
        view = traitlets.Dict().tag(sync=True)
        words = traitlets.Dict().tag(sync=True)

    return TimelineWidget
