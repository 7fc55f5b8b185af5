"""Figures of a timeline: a row for each request, or a row for each lane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fwlab.lab.errors import LabError
from fwlab.lab.figures.figure import COLORS, FAINT, GRAY, INK, Figure, axes_or_new, finished, new_figure, style
from fwlab.lab.timeline.lanes_of import lanes_of
from fwlab.lab.timeline.states import WORDS
from fwlab.lab.timeline.table import summary
from fwlab.lab.units import count_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from fwlab.lab.timeline.lanes_of import Bar, Lane
    from fwlab.lab.timeline.states import Kind, State
    from fwlab.lab.timeline.timeline import Timeline

_BLUE, _VERMILION, _GREEN, _PINK, _ORANGE, _SKY = COLORS
_MOST_ROWS = 50
_HALF = 0.38  # of a row, that a bar takes to each side
_WIDE_ENOUGH = 0.045  # of the figure's width, for a bar to have a number written on it


class _Look(NamedTuple):
    """How a state is drawn: by color, and by a pattern for those who see none."""

    color: str
    hatch: str = ""
    edge: str = GRAY


_LOOKS: dict[Kind, _Look] = {
    "sent": _Look("white", "////"),
    "token": _Look("#f3dcea", "....", _PINK),
    "handover": _Look("white", "oo"),
    "loop": _Look(_VERMILION),
    "thread": _Look("#a9d0ea", "---", "#5b9fcb"),
    "process": _Look("#a3dcc9", "xxx", "#5fb89b"),
    "back": _Look("#fbe3b3", "|||", _ORANGE),
    "held": _Look("#fdf3dc", "\\\\\\\\", _ORANGE),
    "waiting": _Look(FAINT),
    "responding": _Look("#d6eefb", "++++", _SKY),
    "after": _Look("white", "xxxx"),
}
_RAN: dict[str, _Look] = {"thread": _Look(_BLUE), "process": _Look(_GREEN, "xxx", "white")}
_PATTERNS = ("", "////", "....", "xxxx", "\\\\\\\\", "++++")


def plot_requests(timeline: Timeline, *, ax: Axes | None = None) -> Figure:
    """Draw a row for each request, with what it was at; see :meth:`fwlab.lab.Timeline.plot`."""
    requests = _some_of(timeline)
    states = [timeline.states(request) for request in requests]
    threads = timeline.threads_in_use() if ax is None else []
    unit, seconds_to = _unit(timeline)
    bars, ran = _Bars(), _Bars()
    for row, of_request in enumerate(states):
        for state in of_request:
            _note_state(bars, ran, row, state, timeline.origin, seconds_to)
    with style():
        axes, strip = _axes(ax, len(requests), strip=bool(threads))
        bars.draw(axes, linewidth=0.5)
        ran.draw(axes, linewidth=0)
        labels = [f"{request.number}  {request.path}" for request in requests]
        _rows(axes, labels, f"in {unit} since the first request was sent", hide_time=strip is not None)
        used: set[Kind] = {state.kind for of_request in states for state in of_request}
        _legend(axes, _state_handles(used), "A row for each request")
        if strip is not None:
            _draw_threads(strip, timeline, threads, seconds_to, unit)
    some = _left_out(timeline, len(requests))
    caption = (
        "Each row is a request, from when it was sent to its end. At any moment at most one row is on the loop."
        + (
            " Of a bar in a thread or a process, the dark part is the share in which it really ran."
            if used & {"thread", "process"}
            else ""
        )
        + some
    )
    alt = "\n".join(
        [f"Timeline, a row for each request. {summary(timeline)}.{some}"]
        + [_in_words(str(request), of_request) for request, of_request in zip(requests, states, strict=True)]
    )
    return finished(axes, ax, alt, caption)


def plot_lanes(timeline: Timeline, *, ax: Axes | None = None) -> Figure:
    """Draw a row for each lane, with whom it worked for; see :meth:`fwlab.lab.Timeline.plot`."""
    _some_of(timeline)
    lanes = lanes_of(timeline)[:_MOST_ROWS]
    unit, seconds_to = _unit(timeline)
    paths = list(dict.fromkeys(request.path for request in timeline.requests))
    looks = {path: _Look(COLORS[n % 6], _PATTERNS[n % 6], "white") for n, path in enumerate(paths)}
    span = max((bar.end for lane in lanes for bar in lane.bars), default=0.0) - timeline.origin
    with style():
        axes, _ = _axes(ax, len(lanes), strip=False)
        bars = _Bars()
        for row, lane in enumerate(lanes):
            for bar in lane.bars:
                _note_bar(bars, axes, row, bar, looks, timeline.origin, seconds_to, span)
        bars.draw(axes, linewidth=0.5)
        _rows(axes, [lane.name for lane in lanes], f"in {unit} since the first request was sent", hide_time=False)
        others = any(bar.request is None for lane in lanes for bar in lane.bars)
        shown = paths[:8]
        _legend(axes, _path_handles(shown, looks, others=others), "A row for each lane")
    more = f" Of {len(paths)} paths, {len(shown)} are named above." if len(paths) > len(shown) else ""
    caption = (
        "Each row is a lane: the loop, a worker thread, a worker process. A bar is one request at work there, "
        f"with its number.{more}"
    )
    alt = "\n".join([f"Timeline, a row for each lane. {summary(timeline)}."] + [_lane_in_words(lane) for lane in lanes])
    return finished(axes, ax, alt, caption)


def _some_of(timeline: Timeline) -> Sequence[Any]:
    if not timeline.requests:
        raise LabError("The timeline has no requests, so there is nothing to draw: load the app that it traces.")
    return timeline.requests[:_MOST_ROWS]


def _left_out(timeline: Timeline, drawn: int) -> str:
    left_out = len(timeline.requests) - drawn
    return f" Only the first {drawn} are drawn, {count_text(left_out, 'more request')} came." if left_out else ""


def _unit(timeline: Timeline) -> tuple[str, float]:
    """Return the unit of the time axis, and how many of it are in a second."""
    end = max((timeline.now if request.end is None else request.end) for request in timeline.requests)
    return ("s", 1.0) if end - timeline.origin >= 2 else ("ms", 1000.0)


def _axes(ax: Axes | None, rows: int, *, strip: bool) -> tuple[Axes, Axes | None]:
    """Return the axes for the rows, and those below for the threads in use."""
    of_rows = max((0.26 if rows <= 25 else 0.19) * rows, 0.5)
    height = 1.6 + of_rows
    if ax is not None or not strip:
        return axes_or_new(ax, 7.6, height), None
    figure = new_figure(7.6, height + 0.9)
    grid = figure.add_gridspec(2, 1, height_ratios=[of_rows, 0.75])
    axes = figure.add_subplot(grid[0])
    return axes, figure.add_subplot(grid[1], sharex=axes)


class _Bars:
    """Bars, to be drawn together: an artist for all that look alike costs little, an artist for each much."""

    def __init__(self) -> None:
        self._alike: dict[_Look, list[list[tuple[float, float]]]] = {}

    def note(self, look: _Look, left: float, width: float, middle: float, half: float = _HALF) -> None:
        """Note a bar, from ``left`` on, of so much to each side of its middle."""
        right, top, bottom = left + width, middle - half, middle + half
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        self._alike.setdefault(look, []).append(corners)

    def draw(self, axes: Axes, linewidth: float) -> None:
        """Draw all bars that were noted."""
        from matplotlib.collections import PolyCollection

        for look, bars in self._alike.items():
            axes.add_collection(
                PolyCollection(
                    bars, facecolors=look.color, edgecolors=look.edge, hatch=look.hatch or None, linewidths=linewidth
                )
            )
        axes.autoscale_view()


def _note_state(bars: _Bars, ran: _Bars, row: int, state: State, origin: float, unit: float) -> None:
    left, width = unit * (state.start - origin), unit * state.seconds
    bars.note(_LOOKS[state.kind], left, width, row)
    job = state.job
    if state.kind in _RAN and job is not None and job.cpu and job.ended is not None and job.started is not None:
        share = min(job.cpu / (job.ended - job.started), 1.0) if job.ended > job.started else 0.0
        ran.note(_RAN[state.kind], left, width, row + _HALF * (1 - share), _HALF * share)


def _note_bar(
    bars: _Bars, axes: Axes, row: int, bar: Bar, looks: Mapping[str, _Look], origin: float, unit: float, span: float
) -> None:
    left, width = unit * (bar.start - origin), unit * (bar.end - bar.start)
    bars.note(_Look(INK, "", "white") if bar.request is None else looks[bar.request.path], left, width, row)
    if bar.end - bar.start >= _WIDE_ENOUGH * span:
        text = bar.label if bar.request is None else str(bar.request.number)
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.2, "alpha": 0.85}
        axes.text(left + width / 2, row, text, ha="center", va="center", fontsize=8, bbox=box, clip_on=True)


def _rows(axes: Axes, labels: Sequence[str], time: str, *, hide_time: bool) -> None:
    axes.set_yticks(range(len(labels)), labels, fontsize=9 if len(labels) <= 25 else 7)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.set_xlim(left=0)
    if hide_time:
        axes.tick_params(axis="x", labelbottom=False)
    else:
        axes.set_xlabel(time)


def _draw_threads(axes: Axes, timeline: Timeline, threads: Sequence[tuple[float, int]], unit: float, name: str) -> None:
    moments = [unit * (moment - timeline.origin) for moment, _ in threads]
    numbers = [number for _, number in threads]
    axes.step([0, *moments], [0, *numbers], where="post", color=_BLUE)
    axes.fill_between([0, *moments], [0, *numbers], step="post", color=_BLUE, alpha=0.25, linewidth=0)
    limit = timeline.thread_limit
    most = max(numbers)
    note = f"threads in use\n(most {most}"
    if limit is not None:
        note += f" of {limit:g}"
        if most > 0.4 * limit:
            axes.axhline(limit, color=INK, linestyle="--", linewidth=1)
    axes.set_ylabel(note + ")", rotation=0, ha="right", va="center", fontsize=9)
    axes.set_ylim(0, 1.15 * (limit if limit is not None and most > 0.4 * limit else most))
    axes.locator_params(axis="y", integer=True, nbins=3)
    axes.set_xlabel(f"in {name} since the first request was sent")
    axes.grid(axis="x")


def _state_handles(used: set[Kind]) -> list[Any]:
    return [_handle(_LOOKS[kind], words) for kind, words in WORDS.items() if kind in used]


def _path_handles(paths: Sequence[str], looks: Mapping[str, _Look], *, others: bool) -> list[Any]:
    more = [_handle(_Look(INK, "", "white"), "no request")] if others else []
    return [_handle(looks[path], path) for path in paths] + more


def _handle(look: _Look, label: str) -> Any:
    from matplotlib.patches import Patch

    return Patch(facecolor=look.color, edgecolor=look.edge, hatch=look.hatch, linewidth=0.5, label=label)


def _legend(axes: Axes, handles: Sequence[Any], title: str) -> None:
    columns = len(handles) if len(handles) <= 2 else 2
    lines = -(-len(handles) // columns)
    axes.set_title(title, pad=12 + 15 * lines)
    axes.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(-0.01, 1), ncols=columns, columnspacing=1.2, handlelength=1.8
    )


def _in_words(name: str, states: Sequence[State]) -> str:
    spent: dict[Kind, float] = {}
    for state in states:
        spent[state.kind] = spent.get(state.kind, 0.0) + state.seconds
    told = [f"{_milliseconds(seconds)} {WORDS[kind]}" for kind, seconds in spent.items() if seconds >= 5e-5]
    return f"{name}: {', '.join(told) or 'less than 0.1 ms'}."


def _lane_in_words(lane: Lane) -> str:
    bars = [bar for bar in lane.bars if bar.end - bar.start >= 5e-5]
    told = [f"{bar.label} for {_milliseconds(bar.end - bar.start)}" for bar in bars[:12]]
    more = f", and {len(bars) - 12} more" if len(bars) > 12 else ""
    return f"{lane.name}: {', '.join(told) or 'nothing as long as 0.1 ms'}{more}."


def _milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:.1f} ms"
