"""The results as one figure: the time of a request by framework and case, and the requests per second beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.apps import NAMES
from benchmarks.cases import CASES
from benchmarks.ratios import ratios
from fwlab.lab import Figure
from fwlab.lab.figures.figure import COLORS, GRAY, INK, MARKERS, new_figure, style

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

_ROW = 0.62  # inches that a case takes
_OURS = "fwlab"


def draw(results: dict[str, Any]) -> Figure:
    """Draw a row for each case and a mark for each framework: CPU time in process, and share of the raw app's rate."""
    panels = []
    if results.get("in_process"):
        times = {name: {case: 1e6 * s for case, s in row.items()} for name, row in results["in_process"].items()}
        panels.append(("In process", "µs of CPU a request", times, True))
    if results.get("wire"):
        rates = results["wire"]["rates"]
        shares = {name: ratios(rates, name, "raw") for name in rates if name != "raw"}
        panels.append(("Over the wire", "share of the raw app's requests per second", shares, False))
    with style():
        figure = new_figure(10.4, 1.5 + _ROW * len(CASES))
        axes: list[Axes] = []
        for number, (title, unit, numbers, logarithmic) in enumerate(panels):
            axes.append(figure.add_subplot(1, len(panels), number + 1, sharey=axes[0] if axes else None))
            _draw_panel(axes[-1], numbers, logarithmic)
            axes[-1].set_title(title)
            axes[-1].set_xlabel(unit)
            axes[-1].tick_params(axis="y", length=0, labelcolor=INK, labelleft=number == 0)
        axes[0].set_ylim(len(CASES) - 0.5, -0.5)
        axes[0].set_yticks(range(len(CASES)), [case.name for case in CASES])
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(
            handles, labels, loc="outside upper left", ncols=len(labels), handletextpad=0.2, columnspacing=1.4
        )
    return Figure(figure, _alternative(panels))


def _draw_panel(axes: Axes, numbers: Mapping[str, Mapping[str, float]], logarithmic: bool) -> None:
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
    for row in range(0, len(CASES), 2):  # so that the eye keeps its row
        axes.axhspan(row - 0.5, row + 0.5, color="#f6f7f9", linewidth=0, zorder=0)
    peers = [name for name in NAMES if name != _OURS]
    for name in [*peers, _OURS]:  # ours lies on top
        if name not in numbers:
            continue
        color, marker, size = GRAY, "X", 45
        if name == _OURS:
            color, marker, size = INK, "*", 150
        elif name != "raw":
            place = peers.index(name) - 1
            color, marker = COLORS[place], MARKERS[place]
        points = [(numbers[name][case.name], row) for row, case in enumerate(CASES) if case.name in numbers[name]]
        x, y = zip(*points, strict=True)
        axes.scatter(x, y, s=size, color=color, marker=marker, linewidths=0, label=name, zorder=3)
    if logarithmic:
        axes.set_xscale("log")
        axes.set_xticks([1, 2, 5, 10, 20, 50, 100], ["1", "2", "5", "10", "20", "50", "100"])
        axes.minorticks_off()
    else:
        largest = max((share for row in numbers.values() for share in row.values()), default=1.0)
        axes.set_xlim(0, 1.05 * max(1.0, largest))


def _alternative(panels: list[tuple[str, str, Any, bool]]) -> str:
    lines = []
    for title, unit, numbers, _ in panels:
        lines.append(f"{title}, {unit}.")
        for case in CASES:
            said = [f"{name} {row[case.name]:.3g}" for name, row in numbers.items() if case.name in row]
            if said:
                lines.append(f"{case.what}: {', '.join(said)}.")
    return "\n".join(lines)
