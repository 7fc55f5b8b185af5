"""Where a shop is sooner done than another, as the share of work in an order grows: a figure with a line a shop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fwlab.lab.errors import LabError
from fwlab.lab.figures.figure import COLORS, LINES, MARKERS, Figure, axes_or_new, finished, style

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes


def plot_break_even(shares: Sequence[float], shops: Mapping[str, Sequence[float]], *, ax: Axes | None = None) -> Figure:
    """Draw how long each shop takes, against how much of an order is work.

    Args:
        shares: percent of an order that is work, ascending.
        shops: for each shop its seconds until the last customer is served, one for each share.
        ax: matplotlib axes to draw in; without them, a new figure.

    Raises:
        LabError: there is no shop, more than six, or one has not as many times as there are shares.

    Example:
        >>> print(plot_break_even([0, 50], {"one": [0.1, 2.0], "eight": [0.5, 0.5]}).alt)
        Seconds until the last customer is served, against the share of work in an order.
        one: 0.10 s at 0 %, 2.00 s at 50 %.
        eight: 0.50 s at 0 %, 0.50 s at 50 %.
        At 0 % work, one is done first; at 50 %, eight.
    """
    if not 1 <= len(shops) <= len(COLORS):
        raise LabError(f"plot_break_even(shares, shops): from one to {len(COLORS)} shops, not {len(shops)}.")
    short = [name for name, seconds in shops.items() if len(seconds) != len(shares) or not seconds]
    if short:
        raise LabError(f"plot_break_even(shares, shops): {short[0]!r} needs a time for each of {len(shares)} shares.")
    with style():
        axes = axes_or_new(ax, 7.6, 3.8)
        for n, (name, seconds) in enumerate(shops.items()):
            axes.plot(
                list(shares),
                list(seconds),
                label=name,
                color=COLORS[n],
                linestyle=LINES[n % len(LINES)],
                marker=MARKERS[n],
                markersize=4,
            )
        axes.set_xlabel("percent of an order that is work")
        axes.set_ylabel("seconds until the last\ncustomer is served")
        axes.set_ylim(bottom=0)
        axes.grid(axis="y")
        axes.set_title("Who is done first depends on the work")
        axes.legend(loc="upper left")
    first, last = (min(shops, key=lambda name: shops[name][at]) for at in (0, -1))
    told = [
        f"{name}: {seconds[0]:.2f} s at {shares[0]} %, {seconds[-1]:.2f} s at {shares[-1]} %."
        for name, seconds in shops.items()
    ]
    alt = "\n".join(
        [
            "Seconds until the last customer is served, against the share of work in an order.",
            *told,
            f"At {shares[0]} % work, {first} is done first; at {shares[-1]} %, {last}.",
        ]
    )
    return finished(axes, ax, alt, "Below is better. Where two lines cross, the two shops take equally long.")
