"""The figure of a comparison: the ratio of each pair of runs, and below them all what may be said of the ratio."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fwlab.lab.errors import LabError
from fwlab.lab.figures.figure import COLORS, GRAY, INK, Figure, axes_or_new, finished, style
from fwlab.lab.units import rate_text, time_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from fwlab.lab.runs.compare import Comparison

_ROW = 0.34  # inches


def plot_comparison(comparison: Comparison, *, ax: Axes | None = None) -> Figure:
    """Draw a row for each pair of runs, at the ratio of the two, and one for the ratio of all with its 98 % interval.

    Args:
        comparison: what :func:`~fwlab.lab.compare` returned.
        ax: matplotlib axes to draw in; without them, a new figure.

    Raises:
        LabError: there are fewer than three pairs.
    """
    if comparison.interval is None:
        raise LabError("comparison.plot(): fewer than three pairs of runs say nothing, so there is nothing to draw.")
    ratio, low, high = comparison.interval
    ratios = [b / a for a, b in comparison.figures]
    text = rate_text if comparison.by == "rps" else time_text
    last = len(ratios) + 0.6
    with style():
        axes = axes_or_new(ax, 7.6, 1.5 + _ROW * (len(ratios) + 2))
        axes.axvline(1, color=GRAY, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
        axes.scatter(ratios, range(len(ratios)), s=34, color=COLORS[0], zorder=3)
        axes.plot([low, high], [last, last], color=INK, linewidth=3, solid_capstyle="butt")
        axes.plot(ratio, last, marker="D", markersize=9, color=INK)
        left, right = min(*ratios, low, 0.9) / 1.04, max(*ratios, high, 1.11) * 1.04
        axes.set_xscale("log")
        axes.set_xlim(left, right)
        ticks = [tick for tick in (0.1, 0.2, 0.5, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 5, 10) if left <= tick <= right]
        axes.set_xticks(ticks, [f"{tick:g} ×" for tick in ticks])
        axes.minorticks_off()
        axes.set_ylim(last + 0.7, -0.7)
        labels = [f"pair {number + 1}: {text(a)}, {text(b)}" for number, (a, b) in enumerate(comparison.figures)]
        axes.set_yticks([*range(len(ratios)), last], [*labels, "all, 98 % interval"])
        axes.tick_params(axis="y", length=0, labelcolor=INK)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x")
        axes.set_title(_title(comparison), pad=22)
        less, more = ("slower", "faster") if comparison.by == "rps" else ("faster", "slower")
        for word, place, side in ((f"← {less}", 0.0, "left"), (f"{more} →", 1.0, "right")):
            axes.annotate(word, (place, 1.01), xycoords="axes fraction", ha=side, va="bottom", fontsize=9, color=GRAY)
        axes.set_xlabel(f"{comparison.by} of {comparison.b}, divided by that of {comparison.a}")
    caption = (
        "Each dot is a pair of runs, one right after the other. The bar is where the ratio lies: "
        "if it crosses the dashed line, the two cannot be told apart."
    )
    return finished(axes, ax, f"{comparison}\nThe ratios: {', '.join(f'{ratio:.2f}' for ratio in ratios)}.", caption)


def _title(comparison: Comparison) -> str:
    if comparison.answer == "cannot tell":
        return f"{comparison.b} and {comparison.a} cannot be told apart"
    return f"{comparison.b} is {comparison.answer} than {comparison.a}"
