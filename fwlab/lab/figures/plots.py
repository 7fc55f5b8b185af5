"""Figures of runs: one run's requests over time, and several runs side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fwlab.lab.errors import LabError
from fwlab.lab.figures.figure import COLORS, FAINT, GRAY, INK, MARKERS, Figure, axes_or_new, finished, new_figure, style
from fwlab.lab.runs.run import Run
from fwlab.lab.runs.stats import needed
from fwlab.lab.translation import gettext, ngettext
from fwlab.lab.units import rate_text, requests_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from fwlab.lab.runs.sample import Sample

_GOLDEN = 0.6180339887498949  # its multiples, modulo 1, spread evenly without a pattern, and the same each time
_ROW = 0.62  # inches that a row of dots takes


def plot_requests(run: Run, *, ax: Axes | None = None) -> Figure:
    """Draw one run's requests over time: when each was sent (s), and how long its answer took (ms).

    Requests before counting began are hollow and lie in a shaded area; failed ones are crosses, at the bottom where
    there was no answer to time.

    Args:
        run: what :func:`~fwlab.lab.load` returned.
        ax: matplotlib axes to draw in; without them, a new figure.
    """
    succeeded = [sample for sample in run.samples if sample.error is None]
    failed = [sample for sample in run.samples if sample.error is not None]
    with style():
        axes = axes_or_new(ax, 7.6, 4.0)
        _shade_warmup(axes, run)
        _dots(axes, gettext("warm-up"), run.warmup_samples, color=GRAY, marker="o", facecolors="none", alpha=0.8)
        _dots(axes, gettext("succeeded"), succeeded, color=COLORS[0], marker="o", linewidths=0, alpha=0.6)
        _dots(axes, gettext("failed"), failed, color=COLORS[1], marker="x")
        axes.grid(axis="y")
        axes.set_ylim(0, 1.08 * max(_milliseconds(sample) for sample in (*run.samples, *run.warmup_samples)) or 1)
        axes.set_title(asked_of(run), pad=28)
        axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 1), ncols=3, handletextpad=0.2, columnspacing=1.2)
        axes.set_xlabel(gettext("sent, in seconds since the run began"))
        axes.set_ylabel(gettext("response time in ms"))
    alt = f"{gettext('Requests over time.')} {asked_of(run)}: {in_words(run)}."
    caption = gettext("Each dot is a request: further right, it was sent later; higher, it took longer.")
    if count := len(run.warmup_samples):
        alt += " " + ngettext("{n:,} warm-up request came before.", "{n:,} warm-up requests came before.", count)
        caption += " " + gettext("Shaded: the warm-up, which is not counted.")
    return finished(axes, ax, alt, caption)


def plot_runs(runs: Mapping[str, Run] | Mapping[str, Mapping[str, Run]], *, title: str | None = None) -> Figure:
    """Draw several runs below each other: each request is a dot at its response time, each median is written.

    Args:
        runs: ``{"label": run, ...}``, a row each; or ``{"panel": {"label": run, ...}, ...}``, panels side by side with
            the same labels and one scale.
        title: stands above all.

    Raises:
        LabError: there are no runs, something else than a run, or panels with different labels.

    Example::

        plot_runs({"async def": run_a, "def": run_b}, title="Waiting 50 ms")
    """
    panels = _panels(runs)
    labels = list(next(iter(panels.values())))
    with style():
        titles = 0.35 * (title is not None) + 0.3 * any(panels)
        figure = new_figure(7.6 if len(panels) == 1 else 9.6, 0.95 + titles + _ROW * len(labels))
        first: Axes | None = None
        for number, (panel, rows) in enumerate(panels.items()):
            axes = figure.add_subplot(1, len(panels), number + 1, sharex=first, sharey=first)
            first = first or axes
            _draw_rows(axes, list(rows.values()))
            axes.set_title(panel)
            axes.set_xlabel(gettext("response time in ms"))
            axes.tick_params(axis="y", length=0, labelcolor=INK, labelleft=number == 0)
        assert first is not None
        longest = max((rows[label].response_times or [0.0])[-1] for rows in panels.values() for label in labels)
        first.set_xlim(0, 1000 * 1.2 * longest or 1)  # the last fifth is for what is written there
        first.set_ylim(len(labels) - 0.4, -0.6)
        first.set_yticks(range(len(labels)), labels)
        if title is not None:
            figure.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold", color=INK)
    return Figure(figure, _alternative(panels, title), _caption(panels))


def _dots(axes: Axes, what: str, samples: Sequence[Sample], **look: Any) -> None:
    if samples:
        sent = [sample.sent for sample in samples]
        times = [_milliseconds(sample) for sample in samples]
        axes.scatter(sent, times, s=20, label=f"{what} ({len(samples)})", **look)


def _milliseconds(sample: Sample) -> float:
    return 1000 * (sample.response_time or 0.0)


def _shade_warmup(axes: Axes, run: Run) -> None:
    end = max(sample.sent for sample in run.samples)
    axes.set_xlim(-0.02 * end, 1.02 * end or 1)
    if run.warmup_samples:
        counted_from = min(sample.sent for sample in run.samples)
        axes.axvspan(-0.02 * end, counted_from - 0.008 * end, color=FAINT, alpha=0.6, linewidth=0, zorder=0)


def _draw_rows(axes: Axes, runs: Sequence[Run]) -> None:
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
    for row, run in enumerate(runs):
        color, marker = COLORS[row % len(COLORS)], MARKERS[row % len(MARKERS)]
        times = [1000 * seconds for seconds in run.response_times]
        heights = [row + 0.5 * ((number * _GOLDEN) % 1 - 0.5) for number in range(len(times))]
        axes.scatter(times, heights, s=20, color=color, marker=marker, alpha=0.5, linewidths=0)
        median = 1000 * run.percentiles.get(50, run.response_times[-1] if times else 0)
        if 50 in run.percentiles:
            axes.plot([median, median], [row - 0.36, row + 0.36], color=INK, linewidth=1.4, solid_capstyle="butt")
        note_at = (median, row - 0.36)
        axes.annotate(_note(run), note_at, xytext=(3, 0), textcoords="offset points", va="bottom", fontsize=9)


def _note(run: Run) -> str:
    median = [f"{1000 * run.percentiles[50]:.1f} ms"] if 50 in run.percentiles else []
    return ", ".join(median + ([_failed(run)] if run.errors else []))


def _caption(panels: Mapping[str, Mapping[str, Run]]) -> str:
    has = {50 in run.percentiles for rows in panels.values() for run in rows.values()}
    if has == {True}:
        return gettext("Each dot is a request. The black line is the median.")
    if has == {False}:
        return gettext("Each dot is a request. A median needs {number} of them, and is not drawn.", number=needed(50))
    return gettext(
        "Each dot is a request. The black line is the median, which needs {number} of them.", number=needed(50)
    )


def _panels(runs: object) -> dict[str, Mapping[str, Run]]:
    """Return what is to be drawn as panels, each with its rows; a single panel has no title."""
    if not isinstance(runs, Mapping) or not runs:
        raise LabError("plot_runs() draws at least one run, with its label: plot_runs({'label': run}).")
    panels = {"": runs} if _are_runs(runs) else dict(runs)
    if not all(_are_runs(rows) for rows in panels.values()):
        raise LabError(
            "plot_runs() draws what load() returns: {'label': run, ...} or {'panel': {'label': run, ...}, ...}."
        )
    if len({tuple(rows) for rows in panels.values()}) > 1:
        raise LabError(
            "plot_runs(): panels side by side share their labels: give each the same ones in the same order."
        )
    return panels


def _are_runs(rows: object) -> bool:
    return isinstance(rows, Mapping) and bool(rows) and all(isinstance(run, Run) for run in rows.values())


def _alternative(panels: Mapping[str, Mapping[str, Run]], title: str | None) -> str:
    heading = "" if title is None else f"{title}. "
    lines = [heading + gettext("Response times, a dot for each request.")]
    for panel, rows in panels.items():
        lines += [f"{panel + ', ' if panel else ''}{label}: {in_words(run)}." for label, run in rows.items()]
    return "\n".join(lines)


def asked_of(run: Run) -> str:
    """Return what a run asked for, and how hard."""
    if run.rate is None:
        return ngettext("{what} with {n:,} user", "{what} with {n:,} users", run.users, what=run.name)
    return gettext("{what} at {rate}", what=run.name, rate=rate_text(run.rate))


def in_words(run: Run) -> str:
    """Return how many answers a run had and how long they took, in words."""
    times = run.response_times
    if not times:
        return gettext("none of {requests} succeeded", requests=requests_text(len(run.samples)))
    answers = ngettext("{n:,} answer", "{n:,} answers", len(times))
    least, most = 1000 * times[0], 1000 * times[-1]
    spread = gettext("the fastest {least:.1f} ms, the slowest {most:.1f} ms", least=least, most=most)
    middle = [gettext("the median {median:.1f} ms", median=1000 * run.percentiles[50])] if 50 in run.percentiles else []
    return ", ".join([answers, *middle, spread]) + (f"; {_failed(run)}" if run.errors else "")


def _failed(run: Run) -> str:
    return ngettext("{n} failed", "{n} failed", run.errors.total())
