"""The figure of a sweep: response times and throughput against the load, and where the knee is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.patheffects import withStroke

from fwlab.lab.errors import LabError
from fwlab.lab.figures.figure import COLORS, INK, LINES, MARKERS, Figure, finished, new_figure, style
from fwlab.lab.units import rate_text, time_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

    from fwlab.lab.runs.run import Run
    from fwlab.lab.runs.sweep import Sweep

_LOADS = {"users": "users at the same time", "rate": "requests asked for per second"}


def plot_sweep(sweep: Sweep, *, ax: tuple[Axes, Axes] | None = None) -> Figure:
    """Draw the median response time (ms; the slowest twentieth above it) and the throughput against the load.

    Args:
        sweep: what :func:`~fwlab.lab.sweep` returned.
        ax: two matplotlib axes to draw in, for response times and for throughput; without them, a new figure.

    Raises:
        LabError: not one request of the sweep succeeded, or ``ax`` is no pair.
    """
    if not any(run.response_times for levels in sweep.runs.values() for run in levels.values()):
        raise LabError("sweep.plot(): not one request succeeded, so there is nothing to draw; print the sweep.")
    with style():
        if ax is None:
            figure = new_figure(9.6, 4.2)
            times = figure.add_subplot(1, 2, 1)
            rates = figure.add_subplot(1, 2, 2, sharex=times)
        else:
            try:
                times, rates = ax
            except (TypeError, ValueError):
                raise LabError("plot_sweep(ax=...) takes two axes: for response times, and for throughput.") from None
        for number, (label, levels) in enumerate(sweep.runs.items()):
            _draw(times, rates, label, levels, sweep.knee(label), number)
        for axes, title, unit in (
            (times, "response time", "median in ms"),
            (rates, "throughput", "answers per second"),
        ):
            axes.set_title(title)
            axes.set_xlabel(_LOADS[sweep.axis])
            axes.set_ylabel(unit)
            axes.set_xlim(left=0)
            axes.set_ylim(bottom=0)
            axes.grid()
        rates.legend(loc="best")
    caption = (
        "Each mark is a run, its bar reaches to p95. Ring: the knee; beyond it, waiting grows faster than answers."
    )
    return finished(times, ax, _in_words(sweep), caption)


def _draw(times: Axes, rates: Axes, label: str, levels: Mapping[float, Run], knee: float | None, number: int) -> None:
    color = COLORS[number % len(COLORS)]
    look: dict[str, Any] = {
        "color": color,
        "marker": MARKERS[number % len(MARKERS)],
        "linestyle": LINES[number % len(LINES)],
        "markersize": 6,
        "label": label,
    }
    seen = {level: run for level, run in levels.items() if run.response_times}
    medians = {level: 1000 * _median(run) for level, run in seen.items()}
    beyond = [max(1000 * run.percentiles.get(95, 0.0) - medians[level], 0.0) for level, run in seen.items()]
    bars: Any = [[0.0] * len(beyond), beyond]
    times.plot(list(seen), list(medians.values()), **look)
    times.errorbar(list(seen), list(medians.values()), yerr=bars, fmt="none", ecolor=color, alpha=0.5, capsize=2)
    rates.plot(list(seen), [run.rps for run in seen.values()], **look)
    if knee is None:
        return
    for axes, height in ((times, medians[knee]), (rates, seen[knee].rps)):
        axes.plot(knee, height, "o", markersize=14, markerfacecolor="none", markeredgecolor=INK, clip_on=False)
        above = axes.annotate(f"knee: {knee:g}", (knee, height), xytext=(4, 11), textcoords="offset points", fontsize=9)
        above.set(color=INK, path_effects=[withStroke(linewidth=3, foreground="white")])


def _median(run: Run) -> float:
    return run.percentiles.get(50, run.response_times[len(run.response_times) // 2])


def _in_words(sweep: Sweep) -> str:
    lines = [f"Response time and throughput against {_LOADS[sweep.axis]}."]
    for label, levels in sweep.runs.items():
        knee = sweep.knee(label)
        where = "no knee up to there" if knee is None else f"the knee is at {knee:g}"
        told = [
            f"at {level:g} a median of {time_text(_median(run))} and {rate_text(run.rps)}"
            if run.response_times
            else f"at {level:g} no answer"
            for level, run in levels.items()
        ]
        lines.append(f"{label}: {'; '.join(told)}; {where}.")
    return "\n".join(lines)
