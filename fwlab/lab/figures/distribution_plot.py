"""Figures of how response times are distributed: what share of the requests was answered by then, and the long tail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from fwlab.lab.errors import LabError
from fwlab.lab.figures.figure import COLORS, FAINT, GRAY, LINES, MARKERS, Figure, axes_or_new, finished, style
from fwlab.lab.figures.plots import asked_of, in_words
from fwlab.lab.runs import stats
from fwlab.lab.runs.run import Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

_TAIL = (50, 90, 99, 99.9, 99.99, 99.999)


def plot_distribution(runs: Run | Mapping[str, Run], *, ax: Axes | None = None) -> Figure:
    """Draw what share of the requests had its answer within a time: the empirical distribution function.

    Of one run, response times and service times: where they part, the client was late to send. Of several, the
    response times of each.

    Args:
        runs: a run, or ``{"label": run, ...}``.
        ax: matplotlib axes to draw in; without them, a new figure.

    Raises:
        LabError: there is no run.
    """
    labelled = _labelled(runs)
    lines = {label: run.response_times for label, run in labelled.items()}
    if isinstance(runs, Run):
        lines = {"response time": runs.response_times, "service time": runs.service_times}
    with style():
        axes = axes_or_new(ax, 7.6, 4.0)
        longest = 1000 * max((times[-1] for times in lines.values() if times), default=1.0)
        for number, (label, times) in enumerate(lines.items()):
            if not times:
                continue
            shares = [100 * rank / len(times) for rank in range(len(times) + 1)]
            steps = [1000 * time for time in (times[0], *times)]
            color, line = COLORS[number % len(COLORS)], LINES[number % len(LINES)]
            across, up = [*steps, 1.05 * longest], [*shares, shares[-1]]
            axes.step(across, up, where="post", color=color, linestyle=line, linewidth=1.8, label=label)
        for share in (50, 95):
            axes.axhline(share, color=GRAY, linewidth=0.8, linestyle=(0, (1, 2)), zorder=0)
        axes.grid(axis="x")
        axes.set_xlim(0, 1.05 * longest or 1)
        axes.set_ylim(0, 103)
        axes.set_yticks([0, 25, 50, 75, 95], [f"{share} %" for share in (0, 25, 50, 75, 95)])
        axes.set_title(_title(runs), pad=28)
        if any(lines.values()):
            axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 1), ncols=4, columnspacing=1.4)
        axes.set_xlabel("time in ms")
        axes.set_ylabel("requests that had their answer")
    alt = "\n".join(
        [
            "Share of the requests answered within a time.",
            *(f"{label}: {in_words(run)}." for label, run in labelled.items()),
        ]
    )
    caption = "Read at 95 %: that share of the requests had its answer by the time below."
    if isinstance(runs, Run):
        caption += " Response times count from when a request was due, service times from when it was sent."
    return finished(axes, ax, alt, caption)


def plot_tail(runs: Run | Mapping[str, Run], *, ax: Axes | None = None) -> Figure:
    """Draw response times against the percentile, with the last ones given room: each step right is ten times rarer.

    The axis is 1 / (1 - p), as in Gil Tene's HdrHistogram. Percentiles that so many requests do not support (fewer
    than ten lie beyond) are drawn faintly: mostly chance.

    Args:
        runs: a run, or ``{"label": run, ...}``.
        ax: matplotlib axes to draw in; without them, a new figure.

    Raises:
        LabError: there is no run.
    """
    labelled = _labelled(runs)
    with style():
        axes = axes_or_new(ax, 7.6, 4.0)
        for number, (label, run) in enumerate(labelled.items()):
            times = [1000 * time for time in run.response_times]
            count = len(times)
            rarity = [count / (count - rank) for rank in range(count)]  # 1 / (1 - p): so many requests to one as slow
            firm = max(count - stats.VALUES_BEYOND, 0)
            color, line = COLORS[number % len(COLORS)], LINES[number % len(LINES)]
            axes.plot(rarity[:firm], times[:firm], color=color, linestyle=line, linewidth=1.8, label=label)
            axes.plot(rarity[max(firm - 1, 0) :], times[max(firm - 1, 0) :], color=color, linewidth=1, alpha=0.35)
            if firm:
                axes.plot(rarity[firm - 1], times[firm - 1], color=color, marker=MARKERS[number % len(MARKERS)])
        most = max((len(run.response_times) for run in labelled.values()), default=1)
        ticks = {100 / (100 - percent): f"p{percent:g}" for percent in _TAIL if 100 / (100 - percent) <= max(most, 10)}
        axes.set_xscale("log")
        axes.set_xlim(1, max(most, 10))
        axes.set_xticks([1, *ticks], ["0", *ticks.values()])
        axes.minorticks_off()
        axes.set_ylim(bottom=0)
        axes.grid(color=FAINT)
        axes.set_title(_title(runs), pad=28 if len(labelled) > 1 else 10)
        if len(labelled) > 1:
            axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 1), ncols=4, columnspacing=1.4)
        axes.set_xlabel("percentile, each step ten times rarer")
        axes.set_ylabel("response time in ms")
    said = (f"{label}: {_percentiles_in_words(run)}." for label, run in labelled.items())
    alt = "\n".join(["The tail of the response times.", *said])
    caption = (
        "At the mark is the last percentile that the sample supports: ten requests lie beyond. Faint: mostly chance."
    )
    return finished(axes, ax, alt, caption)


def _labelled(runs: object) -> Mapping[str, Run]:
    if isinstance(runs, Run):
        return {asked_of(runs): runs}
    if isinstance(runs, Mapping) and runs and all(isinstance(run, Run) for run in runs.values()):
        return runs
    raise LabError("What is drawn is a run, as load() returns it, or {'label': run, ...} with at least one.")


def _title(runs: Run | Mapping[str, Run]) -> str:
    return asked_of(runs) if isinstance(runs, Run) else "Response times"


def _percentiles_in_words(run: Run) -> str:
    told: Sequence[str] = [f"p{percent} {1000 * time:.1f} ms" for percent, time in run.percentiles.items()]
    longest = f", the slowest {1000 * run.response_times[-1]:.1f} ms" if run.response_times else ""
    return (", ".join(told) or f"{len(run.response_times)} answers, too few for a percentile") + longest
